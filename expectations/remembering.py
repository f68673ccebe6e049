"""Great Expectations' own expectations, but for one thing: each remembers how it is configured.

Theirs make their configuration anew whenever it is asked for, 1,500 times in a look at one article, which was two
fifths of the time that *validate* took. What is checked, and how, stays theirs.
"""

from __future__ import annotations

from functools import cache
from types import new_class
from typing import Any

from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.util import camel_to_snake


@cache
def find_type(name: str) -> str:
    """Return the name of the expectation that is the one called `name`, and remembers its configuration.

    Raises what Great Expectations raises where it has none of this name.
    """
    core = get_expectation_impl(name)
    body = {"__module__": __name__, "_remembered": PrivateAttr(None), "configuration": property(_configuration)}
    name_of_class = f"Remembering{core.__name__}"
    new_class(name_of_class, (core,), {}, lambda namespace: namespace.update(body))  # its metaclass registers it
    return camel_to_snake(name_of_class)


def _configuration(self: Any) -> ExpectationConfiguration:
    """Return what it was when it was first asked for; Great Expectations fills parameters into the object itself."""
    if self._remembered is not None:
        remembered: ExpectationConfiguration = self._remembered
        return remembered
    made: ExpectationConfiguration = super(type(self), self).configuration
    if not any(isinstance(value, dict) for value in made.kwargs.values()):
        self._remembered = made
    return made

"""Addresses in the one spelling that all their links share."""

from __future__ import annotations

import pytest

from transforms.extract.address import find_host, to_canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Lake.Example", "http://lake.example/"),
        ("https://lake.example:443/A/b/", "https://lake.example/A/b/"),
        ("https://lake.example:8080/a#top", "https://lake.example:8080/a"),
        ("https://lake.example/a?utm_source=x&utm_medium=y", "https://lake.example/a"),
        ("https://lake.example/a?id=7&fbclid=x&page=2", "https://lake.example/a?id=7&page=2"),
        ("  https://www.lake.example/a ", "https://www.lake.example/a"),
        ("https://[2001:db8::1]:443/a", "https://[2001:db8::1]/a"),
        ("ftp://lake.example/a", None),
        ("lake.example/a", None),
        ("https://", None),
        ("https://lake.example:port/a", None),
        ("urn:newsml:lake:1", None),
    ],
)
def test_an_address_is_normalised_or_none(url: str, canonical: str | None) -> None:
    assert to_canonical_url(url) == canonical
    if canonical is not None:
        assert to_canonical_url(canonical) == canonical


def test_the_host_has_no_www() -> None:
    assert find_host("https://www.Lake.example/a") == "lake.example"
    assert find_host("no address") is None

from __future__ import annotations

from flows import errors


def test_an_error_is_four_labelled_lines_in_a_fixed_order() -> None:
    error = errors.RunFailed("the disk is full", "/srv/data", "no space left", "make room")

    assert str(error).splitlines() == [
        "what:       the disk is full",
        "where:      /srv/data",
        "why:        no space left",
        "what to do: make room",
    ]


def test_wrong_use_ends_with_2_and_a_failed_run_with_1() -> None:
    assert errors.WrongSetting("", "", "", "").exit_code == 2
    assert errors.NothingThere("", "", "", "").exit_code == 1


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")]

    names = [line.replace("│", " ").split("exit")[0].strip(" ├└─") for line in drawn]

    assert set(names) == {errors.CopydeskError.__name__} | {kind.__name__ for kind in _below(errors.CopydeskError)}


def _below(kind: type[errors.CopydeskError]) -> set[type[errors.CopydeskError]]:
    return {found for child in kind.__subclasses__() for found in {child, *_below(child)}}

"""Receipts of mended text: one row for each damaged run, with what was printed and what stands there now."""

from __future__ import annotations

from transforms.clean import clean
from transforms.clean.encoding import MENDED, is_mended
from transforms.extract.moved import find_moved
from transforms.rows import Cleaned, Reading, Removal


def _clean(text: str) -> Cleaned:
    cleaned = clean(Reading(text))
    assert isinstance(cleaned, Cleaned)
    return cleaned


def test_a_damaged_run_is_a_row_with_its_place_and_its_replacement() -> None:
    text = "The harbour cafÃ© was grey, and the lake wasnâ€™t. Nobody came."

    cleaned = _clean(text)

    assert cleaned.body == "The harbour café was grey, and the lake wasn’t. Nobody came."
    assert cleaned.removals == (
        Removal("encoding", MENDED, "Ã©", 15, 17, "é"),
        Removal("encoding", MENDED, "â€™", 45, 48, "’"),
    )


def test_damage_of_two_layers_is_one_row() -> None:
    cleaned = _clean("The lake wasnÃ¢â‚¬â„¢t as grey as the harbour of the town.")

    assert [(each.text, each.replacement) for each in cleaned.removals] == [("Ã¢â‚¬â„¢", "’")]


def test_text_that_is_whole_has_no_rows() -> None:
    assert _clean("The café wasn’t grey, and the lake was not a lake.").removals == ()


def test_a_line_that_is_moved_keeps_what_was_printed_and_is_read_mended() -> None:
    text = "The cafÃ© at the lake closes for ever\n\nThe old cafÃ© was grey, and so were its guests, the owner said."

    cleaned = _clean(text)

    moved = next(removal for removal in cleaned.removals if removal.reason == "moved_to_headline")
    assert moved.text == "The cafÃ© at the lake closes for ever"
    assert (moved.start, moved.end) == (0, len(moved.text))
    assert find_moved(cleaned, "moved_to_headline") == ("The café at the lake closes for ever",)
    assert [each.text for each in cleaned.removals if each.reason == MENDED] == ["Ã©"]
    assert all(map(is_mended, cleaned.removals))


def test_damage_in_boilerplate_does_not_hide_it() -> None:
    text = "The old café was grey, and so were its guests, the owner said.\n\n"
    text += "Â© 2024 The Example Times. All rights reserved."

    cleaned = _clean(text)

    assert cleaned.body == "The old café was grey, and so were its guests, the owner said."
    assert [each.text for each in cleaned.removals] == ["Â© 2024 The Example Times. All rights reserved."]
    assert cleaned.removals[0].replacement is None

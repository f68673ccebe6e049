"""Near and contained copies: what is joined, what is not, and that the order of arrival makes no difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from shelf import Row, Shelf, article, words

NOON = datetime(2031, 4, 12, 12)
STORY = words("ferry", 200).split()
OTHER = words("harvest", 180).split()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.close()


def hour(number: int) -> datetime:
    return NOON + timedelta(hours=number)


def edited(text: list[str], every: int) -> list[str]:
    """Return `text` with one word in `every` replaced."""
    return [word if place % every else f"x{word}" for place, word in enumerate(text)]


def test_an_edited_printing_is_a_near_copy_with_its_similarity(shelf: Shelf) -> None:
    [row] = shelf.land(article("a", " ".join(STORY), hour(0)), article("b", " ".join(edited(STORY, 100)), hour(1)))

    assert (row["article_id"], row["duplicate_of"], row["kind"], row["method"]) == ("b", "a", "near", "shingles")
    # Of 196 shingles, one changed word takes five and the first word one.
    assert row["similarity"] == pytest.approx(190 / 202)
    assert row["containment"] == pytest.approx(190 / 196)


def test_a_wire_story_cut_to_length_is_contained_in_the_whole(shelf: Shelf) -> None:
    shelf.land(article("whole", " ".join(STORY), hour(0)))

    [row] = shelf.land(article("cut", " ".join(STORY[:80]), hour(1)))

    assert (row["article_id"], row["duplicate_of"], row["kind"]) == ("cut", "whole", "contained")
    assert (row["similarity"], row["containment"]) == (pytest.approx(76 / 196), 1.0)


def test_a_whole_that_comes_after_its_cut_is_found_all_the_same(shelf: Shelf) -> None:
    shelf.land(article("cut", " ".join(STORY[:80]), hour(0)))

    [row] = shelf.land(article("whole", " ".join(STORY), hour(1)))

    assert (row["article_id"], row["duplicate_of"], row["kind"]) == ("cut", "whole", "contained")


def test_a_short_cut_of_a_long_story_is_found(shelf: Shelf) -> None:
    long = words("inquest", 4000).split()
    shelf.land(article("whole", " ".join(long), hour(0)))

    shelf.land(article("cut", " ".join(long[1900:1975]), hour(1)))

    assert shelf.relation == {"cut": ("whole", "contained")}


def test_articles_that_share_a_quotation_are_no_copies(shelf: Shelf) -> None:
    quoted = words("quoted", 40)

    rows = shelf.land(
        article("a", " ".join([*STORY[:100], quoted, *STORY[100:]]), hour(0)),
        article("b", " ".join([*OTHER[:90], quoted, *OTHER[90:]]), hour(1)),
    )

    assert rows == []


@pytest.mark.parametrize("digest_first", [True, False])
@pytest.mark.parametrize("dated", [True, False])
def test_a_digest_joins_nothing(shelf: Shelf, digest_first: bool, dated: bool) -> None:
    pieces = [words(f"piece{number}", 60) for number in range(2)]
    digest = article("digest", "\n\n".join(pieces), hour(9) if dated else None)
    printed = [article(f"p{number}", piece, hour(number) if dated else None) for number, piece in enumerate(pieces)]

    for each in [digest, *printed] if digest_first else [*printed, digest]:
        shelf.land(each)

    assert shelf.relation == {}


def test_an_article_leaves_a_digest_for_the_story_that_it_was_cut_from(shelf: Shelf) -> None:
    shelf.land(article("cut", " ".join(STORY[:80]), hour(1)))
    shelf.land(article("whole", " ".join(STORY[:180]), hour(0)))
    shelf.land(article("digest", " ".join([*STORY[:80], *OTHER]), hour(3)))
    assert shelf.relation == {"cut": ("digest", "contained")}

    shelf.land(article("other", " ".join(OTHER), hour(2)))

    assert shelf.relation == {"cut": ("whole", "contained")}


def test_two_cuts_of_a_story_that_were_printed_after_it_make_no_digest_of_it(shelf: Shelf) -> None:
    shelf.land(article("whole", " ".join(STORY), hour(0)))

    shelf.land(article("top", " ".join(STORY[:90]), hour(1)), article("tail", " ".join(STORY[100:]), hour(2)))

    assert shelf.relation == {"top": ("whole", "contained"), "tail": ("whole", "contained")}


def test_a_foot_that_many_articles_have_makes_no_copies(shelf: Shelf) -> None:
    foot = words("subscribe", 60)
    notice = article("notice", foot, hour(0))
    printed = [article(f"a{number}", f"{words(f'story{number}', 150)}\n\n{foot}", hour(number)) for number in range(4)]

    shelf.land(notice, *printed)

    assert {copy for copy in shelf.relation if copy != "notice"} == set()


def test_a_foot_hides_no_copy(shelf: Shelf) -> None:
    text = " ".join(STORY)
    shelf.land(article("a", f"{text}\n\n{words('one', 40)}", hour(0)))

    shelf.land(article("b", f"{words('two', 30)}\n\n{text}\n\n{words('three', 20)}", hour(1)))

    assert shelf.relation == {"b": ("a", "near")}


def test_an_earlier_original_that_comes_late_takes_over_the_copies_and_the_cuts(shelf: Shelf) -> None:
    shelf.land(article("b", " ".join(edited(STORY, 90)), hour(1)), article("cut", " ".join(STORY[:85]), hour(3)))
    assert shelf.relation == {"cut": ("b", "contained")}

    shelf.land(article("a", " ".join(STORY), hour(0)))

    assert shelf.relation == {"b": ("a", "near"), "cut": ("a", "contained")}


def test_an_article_that_lands_again_with_another_text_leaves_its_copies(shelf: Shelf) -> None:
    shelf.land(*(article(name, " ".join(edited(STORY, every)), hour(0)) for name, every in (("a", 99), ("b", 77))))
    shelf.land(article("cut", " ".join(STORY[:85]), hour(1)))
    assert shelf.relation == {"b": ("a", "near"), "cut": ("a", "contained")}

    shelf.land(article("a", " ".join(OTHER), hour(0)))

    assert shelf.relation == {"cut": ("b", "contained")}


def test_typesetting_is_no_edit(shelf: Shelf) -> None:
    shelf.land(
        article("a", "“It’s over,” she said — twice. " + " ".join(STORY), hour(0)),
        article("b", '"It\'s over," she said -- twice.\n\n' + "\u00a0".join(STORY), hour(1)),
    )

    assert shelf.relation == {"b": ("a", "same_text")}


def test_copies_without_spaces_between_words_are_found(shelf: Shelf) -> None:
    text = "".join(chr(0x4E00 + Random(place).randrange(3000)) for place in range(300))
    shelf.land(article("a", text, hour(0)), article("b", text[:140] + "新" + text[140:], hour(1)))

    assert shelf.relation == {"b": ("a", "near")}


def corpus() -> list[Row]:
    """Return articles with copies of every kind, cuts of cuts, digests and equal times."""
    dice = Random(7)
    articles: list[Row] = []
    for number in range(6):
        story = words(f"story{number}", 150 + 40 * number).split()
        cut = story[: int(len(story) * dice.uniform(0.3, 0.6))]
        texts = [story, edited(story, 40), edited(story, 60), story, cut, cut[: len(cut) // 2], [*story, *cut]]
        for place, text in enumerate(texts):
            printed = dice.choice([None, hour(dice.randrange(4))])
            articles.append(article(f"{number}-{place}", " ".join(text), printed))
    for number, pair in enumerate([(0, 1), (1, 2), (3, 4)]):
        held = [articles[7 * piece + dice.choice([0, 4])]["body"] for piece in pair]
        articles.append(article(f"digest-{number}", "\n\n".join(held), dice.choice([None, hour(5)])))
    return articles


def templated() -> list[Row]:
    """Return what many have much of: reports by one template, a wire story that many print, briefs with one foot."""
    dice = Random(11)
    report, foot = words("sunny", 70).split(), words("subscribe", 14)
    reports = [" ".join(word if dice.random() < 0.96 else f"x{dice.random()}" for word in report) for _ in range(30)]
    printings = [" ".join(edited(STORY, dice.randrange(25, 60))) for _ in range(24)]
    cuts = [" ".join(STORY[start : start + 70]) for start in (0, 60, 120)]
    briefs = [f"{words(f'brief{number}', 35)} {foot}" for number in range(24)]
    texts = [*reports, *printings, *cuts, *briefs, f"{foot} {words('notice', 9)}"]
    return [article(f"{number:03}", text, hour(dice.randrange(3))) for number, text in enumerate(texts)]


@pytest.mark.parametrize("seed", range(10))
def test_what_many_articles_have_is_found_in_any_order_and_any_batches(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many texts have a number must make no difference; the bound on cost lies far above."""
    monkeypatch.setattr("warehouse.sketch_index.FEW_HAVING", 2)
    at_once, in_pieces = Shelf(tmp_path / "one"), Shelf(tmp_path / "two")
    dice = Random(seed)
    articles = templated()

    at_once.land(*articles)
    in_pieces.land_in_pieces(dice.sample(articles, len(articles)), [dice.randint(1, 25) for _ in range(6)])

    assert in_pieces.relation == at_once.relation
    assert len(at_once.relation) > 40
    at_once.close()
    in_pieces.close()


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_batches_end_in_the_same_relation(tmp_path: Path, seed: int) -> None:
    at_once, in_pieces = Shelf(tmp_path / "one"), Shelf(tmp_path / "two")
    dice = Random(seed)
    articles = corpus()

    at_once.land(*articles)
    in_pieces.land_in_pieces(dice.sample(articles, len(articles)), [dice.randint(1, 9) for _ in range(12)])

    assert in_pieces.relation == at_once.relation
    assert len(at_once.relation) >= 25
    at_once.close()
    in_pieces.close()

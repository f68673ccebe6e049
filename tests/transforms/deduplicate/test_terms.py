"""Terms: what an article is about, in numbers."""

from __future__ import annotations

import pytest

from transforms.deduplicate.terms import find_terms, find_words, pack, rarity, unpack


def test_a_plural_and_a_possessive_are_the_word_itself() -> None:
    assert [word for word, _ in find_words("The ferry's crews’ cabins, Ellis’s glass")] == [
        "the", "ferry", "crew", "cabin", "elli", "glass",
    ]  # fmt: skip


def test_words_of_any_article_weigh_nothing_and_names_most() -> None:
    assert rarity("the") == 0.0
    assert rarity("said") < 1.0
    assert rarity("police") < 2.0
    assert rarity("larkwater") == 8.0
    assert rarity("hollin larkwater") == 9.0


def test_a_word_of_the_headline_weighs_more_than_one_of_the_body() -> None:
    weights = find_terms("Larkwater", "Hollin").weights

    assert len(weights) == 2
    assert max(weights.values()) == next(iter(weights.values()))
    assert sum(weight * weight for weight in weights.values()) == pytest.approx(1.0)


def test_a_name_in_a_row_of_capitals_is_a_term_of_its_own() -> None:
    assert len(find_terms(None, "Orla Venn spoke").weights) == len(find_terms(None, "orla venn spoke").weights) + 1


def test_packing_keeps_terms_in_the_order_of_their_weight() -> None:
    terms = find_terms("Larkwater bridge verdict", "The engineer Orla Venn was cleared over the fall of the bridge.")

    again = unpack(pack(terms))

    assert list(again.weights) == list(terms.weights)
    assert list(again.weights.values()) == pytest.approx(list(terms.weights.values()), abs=1e-3)


def test_an_article_without_rare_words_has_no_terms() -> None:
    assert find_terms(None, "") == unpack(None) == unpack(b"")
    assert find_terms("The", "of the and").weights == {}

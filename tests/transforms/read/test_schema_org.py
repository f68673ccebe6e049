"""JSON-LD is read as sites write it, broken where they break it."""

from __future__ import annotations

import pytest

from transforms.read.schema_org import Agent, find_articles, load_lenient

ARTICLE = '{"@type": "NewsArticle", "headline": "A lake"}'


@pytest.mark.parametrize(
    "script",
    [
        ARTICLE,
        f"<!-- {ARTICLE} -->",
        f"//<![CDATA[\n{ARTICLE}\n//]]>",
        ARTICLE + ";",
        ARTICLE.replace('lake"', 'lake",'),
        ARTICLE.replace('"', "&quot;"),
        ARTICLE.replace("A lake", "A\tlake"),
        f'{{"@graph": [{{"@type": "WebSite"}}, {ARTICLE}]}}',
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        f"[[{ARTICLE}]]",
    ],
)
def test_the_article_is_found_however_it_is_wrapped(script: str) -> None:
    articles = find_articles([script])

    assert articles[0].type == "newsarticle"
    assert articles[0].headline == "A lake"


def test_an_author_named_elsewhere_in_the_graph_is_found() -> None:
    script = (
        '{"@graph": [{"@type": "Article", "author": {"@id": "#jane"}}, '
        '{"@type": "Person", "@id": "#jane", "name": "Jane Doe"}]}'
    )

    assert find_articles([script])[0].authors == (Agent("Jane Doe", "person"),)


def test_of_several_articles_the_one_that_says_most_comes_first() -> None:
    teaser = '{"@type": "NewsArticle", "headline": "Another lake"}'
    story = '{"@type": "NewsArticle", "headline": "A lake", "datePublished": "2024-06-12"}'

    assert [article.headline for article in find_articles([teaser, story])] == ["A lake", "Another lake"]


def test_what_is_no_json_is_nothing() -> None:
    assert load_lenient("{lake") is None
    assert find_articles(["{lake", "[" * 100_000, "3", "null", '"text"']) == ()

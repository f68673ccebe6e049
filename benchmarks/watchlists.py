"""What do 1,000 watchlists cost an article?

Question:  how long does it take to match one article against 1,000 lists of 2 to 12 phrases, what do reading and
           compiling the lists cost, and what would a regular expression for each list cost?
Corpus:    invented news (benchmarks/invented_news.py), 380 words on average; lists of its words, a third of them
           rare, with and, or, not, near and cut words; phrases of one to three words.
Command:   python -m benchmarks.watchlists [--lists 1000] [--articles 1000]
Answer:    CPU time per article: median, mean, 99th percentile; matches per article; the regex way beside it.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.invented_news import Newsroom
from transforms.watch.lists import Watched, Watchlist
from transforms.watch.matcher import Matcher
from transforms.watch.query import parse_query
from transforms.watch.terms import phrases_of

TARGET_MS = 1.0
REGEX_ARTICLES = 20
"""The regex way is so slow that a few articles tell it."""


def main() -> int:
    """Measure; return 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lists", type=int, default=1_000)
    parser.add_argument("--articles", type=int, default=1_000)
    options = parser.parse_args()
    room = Newsroom(7)
    articles = [
        Watched(" ".join(room.words(9)), article.body, article.source, "en")
        for article in room.corpus(options.articles)
    ]
    accented = [article._replace(body=accent(article.body)) for article in articles]
    began = time.process_time()
    lists = make_lists(room, options.lists)
    read = time.process_time()
    matcher = Matcher(lists)
    compiled = time.process_time()
    phrases = sum(len(list(phrases_of(one.term))) for one in lists)
    print(f"{len(lists)} lists, {phrases} phrases: read in {read - began:.2f} s, compiled in {compiled - read:.2f} s")
    times = measure(lambda article: len(matcher.match(article)), articles)
    tell("all lists at once", times, articles, matcher)
    tell(
        "the same with accents and curly marks",
        measure(lambda one: len(matcher.match(one)), accented),
        accented,
        matcher,
    )
    patterns = [to_regex(one) for one in lists]
    few = articles[:REGEX_ARTICLES]
    slow = measure(lambda article: sum(pattern.search(article.body) is not None for pattern in patterns), few)
    print(f"a regular expression for each list, phrases only: {statistics.mean(slow):.1f} ms per article")
    return int(statistics.mean(times) >= TARGET_MS)


def make_lists(room: Newsroom, count: int) -> list[Watchlist]:
    """Return invented lists; the same for the same room."""
    dice = random.Random(11)
    vocabulary = [word.strip(".").lower() for word in room.words(60_000)]
    seen: dict[str, int] = {}
    for word in vocabulary:
        seen[word] = seen.get(word, 0) + 1
    rare = sorted(word for word, times in seen.items() if times <= 6)
    telling = sorted(word for word, times in seen.items() if times <= 60)

    def phrase() -> str:
        first = dice.choice(rare if dice.random() < 0.3 else telling)
        words = [first, *(dice.choice(telling) for _ in range(dice.choice((0, 1, 1, 2))))]
        star = "*" if len(first) > 4 and dice.random() < 0.1 else ""
        return f'"{" ".join(words)}{star}"'

    def any_of(most: int) -> str:
        return f"({' or '.join(phrase() for _ in range(dice.randint(1, most)))})"

    lists = []
    for number in range(count):
        form = dice.randrange(4)
        if form == 0:
            query = any_of(12)
        elif form == 1:
            query = f"{any_of(6)} and {any_of(4)}"
        elif form == 2:
            query = f"{any_of(6)} and not {any_of(3)}"
        else:
            query = f"{any_of(4)} near/{dice.randint(1, 20)} {any_of(4)}"
        lists.append(Watchlist(f"list-{number:04}", f"List {number}", parse_query(query)))
    return lists


def accent(body: str) -> str:
    """Return a body as another country prints it."""
    return body.replace("e ", "é ").replace("fo", "fö").replace("'", "’").replace("gu", "gü")


def to_regex(watchlist: Watchlist) -> re.Pattern[str]:
    """Return an alternation of a list's phrases; and, not and near would come on top."""
    phrases = (re.escape(phrase.text).replace(r"\ ", r"\s+") for phrase in phrases_of(watchlist.term))
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


def measure(match: Callable[[Watched], int], articles: Sequence[Watched]) -> list[float]:
    """Return the CPU time of each article in ms."""
    times = []
    for article in articles:
        began = time.process_time()
        match(article)
        times.append(1e3 * (time.process_time() - began))
    return times


def tell(what: str, times: Sequence[float], articles: Sequence[Watched], matcher: Matcher) -> None:
    """Print what was measured."""
    matches = statistics.mean(len(matcher.match(article)) for article in articles[:200])
    last = sorted(times)[int(0.99 * len(times))]
    print(
        f"{what}: median {statistics.median(times):.2f}, mean {statistics.mean(times):.2f}, "
        f"99 % below {last:.2f} ms per article; {matches:.1f} matches per article"
    )


if __name__ == "__main__":
    sys.exit(main())

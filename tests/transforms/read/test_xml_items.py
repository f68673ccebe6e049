"""Items are cut out of XML while it streams by; memory and time stay within those of one item."""

from __future__ import annotations

import io

from transforms.read.xml_items import XmlItem, XmlRest, read_items

LIMIT = 1 << 20


def _read(raw: bytes, limit_bytes: int = LIMIT) -> tuple[list[XmlItem], XmlRest]:
    told = list(read_items(io.BytesIO(raw), ("item",), limit_bytes))
    assert isinstance(told[-1], XmlRest)
    return [each for each in told[:-1] if isinstance(each, XmlItem)], told[-1]


class Endless(io.RawIOBase):
    """A feed that goes on and on; `count` items long, no byte of it kept."""

    def __init__(self, count: int) -> None:
        self._parts = iter([b"<rss>", *(b"<item>%d</item>" % number for number in range(count)), b"</rss>"])
        self._rest = b""
        self.largest = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        self.largest = max(self.largest, size)
        while len(self._rest) < size and (part := next(self._parts, b"")):
            self._rest += part
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def test_an_item_brings_the_namespaces_and_the_language_around_it() -> None:
    items, _ = _read(b'<rss xmlns:a="urn:a" xml:lang="de"><item><a:b>x</a:b></item></rss>')

    assert items[0].raw == b'<item xmlns:a="urn:a" xml:lang="de"><a:b>x</a:b></item>'


def test_items_within_items_belong_to_the_outer_one() -> None:
    items, _ = _read(b"<rss><item>1<item>2</item></item><item>3</item></rss>")

    assert [item.raw for item in items] == [b"<item>1<item>2</item></item>", b"<item>3</item>"]


def test_a_long_stream_is_asked_for_in_pieces() -> None:
    stream = Endless(20_000)

    items = sum(isinstance(each, XmlItem) for each in read_items(stream, ("item",), 100_000))  # type: ignore[arg-type]

    assert items == 20_000
    assert stream.largest <= 100_001


def test_a_file_that_breaks_keeps_every_item_before_and_behind() -> None:
    items, rest = _read(b"<rss><item>1</item><item>2 & <b></item><item>3</item><item>4")

    assert [item.raw for item in items] == [
        b"<item>1</item>",
        b"<item>2 &#38; <b></item>",
        b"<item>3</item>",
        b"<item>4",
    ]
    assert rest.failure is None


def test_a_large_file_that_breaks_keeps_the_items_before_and_says_where() -> None:
    raw = b"<rss>\n" + b"<item>x</item>\n" * 20_000 + b"<item></b></rss>"

    items, rest = _read(raw, limit_bytes=100_000)

    assert 15_000 < len(items) <= 20_000
    assert rest.failure is not None
    assert rest.failure.reason == "read.not_xml"
    assert str(rest.failure).startswith("line 20002, column ")


def test_an_item_without_end_is_refused() -> None:
    _, rest = _read(b"<rss><item>" + b"x " * 200_000, limit_bytes=100_000)

    assert rest.failure is not None
    assert rest.failure.reason == "read.document_too_large"

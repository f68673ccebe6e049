"""A page's bytes reach its parser in UTF-8."""

from __future__ import annotations

from transforms.read.page.charset import to_utf8

DECLARED = b'<html><head><meta charset="iso-8859-1"></head><body>\x93caf\xe9\x94 am See'


def test_bytes_in_utf_8_are_not_copied() -> None:
    raw = "<p>café".encode()

    assert to_utf8(raw).utf8 is raw
    assert to_utf8(raw).encoding == "utf-8"


def test_a_byte_order_mark_does_not_reach_the_parser() -> None:
    assert to_utf8(b"\xef\xbb\xbf<p>x").utf8 == b"<p>x"


def test_what_is_declared_counts() -> None:
    read = to_utf8(DECLARED)

    assert read.utf8.decode().endswith("“café” am See")
    assert read.encoding == "windows-1252"

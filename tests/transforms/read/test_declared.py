"""Declarations: what a page says of its own encoding, as browsers read it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.read.declared import PRESCAN_BYTES, find_declared


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        (b'<?xml version="1.0" encoding="ISO-8859-2"?><a/>', "iso-8859-2"),
        (b"<?xml version='1.0' encoding = 'euc-kr' ?>", "euc-kr"),
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META CharSet=' Windows-1251 '/>", "windows-1251"),
        (b"<meta name=a content=b><meta charset=big5>", "big5"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=shift-jis">', "shift_jis"),
        (b'<meta content="text/html;charset=EUC-JP" http-equiv=content-type>', "euc-jp"),
        (b"<meta charset=iso-8859-1>", "windows-1252"),
        (b"<meta charset=utf-16le>", "utf-8"),
        (b"<meta charset=nonsense><meta charset=gbk>", "gb18030"),
        (b"<!-- <meta charset=big5> --><meta charset=gbk>", "gb18030"),
        (b"<!--><meta charset=gbk>", "gb18030"),
        (b"<!doctype html><title a='<meta charset=big5>'>x</title><meta charset=gbk>", "gb18030"),
        (b'<meta charset="gbk" charset="big5">', "gb18030"),
        (b"<meta\ncharset\n=\ngbk>", "gb18030"),
    ],
)
def test_a_declaration_is_found_where_browsers_find_it(page: bytes, encoding: str) -> None:
    assert find_declared(page) == encoding


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"The charset=utf-8 of a text is no declaration",
        b"<metadata charset=gbk>",
        b"<meta name=description content='text/html; charset=gbk'>",
        b"<!-- <meta charset=gbk>",
        b"<meta charset=",
        b"<meta",
        b"<p charset=gbk>",
        b"</meta charset=gbk>",
        b" " * PRESCAN_BYTES + b"<meta charset=gbk>",
    ],
)
def test_what_only_looks_like_a_declaration_is_none(page: bytes) -> None:
    assert find_declared(page) is None


@pytest.mark.parametrize("piece", [b"<meta ", b"<!--", b"<a b", b"<", b"='", b"/", b"<meta charset ", b"<?xml "])
def test_no_page_makes_the_search_run_wild(piece: bytes) -> None:
    started = time.process_time()

    find_declared(piece * 10_000)

    assert time.process_time() - started < 1


@given(st.binary(max_size=300).map(lambda raw: b"<meta " + raw))
def test_any_bytes_can_be_searched(raw: bytes) -> None:
    find_declared(raw)

"""Labels of encodings: what headers and pages call them."""

from __future__ import annotations

import codecs

import pytest

from transforms.read.labels import CODECS, charset_of, find_codec, find_encoding


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("UTF8", "utf-8"),
        (" latin1\t", "windows-1252"),
        ("US-ASCII", "windows-1252"),
        ("ISO-8859-9", "windows-1254"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "euc-kr"),
        ("x-sjis", "shift_jis"),
        ("TIS-620", "windows-874"),
        ("cp866", "ibm866"),
        ("nonsense", None),
        ("", None),
        ("rot13", None),
    ],
)
def test_a_label_means_what_its_writers_mean(label: str, encoding: str | None) -> None:
    assert find_encoding(label) == encoding


def test_every_encoding_has_codecs_and_is_its_own_label() -> None:
    for name, chosen in CODECS.items():
        assert find_encoding(name) == name
        assert all(codecs.lookup(codec) for codec in chosen)
        assert codecs.lookup(find_codec(name))


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset="koi8-r"; x=y', "koi8-r"),
        ("text/html; charset='gbk'", "gbk"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_charset_of_a_header_is_found(header: str, charset: str | None) -> None:
    assert charset_of(header) == charset

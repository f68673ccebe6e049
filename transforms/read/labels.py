"""Names of encodings: what files call them, what they are called here, and Python's codecs that read them.

Source: WHATWG Encoding Standard, section 4.2; behind it a few encodings of archives that browsers dropped.
"""

from __future__ import annotations

import re
from functools import cache

CODECS = {
    "utf-8": ("utf-8",),
    "utf-16le": ("utf-16-le",),
    "utf-16be": ("utf-16-be",),
    "utf-32le": ("utf-32-le",),
    "utf-32be": ("utf-32-be",),
    "windows-1250": ("cp1250",),
    "windows-1251": ("cp1251",),
    "windows-1252": ("cp1252",),
    "windows-1253": ("cp1253",),
    "windows-1254": ("cp1254",),
    "windows-1255": ("cp1255",),
    "windows-1256": ("cp1256",),
    "windows-1257": ("cp1257",),
    "windows-1258": ("cp1258",),
    "windows-874": ("cp874",),
    "iso-8859-2": ("iso8859_2",),
    "iso-8859-3": ("iso8859_3",),
    "iso-8859-4": ("iso8859_4",),
    "iso-8859-5": ("iso8859_5",),
    "iso-8859-6": ("iso8859_6",),
    "iso-8859-7": ("iso8859_7",),
    "iso-8859-8": ("iso8859_8",),
    "iso-8859-10": ("iso8859_10",),
    "iso-8859-13": ("iso8859_13",),
    "iso-8859-14": ("iso8859_14",),
    "iso-8859-15": ("iso8859_15",),
    "iso-8859-16": ("iso8859_16",),
    "koi8-r": ("koi8_r",),
    "koi8-u": ("koi8_u",),
    "ibm855": ("cp855",),
    "ibm866": ("cp866",),
    "macintosh": ("mac_roman",),
    "x-mac-cyrillic": ("mac_cyrillic",),
    "gb18030": ("gb18030",),
    "hz-gb-2312": ("hz",),
    "big5": ("big5", "big5hkscs", "cp950"),
    "shift_jis": ("shift_jis", "cp932", "shift_jis_2004"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext"),
    "euc-kr": ("cp949",),
    "johab": ("johab",),
    "iso-2022-kr": ("iso2022_kr",),
}
"""Python's codecs by our name. Where several stand, the standard's own comes first and vendors' extensions follow:
the first that reads every byte is taken, so that a wave dash is U+301C from each Japanese encoding."""

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8 utf-8-sig",
    "utf-16be": "unicodefffe",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
    "utf-32le": "utf-32",
    "ibm855": "855 cp855 csibm855",
    "ibm866": "866 cp866 csibm866",
    "iso-8859-2": "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso-8859-3": "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso-8859-4": "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso-8859-5": "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso-8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i "
    "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso-8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso-8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
    "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso-8859-10": "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso-8859-13": "iso8859-13 iso885913",
    "iso-8859-14": "iso8859-14 iso885914",
    "iso-8859-15": "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9 latin9 latin-9",
    "koi8-r": "cskoi8r koi koi8 koi8_r",
    "koi8-u": "koi8-ru",
    "macintosh": "csmacintosh mac x-mac-roman macroman",
    "windows-874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620 cp874",
    "windows-1250": "cp1250 x-cp1250",
    "windows-1251": "cp1251 x-cp1251",
    "windows-1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 us-ascii x-cp1252 x-user-defined",
    "windows-1253": "cp1253 x-cp1253",
    "windows-1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "x-cp1254",
    "windows-1255": "cp1255 x-cp1255",
    "windows-1256": "cp1256 x-cp1256",
    "windows-1257": "cp1257 x-cp1257",
    "windows-1258": "cp1258 x-cp1258",
    "x-mac-cyrillic": "x-mac-ukrainian maccyrillic mac-cyrillic",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk cp936 iso-ir-58 x-gbk",
    "hz-gb-2312": "hz",
    "big5": "big5-hkscs cn-big5 csbig5 x-x-big5 cp950",
    "euc-jp": "cseucpkdfmtjapanese x-euc-jp",
    "iso-2022-jp": "csiso2022jp",
    "shift_jis": "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis cp932",
    "euc-kr": "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 "
    "cp949 uhc",
    "johab": "cp1361 ms1361",
    "iso-2022-kr": "csiso2022kr",
}
_WHITESPACE = "\t\n\f\r "


def find_encoding(label: str) -> str | None:
    """Return our name of the encoding that a header or declaration calls `label`, or None when nobody does."""
    return _names().get(label.strip(_WHITESPACE).lower())


def find_codec(encoding: str) -> str:
    """Return Python's widest codec for an encoding by our name; a name that is not ours is taken for Python's own."""
    return CODECS[encoding][-1] if encoding in CODECS else encoding


def charset_of(content_type: str) -> str | None:
    """Return the charset parameter of a Content-Type header, as printed, or None."""
    match = _CHARSET.search(content_type)
    return None if match is None else match["quoted"] or match["bare"]


@cache
def _names() -> dict[str, str]:
    names = {name: name for name in CODECS}
    return names | {label: name for name, labels in _LABELS.items() for label in labels.split()}


_CHARSET = re.compile(r"charset\s*=\s*(?:\"(?P<quoted>[^\"]+)\"|'?(?P<bare>[^\s;'\"]+))", re.IGNORECASE)

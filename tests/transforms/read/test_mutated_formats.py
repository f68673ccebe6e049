"""Samples of every format with bytes changed at random: rows or rejections come of them, never an exception.

The long form is `COPYDESK_MUTATIONS=20000 pytest tests/transforms/read/test_mutated_formats.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from format_cases import travel
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

SAMPLES = sorted((Path(__file__).parents[3] / "samples" / "formats").glob("bridge-verdict.*"))
MUTATIONS = int(os.environ.get("COPYDESK_MUTATIONS", "20"))
TOKENS = (
    b"", b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#x110000;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml?>",
    b"<!DOCTYPE x [", b"<!ENTITY a \"&a;\">", b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xed\xa0\x80", b'"',
    b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b",",
    b"null", b"NaN", b"1e999", b"<item>", b"</item>", b"<entry>", b"<nitf>",
    b"</p>", b"<newsItem>", b"xmlns:a=\"\"", b" xmlns=\"x\"", b"2024-02-30T99:99:99+99:99", b"9" * 30,
)  # fmt: skip

Edit = tuple[float, int, bytes]
"""Where, as a share of the file; how many bytes are taken; what is put in their place."""

edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(TOKENS) | st.binary(max_size=6)),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
@settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits)
@example([(0.0, 40, b"")])
@example([(0.5, 10_000, b"")])
def test_a_mutated_sample_becomes_rows_and_loses_nothing(sample: Path, changes: list[Edit]) -> None:
    raw = _edited(sample.read_bytes(), changes)

    trip = travel(raw, sample.name)

    assert len(trip.documents) + len(trip.skipped) + len(trip.rejected) > 0
    assert len(trip.articles) + len(trip.rejected) - trip.unread == len(trip.documents)
    assert all(row["detail"] for row in trip.rejected)


def _edited(raw: bytes, changes: list[Edit]) -> bytes:
    for share, taken, put in changes:
        at = int(share * len(raw))
        raw = raw[:at] + put + raw[at + taken :]
    return raw

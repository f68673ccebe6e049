"""Records with pages become documents; what is damaged is said with its byte, and the rest lands."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib

import pytest
from reading import details, documents, read_bytes, reasons, skipped

from transforms.read.web_archive import parse
from transforms.rows import Reading, Rejected
from transforms.settings import TransformSettings

PAGE = (
    "<!DOCTYPE html><html><head><title>Tunnel</title></head><body><article><h1>Tunnel refused</h1>"
    + "<p>The council of Upper Tarn voted on Tuesday against a tunnel under the lake, said Mayor Ünal.</p>" * 4
    + "</article></body></html>"
)
URL = "https://tarn.example/tunnel"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def record(kind: str, block: bytes, version: str = "1.0", **headers: str) -> bytes:
    said = {"WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:1>", "WARC-Target-URI": URL}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"WARC/{version}\r\n{lines}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, *lines: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines, "", "")).encode() + body


GOOD = record("response", http(PAGE.encode()))


def text_of(raw: bytes, encoding: str | None = None) -> str:
    reading = parse(raw, encoding, TransformSettings())
    assert isinstance(reading, Reading), reading
    return reading.text


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_response_with_a_page_is_a_document_that_can_be_read_alone(version: str) -> None:
    raw = record("warcinfo", b"software: x\r\n") + record("response", http(PAGE.encode()), version)

    reading = read_bytes(raw, "a.warc")

    (document,) = documents(reading)
    assert raw[document["offset_bytes"] :].startswith(document["raw"])
    assert document["url"] == URL
    assert document["member"] == "urn:uuid:1"
    assert document["encoding"] == "utf-8"
    assert "Mayor Ünal" in text_of(document["raw"], document["encoding"])
    assert [reason for reason, _ in skipped(reading)] == ["read.no_page_record"]


def test_of_members_each_compressed_the_offset_is_that_of_the_member() -> None:
    first, second = gzip.compress(record("request", b"GET / HTTP/1.1\r\n\r\n")), gzip.compress(GOOD)

    (document,) = documents(read_bytes(first + second, "a.warc.gz"))

    assert document["offset_bytes"] == len(first)
    assert document["raw"] == GOOD.removesuffix(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (record("request", b"GET / HTTP/1.1\r\n\r\n"), "read.no_page_record"),
        (record("revisit", http(b"")), "read.no_page_record"),
        (record("metadata", b"outlink: x\r\n"), "read.no_page_record"),
        (record("resource", b"x", WARC_Target_URI="metadata://log", Content_Type="text/plain"), "read.no_page_record"),
        (record("response", http(PAGE.encode(), status="404 Not Found")), "read.not_ok_response"),
        (record("response", http(PAGE.encode(), status="301 Moved")), "read.not_ok_response"),
        (record("response", http(b"\x89PNG", kind="image/png")), "read.not_a_page"),
        (
            record("response", http(b"Disallow:", kind="text/plain"), WARC_Target_URI=URL + "/robots.txt"),
            "read.not_a_page",
        ),
        (record("response", http(b"  ")), "read.empty_response"),
        (record("continuation", b"x", WARC_Segment_Number="2"), "read.no_page_record"),
        (record("response", http(b"x" * 9000, kind="video/mp4")), "read.not_a_page"),
    ],
)
def test_records_without_a_page_are_skipped_with_their_reason(raw: bytes, reason: str) -> None:
    reading = read_bytes(raw + GOOD, "a.warc", max_document_bytes=5000)

    assert [each for each, _ in skipped(reading)] == [reason]
    assert len(documents(reading)) == 1


def test_a_record_that_is_cut_is_one_rejection_and_those_before_land() -> None:
    raw = GOOD + GOOD

    for size in range(len(GOOD) + 40, len(raw) - 4, 97):
        reading = read_bytes(raw[:size], "a.warc")

        assert len(documents(reading)) == 1
        assert len(reasons(reading)) == 1
        assert f"byte {len(GOOD)}" in details(reading)[0]


def test_a_compressed_tail_that_is_cut_is_one_rejection_with_its_byte() -> None:
    member = gzip.compress(GOOD)

    reading = read_bytes(member + member[:-30], "a.warc.gz")

    assert len(documents(reading)) == 1
    assert reasons(reading) == ["read.compressed_data_cut"]
    assert f"byte {len(member)}" in details(reading)[0]


def test_bytes_between_records_are_passed_over_and_said() -> None:
    reading = read_bytes(GOOD + b"rubbish that is no record\r\n" * 9 + GOOD, "a.warc")

    assert len(documents(reading)) == 2
    assert reasons(reading) == ["read.record_broken"]
    assert f"byte {len(GOOD)}" in details(reading)[0]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_digest_is_checked_in_each_spelling(algorithm: str) -> None:
    body = PAGE.encode()
    digest = hashlib.new(algorithm, body).digest()
    spellings = [digest.hex(), base64.b32encode(digest).decode(), base64.b32encode(digest).decode().rstrip("=")]

    for said in spellings:
        good = record("response", http(body), WARC_Payload_Digest=f"{algorithm}:{said}")
        bad = record("response", http(body.replace(b"Tuesday", b"Thursda")), WARC_Payload_Digest=f"{algorithm}:{said}")
        reading = read_bytes(good + bad, "a.warc")
        assert len(documents(reading)) == 1
        assert reasons(reading) == ["read.digest_mismatch"]


def test_a_block_digest_covers_the_headers_too() -> None:
    block = http(PAGE.encode())

    reading = read_bytes(
        record("response", block.replace(b"200 OK", b"200 KO"), WARC_Block_Digest=sha1(block)), "a.warc"
    )

    assert reasons(reading) == ["read.digest_mismatch"]


def test_transfer_and_content_codings_are_undone() -> None:
    body = PAGE.encode()
    packed = gzip.compress(body)
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (packed[:50], packed[50:])) + b"0\r\n\r\n"

    for block in (
        http(chunked, "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
        http(body, "Transfer-Encoding: chunked"),
        http(zlib.compress(body), "Content-Encoding: deflate"),
        http(zlib.compress(body)[2:-4], "Content-Encoding: deflate"),
        http(body, "Content-Encoding: gzip"),
    ):
        assert "Mayor Ünal" in text_of(record("response", block), "utf-8")


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (http(b"\x1f\x8b\x08 broken", "Content-Encoding: gzip"), "read.content_coding_broken"),
        (http(gzip.compress(PAGE.encode())[:-40], "Content-Encoding: gzip"), "read.content_coding_broken"),
        (http(b"x", "Content-Encoding: rot13"), "read.content_coding_unknown"),
        (http(gzip.compress(b" " * 60_000_000), "Content-Encoding: gzip"), "read.document_too_large"),
        (http(b"\x0b\x02\x80", "Content-Encoding: br"), "read.content_coding_broken"),
    ],
)
def test_a_body_that_can_not_be_unpacked_is_refused(block: bytes, reason: str) -> None:
    reading = parse(record("response", block), None, TransformSettings())

    assert isinstance(reading, Rejected)
    assert reading.reason == reason


def test_the_charset_of_the_response_reaches_the_page() -> None:
    raw = record("response", http(PAGE.encode("iso-8859-9"), kind="text/html; charset=ISO-8859-9"))

    (document,) = documents(read_bytes(raw, "a.warc"))

    assert "Mayor Ünal" in text_of(document["raw"], document["encoding"])


def test_plain_text_conversions_are_documents_too() -> None:
    raw = record("conversion", b"The council voted.\n", Content_Type="text/plain")

    (document,) = documents(read_bytes(raw, "a.warc.wet"))

    assert text_of(document["raw"]) == "The council voted.\n"


def test_a_record_above_the_limit_is_refused_and_the_next_lands() -> None:
    large = record("response", http(b"<p>a</p>" * 5000))

    reading = read_bytes(large + GOOD, "a.warc", max_document_bytes=5000)

    assert reasons(reading) == ["read.document_too_large"]
    assert len(documents(reading)) == 1


def test_an_arc_file_is_refused_with_what_to_do() -> None:
    reading = read_bytes(b"filedesc://x.arc 0.0.0.0 20240304 text/plain 9\n1 0 X\n", "a.arc")

    assert reasons(reading) == ["read.record_broken"]
    assert "WARC" in details(reading)[0]

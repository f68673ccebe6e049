"""zip and tar archives are gone through like folders; names are data, and damage costs only its member."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from reading import STORY, details, documents, read_bytes, reasons, skipped

MEMBERS = {
    "a/one.txt": STORY,
    "a/one.json": json.dumps({"source": "tarn-herald", "date": "2024-03-04"}).encode(),
    "b/two.txt": STORY + b"Two.",
    "b/metadata.csv": b"file,source\ntwo.txt,lake-post\n",
    "../../etc/passwd": b"root of all stories\n",
    ".hidden": STORY,
    "__MACOSX/a/._one.txt": STORY,
    "logo.png": b"\x89PNG",
}


def make_zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, streamed: bool = False) -> bytes:
    written = bytearray()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            written.extend(data)  # type: ignore[arg-type]
            return len(data)  # type: ignore[arg-type]

    buffer = io.BytesIO()
    with zipfile.ZipFile(Pipe() if streamed else buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return bytes(written) if streamed else buffer.getvalue()


def make_tar(members: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in members.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(data)
            archive.addfile(facts, io.BytesIO(data))
    return buffer.getvalue()


ARCHIVES = {
    "zip": make_zip(MEMBERS),
    "stored zip": make_zip(MEMBERS, zipfile.ZIP_STORED),
    "bzip2 zip": make_zip(MEMBERS, zipfile.ZIP_BZIP2),
    "streamed zip": make_zip(MEMBERS, streamed=True),
    "streamed and stored zip": make_zip(MEMBERS, zipfile.ZIP_STORED, streamed=True),
    "pax tar": make_tar(MEMBERS),
    "gnu tar": make_tar(MEMBERS, tarfile.GNU_FORMAT),
    "tar.gz": gzip.compress(make_tar(MEMBERS)),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_are_documents_with_what_lies_beside_them(kind: str) -> None:
    reading = read_bytes(ARCHIVES[kind], "delivery")

    found = {row["member"]: (row["raw"], row["source"]) for row in documents(reading)}
    assert found == {
        "a/one.txt": (STORY, "tarn-herald"),
        "b/two.txt": (STORY + b"Two.", "lake-post"),
        "../../etc/passwd": (b"root of all stories\n", "unknown"),
    }
    assert sorted(reason for reason, _ in skipped(reading)) == [
        "read.hidden_file",
        "read.media_file",
        "read.sidecar",
        "read.sidecar",
        "read.system_file",
    ]
    assert reasons(reading) == []
    assert set(reading.members) == {"a/one.txt", "b/two.txt"}


def test_a_member_named_like_a_path_is_only_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    read_bytes(make_tar({"../../etc/passwd": STORY, "/tmp/copydesk-evil.txt": STORY}), "a.tar")
    read_bytes(make_zip({"../evil.txt": STORY, "C:\\evil.txt": STORY}), "a.zip")

    assert list(tmp_path.iterdir()) == []
    assert not Path("/tmp/copydesk-evil.txt").exists()
    assert not (tmp_path.parent / "evil.txt").exists()


def test_positions_count_on_over_members() -> None:
    reading = read_bytes(
        make_zip({"a.jsonl": b'{"text": "a"}\n{"text": "b"}\n', "b.txt": STORY, "c.png": b""}), "a.zip"
    )

    assert [(row["position"], row["member"]) for row in documents(reading)] == [
        (0, "a.jsonl"),
        (1, "a.jsonl"),
        (2, "b.txt"),
    ]
    assert reading.split.kept["skipped"]["position"].to_pylist() == [3]


def test_an_archive_in_an_archive_names_the_way() -> None:
    inner = make_tar({"x.txt": STORY})

    reading = read_bytes(make_zip({"in.tar.gz": gzip.compress(inner)}), "a.zip")

    assert [row["member"] for row in documents(reading)] == ["in.tar.gz/x.txt"]


def test_nesting_ends_at_its_limit() -> None:
    packed = STORY
    for level in range(6):
        packed = make_zip({f"{level}.zip" if level else "a.txt": packed})

    reading = read_bytes(packed, "a.zip")

    assert documents(reading) == []
    assert reasons(reading) == ["read.nested_too_deep"]


CUT = {"read.archive_cut", "read.compressed_data_cut", "read.checksum_mismatch", "read.no_text_column"}
"""A metadata.csv that is cut is no sidecar, and as a table of articles it has no text."""


@pytest.mark.parametrize("kind", ARCHIVES)
def test_of_a_cut_archive_the_whole_members_come_out_and_the_cut_is_said(kind: str) -> None:
    whole = ARCHIVES[kind]

    for size in range(len(whole) // 10, len(whole), max(len(whole) // 40, 1)):
        reading = read_bytes(whole[:size], "delivery")

        everything = len(documents(reading)) + len(skipped(reading)) + len(reasons(reading))
        assert everything == len(MEMBERS) or set(reasons(reading)) & CUT
        assert {row["member"]: row["raw"] for row in documents(reading)}.items() <= MEMBERS.items()


def test_a_member_with_a_wrong_checksum_costs_only_itself() -> None:
    damaged = bytearray(make_zip({"a.txt": STORY, "b.txt": STORY + b"B"}, zipfile.ZIP_STORED))
    damaged[damaged.find(STORY)] ^= 1

    reading = read_bytes(bytes(damaged), "a.zip")

    assert [row["member"] for row in documents(reading)] == ["b.txt"]
    assert reasons(reading) == ["read.checksum_mismatch"]


def test_an_encrypted_member_is_said_and_passed_over() -> None:
    locked = bytearray(make_zip({"a.txt": STORY, "b.txt": STORY}))
    struct.pack_into("<H", locked, 6, 1)

    reading = read_bytes(bytes(locked), "a.zip")

    assert [row["member"] for row in documents(reading)] == ["b.txt"]
    assert reasons(reading) == ["read.encrypted_member"]
    assert "'a.txt'" in details(reading)[0]


def test_an_unknown_method_is_said_and_passed_over() -> None:
    odd = bytearray(make_zip({"a.txt": STORY, "b.txt": STORY}))
    struct.pack_into("<H", odd, 8, 97)

    assert reasons(read_bytes(bytes(odd), "a.zip")) == ["read.compression_unknown"]


def test_members_that_lie_over_each_other_are_counted_and_read_once() -> None:
    archive = make_zip({"a.txt": STORY})
    directory = archive[archive.find(b"PK\1\2") : archive.find(b"PK\5\6")]
    overlapping = archive[: archive.find(b"PK\1\2")] + directory * 500 + archive[archive.find(b"PK\5\6") :]

    reading = read_bytes(overlapping, "a.zip")

    assert len(documents(reading)) == 1
    assert reasons(reading) == ["read.archive_damaged"]
    assert "lists 500 members" in details(reading)[0]


def test_too_many_members_end_the_archive() -> None:
    reading = read_bytes(make_tar({f"{number}.txt": STORY for number in range(9)}), "a.tar", max_members=5)

    assert len(documents(reading)) == 5
    assert reasons(reading) == ["read.too_many_members"]


def test_links_and_devices_are_no_files() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            facts = tarfile.TarInfo("x")
            facts.type, facts.linkname = kind, "/etc/passwd"
            archive.addfile(facts)

    reading = read_bytes(buffer.getvalue(), "a.tar")

    assert [reason for reason, _ in skipped(reading)] == ["read.not_a_file"] * 4 + ["read.folder"]


def test_long_names_are_read_in_both_spellings() -> None:
    name = "courts/" + "l" * 180 + ".txt"

    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        assert [row["member"] for row in documents(read_bytes(make_tar({name: STORY}, form), "a.tar"))] == [name]


def test_a_sidecar_that_is_no_json_quarantines_its_text() -> None:
    reading = read_bytes(make_zip({"a.txt": STORY, "a.json": b"{", "b.txt": STORY}), "a.zip")

    assert [row["member"] for row in documents(reading)] == ["b.txt"]
    assert reasons(reading) == ["read.sidecar_unreadable"]


def test_json_without_a_text_beside_it_is_an_article_of_its_own() -> None:
    reading = read_bytes(make_zip({"a.json": b'{"text": "a story"}'}), "a.zip")

    assert [row["format"] for row in documents(reading)] == ["json_rows"]


def test_an_office_document_is_no_archive_of_articles() -> None:
    document = make_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})

    assert reasons(read_bytes(document, "a.docx")) == ["read.unknown_format"]


def test_an_empty_archive_waits_like_an_empty_file() -> None:
    reading = read_bytes(make_zip({}), "a.zip")

    assert (documents(reading), reasons(reading), skipped(reading)) == ([], ["read.empty_file"], [])

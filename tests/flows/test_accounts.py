from __future__ import annotations

from flows.accounts import Account, to_lines

ROW = {"files": 3, "documents": 4, "articles": 2, "repeats": 1, "quarantined": 1, "skipped": 0}


def test_an_account_says_what_became_of_every_document_and_what_to_do_next() -> None:
    waiting = {"clean.no_story_text": ["file:///in/one%20file.txt"]}

    text = "\n".join(to_lines(Account(ROW, copies=1, waiting=waiting), command_end=" --data D"))

    assert "came in: 3 files, 4 documents" in text
    assert "2  articles landed  1 of them a copy" in text
    assert "1  clean.no_story_text  one file.txt" in text
    assert "copydesk quarantine list --data D" in text
    assert "skipped" not in text


def test_names_of_files_are_data() -> None:
    waiting = {"read.empty": ["file:///in/%1B%5B2J%FF.txt"]}

    text = "\n".join(to_lines(Account(ROW, waiting=waiting)))

    assert "\x1b" not in text
    assert "\\x1b[2J\\udcff.txt" in text


def test_many_files_of_one_reason_are_counted() -> None:
    files = [f"file:///in/{number}.txt" for number in range(9)]

    assert "9  read.empty  0.txt, 1.txt, 2.txt and 6 more" in "\n".join(
        to_lines(Account(ROW, waiting={"read.empty": files}))
    )


def test_a_run_that_brought_nothing_says_so() -> None:
    nothing = dict.fromkeys(ROW, 0) | {"files": 1}

    assert to_lines(Account(nothing)) == ["came in: 1 file, 0 documents", "  nothing new"]


def test_files_that_were_left_alone_are_told() -> None:
    text = "\n".join(to_lines(Account(dict.fromkeys(ROW, 0), busy=2, held=1)))

    assert "2  left alone" in text
    assert "1  held" in text

"""Stories that make a transform misbehave, and the worker function in which they do; importable in a worker."""

from __future__ import annotations

import os
import time
from pathlib import Path

from flows.work import DocumentWork, FileWork, prepare_documents, read_file
from transforms import clean
from transforms.clean.draft import Draft


def _trouble(draft: Draft) -> Draft:
    if "RAISE" in draft.text:
        raise ZeroDivisionError("a step divides by zero")
    if "HANG" in draft.text:
        time.sleep(1e6)
    if "EAT" in draft.text:
        eaten = []
        while True:
            eaten.append(b"x" * (16 * 1024 * 1024))
    if "DIE" in draft.text:
        os._exit(7)
    return draft


def prepare_with_trouble(work: DocumentWork) -> object:
    """Do what workers do, with a cleaning step more."""
    steps = clean.STEPS
    clean.STEPS = (_trouble, *steps)
    try:
        return prepare_documents(work)
    finally:
        clean.STEPS = steps


def read_and_append(work: FileWork) -> object:
    """Read a file while somebody writes to it."""
    with Path(os.fsdecode(work.path)).open("ab") as file:
        file.write(b"and more of it\n")
    return read_file(work)


def read_too_late(work: FileWork) -> object:
    """Read a file that has just been taken away."""
    os.unlink(work.path)
    return read_file(work)

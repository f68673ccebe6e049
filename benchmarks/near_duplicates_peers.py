"""Let another program find the near copies of a corpus: run by the Python of an environment that has it installed.

Command:   PYTHON near_duplicates_peers.py text-dedup|datatrove CORPUS.jsonl ANSWER.json
Input:     one object per line: `article_id`, `text`.
Answer:    `groups`, lists of article_ids; `seconds`, of CPU time, without reading the corpus where that can be told.

Both run as their own documentation says, at the settings nearest to ours: word 5-grams, and a threshold of 0.6 where
there is one. This file imports nothing of the project, and the project nothing of it.
"""

from __future__ import annotations

import json
import pickle
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path


def main() -> None:
    """Run one program."""
    name, corpus, answer = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    ids = [json.loads(line)["article_id"] for line in corpus.open()]
    with tempfile.TemporaryDirectory() as folder:
        labels, seconds = {"text-dedup": text_dedup, "datatrove": datatrove}[name](corpus, Path(folder))
    groups = defaultdict(list)
    for number, label in labels.items():
        groups[label].append(ids[number])
    answer.write_text(json.dumps({"seconds": seconds, "groups": list(groups.values())}))


def text_dedup(corpus: Path, folder: Path) -> tuple[dict[int, int], float]:
    """Return the group of each document by its number, of text_dedup.minhash with one process."""
    command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(corpus)]
    command += ["--split", "train", "--cache_dir", str(folder / "cache"), "--output", str(folder / "out"), "--debug"]
    command += ["--column", "text", "--ngram", "5", "--threshold", "0.6", "--min_length", "0", "--num_proc", "1"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, timeout=7200, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "out" / "uf.pkl").open("rb") as file:
        found = pickle.load(file)
    parents = found["parent"] if isinstance(found, dict) and "parent" in found else getattr(found, "parent", found)

    def root(number: int) -> int:
        while parents.get(number, number) != number:
            number = parents[number]
        return number

    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {number: root(number) for number in parents}, spent


def datatrove(corpus: Path, folder: Path) -> tuple[dict[int, int], float]:
    """Return the group of each document by its number, of datatrove's MinHash steps one after the other."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig

    config = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
    documents = [Document(text=json.loads(line)["text"], id=str(at)) for at, line in enumerate(corpus.open())]
    names = [str(folder / name) for name in ("signatures", "buckets", "clusters")]
    signatures = MinhashDedupSignature(names[0], config=config)
    began = time.process_time()
    signatures.run(iter(documents), rank=0, world_size=1)
    for bucket in range(config.num_buckets):
        MinhashDedupBuckets(names[0], names[1], config=config).run(None, bucket, config.num_buckets)
    MinhashDedupCluster(names[1], names[2], config=config, save_cluster_id=True).run(None, 0, 1)
    spent = time.process_time() - began
    data = (Path(names[2]) / "000000.clusters").read_bytes()
    return dict(struct.iter_unpack("<II", data)), spent


if __name__ == "__main__":
    main()

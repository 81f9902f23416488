"""All that is measured, in one run: `python -m benchmarks --help` tells its options.

Everything is measured in other processes, so that this one stays small and they are as a person's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import (
    limits,
    machine,
    memory,
    peers,
    preview,
    proxy_overhead,
    recall,
    stages,
    start,
    wholes,
)
from benchmarks.effort import QUICK, Effort, Photos
from benchmarks.page import put_into
from benchmarks.table import Row, Table

TABLES: dict[str, tuple[str, Callable[[Effort, Photos], Iterable[Row]]]] = {
    "limits": (limits.TITLE, limits.rows),
    "stages": (stages.TITLE, stages.rows),
    "wholes": (wholes.TITLE, wholes.rows),
    "start": (start.TITLE, start.rows),
    "memory": (memory.TITLE, memory.rows),
    "peers": (peers.TITLE, peers.rows),
    "recall": (recall.TITLE, recall.rows),
    "preview": (preview.TITLE, preview.rows),
    "proxy": (proxy_overhead.TITLE, proxy_overhead.rows),
}


def main(words: Sequence[str]) -> int:
    said = _parser().parse_args(words)
    tables, names, effort = [], _names(said), _effort(said)
    if {"peers", "recall"} & set(names):
        peers.environment()  # rather no run than one that ends when half is measured
    with tempfile.TemporaryDirectory(prefix="privateedit-benchmarks-") as folder:
        photos = Photos(Path(folder))
        for name in names:
            begun = time.perf_counter()
            tables.append(measured(name, effort, photos))
            print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            if not (said.json or said.markdown):
                print(f"\n{tables[-1].text()}", flush=True)
    if said.json:
        data = {each.name: each.data() for each in tables}
        print(json.dumps({"machine": machine.facts(), "tables": data}, indent=2, ensure_ascii=False))
    if said.markdown:
        print(markdown(tables))
    if said.into:
        put_into(said.into, markdown(tables))
    return 0


def measured(name: str, effort: Effort, photos: Photos) -> Table:
    """Return one table, with how busy the machine was."""
    title, rows = TABLES[name]
    before = os.getloadavg()
    found = list(rows(effort, photos))
    return Table(name, title, found, machine.cores(), (before, os.getloadavg()))


def markdown(tables: Iterable[Table]) -> str:
    return "\n".join([f"{machine.sentence()}\n", *(each.markdown() for each in tables)])


def _names(said: argparse.Namespace) -> list[str]:
    """Return the tables asked for, else all: but no peers in a quick look, and no `recall` without photos."""
    left_out = {"peers": said.quick, "recall": said.quick or said.photos is None}
    return said.only or [name for name in TABLES if not left_out.get(name)]


def _effort(said: argparse.Namespace) -> Effort:
    effort = QUICK if said.quick else Effort()
    chosen = {name: getattr(said, name) for name in ("megapixels", "runs", "starts", "photos")}
    return replace(effort, **{name: value for name, value in chosen.items() if value is not None})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and print tables.")
    parser.add_argument("--only", nargs="+", choices=TABLES, metavar="NAME", help=", ".join(TABLES))
    parser.add_argument("--quick", action="store_true", help="two minutes: one size, fewer runs, no peers")
    parser.add_argument("--json", action="store_true", help="print data")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="put the tables between a page's marks")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="photos with boxes.json, for `recall`")
    parser.add_argument("--megapixels", type=float, nargs="+", metavar="N", help="sizes of the photo")
    parser.add_argument("--runs", type=int, metavar="N", help="rounds of what is measured warm")
    parser.add_argument("--starts", type=int, metavar="N", help="rounds of whole processes")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

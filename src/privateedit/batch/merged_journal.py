"""The journals of a cluster's nodes in one report: what each says, in the order of time.

It is a report and no journal: it has no chain of its own, and proves nothing. Each node's journal stays where
it is, whole, and is checked there; every line here says where it stands there and what its hash is.
"""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from privateedit.batch.cluster_hand import JournalCheck
from privateedit.errors import OutputError
from privateedit.records.chain import parse

_SHOWN = ("seq", "time", "kind", "id", "facts", "hash")


@dataclass(frozen=True, slots=True)
class Part:
    """One node's journal, as far as it could be reached.

    Attributes:
        node: the cluster's name for it.
        check: what the node found; None where it was not reached.
        path: a copy of its sound lines.
    """

    node: str
    check: JournalCheck | None = None
    path: Path | None = None


def write_report(parts: Sequence[Part], target: Path) -> None:
    """Write one line for each node, and then the lines of their journals by time; whole or not at all.

    Nodes that share a state folder have one journal, which is told once. Memory does not grow with the lines.

    Raises:
        OutputError: it could not be written.
    """
    temporary = target.with_name(f".{target.name}.part")
    try:
        with temporary.open("w", encoding="ascii") as file, ExitStack() as stack:
            told: dict[str, str] = {}
            streams = []
            for part in parts:
                same = told.get(part.check.first) if part.check and part.check.first else None
                file.write(_json(_about(part, same)))
                if part.check is not None and part.path is not None and same is None:
                    told[part.check.first] = part.node
                    streams.append(_lines(part.node, stack.enter_context(part.path.open("rb"))))
            file.writelines(_json(each) for each in heapq.merge(*streams, key=lambda each: each["time"]))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise OutputError(f"{target.name} could not be written ({reason}).") from error


def _about(part: Part, same: str | None) -> dict[str, Any]:
    check = part.check
    if check is None:
        return {"kind": "node", "node": part.node, "reached": False}
    return {
        "kind": "node",
        "node": part.node,
        "reached": True,
        "whole": not check.problem,
        "problem": check.problem or None,
        "lines": check.lines,
        "end": check.end or None,
        "same_as": same,
    }


def _lines(node: str, rows: BinaryIO | Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for row in rows:
        line = parse(row)
        if line is not None:
            yield {"node": node, **{name: getattr(line, name) for name in _SHOWN}}


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=True) + "\n"

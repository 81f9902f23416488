"""The fault matrix as a table for the documentation: `python -m tests.contracts.fault_table`.

Its cells are what `test_every_service` demands of every adapter, so a cell that is wrong fails there.
"""

from __future__ import annotations

from tests.contracts.test_every_service import FAULTS, STATUSES

_WORDS = {
    401: "the key is not taken",
    402: "no credit left",
    403: "not allowed, or moderation",
    404: "no such model or address",
    413: "the picture is too large",
    422: "the request is not taken",
    429: "too many requests",
    500: "a fault of the service",
    503: "the service is down",
}


def table() -> str:
    """Return the matrix in Markdown; every row holds for every service."""
    rows = ["| what happens | error | sent |", "|---|---|---|"]
    rows += [f"| {status}: {_WORDS[status]} | {_names(kinds)} | yes |" for status, kinds in STATUSES.items()]
    for fault, (kinds, sent) in FAULTS.items():
        said = " or ".join(sorted((str(each) for each in sent), reverse=True))
        rows.append(f"| {fault} | {_names(kinds)} | {said} |")
    rows.append("| no connection | `Unreachable` | no |")
    return "\n".join(rows)


def _names(kinds) -> str:
    return " or ".join(f"`{each.__name__}`" for each in (kinds if isinstance(kinds, tuple) else (kinds,)))


if __name__ == "__main__":
    print(table())  # noqa: T201

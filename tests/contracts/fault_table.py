"""The fault matrix, as it is when it is run: `python -m tests.contracts.fault_table > docs/fault-matrix.md`.

Every service goes through every fault against its stand-in; a cell is the error that came out and what was
said of the send. `test_every_service` demands of each adapter what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.contracts.cases import CASES
from tests.contracts.conftest import editor_for, sealed
from tests.contracts.test_every_service import FAULTS, STATUSES
from tests.standins.server import Fault

from privateedit.core.edit import Instruction
from privateedit.errors import ProviderError
from privateedit.providers.policy import Policy

SHORT = {
    "AuthenticationFailed": "auth",
    "QuotaExceeded": "quota",
    "RateLimited": "rate",
    "ContentRefused": "refused",
    "RequestRejected": "rejected",
    "ServiceDown": "down",
    "Unreachable": "unreachable",
    "TimedOut": "timeout",
    "BadReply": "bad reply",
}
ROWS: dict[str, int | Fault | None] = {
    **{str(status): status for status in STATUSES},
    **{str(fault): fault for fault in FAULTS},
    "no connection": None,
}
_HEAD = """# Fault matrix

What comes of each fault at each service, and whether the picture is said to have been sent. Made by
`python -m tests.contracts.fault_table` against the stand-ins; a picture was never sent twice. `–`: the
service has no such answer. Short words: """


def columns() -> list[str]:
    """Return the names of the cases: one way of using each service."""
    return [case.name for case in CASES]


def cell(case, fault: int | Fault | None) -> str:
    """Return what one service makes of one fault."""
    if fault is Fault.REFUSAL_200 and not case.refuses:
        return "–"
    options = {"status": fault} if isinstance(fault, int) else {"fault": fault}
    silent = fault in {Fault.SILENT_BEFORE, Fault.SILENT_AFTER}
    waits = {"patience": 4.0, "policy": Policy(answer=1.5)} if silent else {"patience": 60.0}
    stand_in = case.stand_in(**{name: value for name, value in options.items() if value is not None})
    with stand_in as service:
        editor = editor_for(case, service, **waits)
        payload = sealed(editor)
        if fault is not None:
            return _outcome(editor, payload)
    return _outcome(editor, payload)


def _outcome(editor, payload) -> str:
    try:
        editor.edit(payload, Instruction("a scarf"))
    except ProviderError as error:
        return f"{SHORT[type(error).__name__]}, {error.sent}"
    raise AssertionError("a fault went unnoticed")


def table() -> Iterator[str]:
    """Yield the page, line by line."""
    words = ", ".join(f"*{short}* is `{name}`" for name, short in SHORT.items())
    yield f"{_HEAD}{words}.\n"
    yield "| | " + " | ".join(ROWS) + " |"
    yield "|---" * (len(ROWS) + 1) + "|"
    for case in CASES:
        yield f"| `{case.name}` | " + " | ".join(cell(case, fault) for fault in ROWS.values()) + " |"


if __name__ == "__main__":
    for line in table():
        print(line, flush=True)  # noqa: T201

"""A page whose tables are written by the benchmark: `--into docs/performance.md`."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def put_into(page: Path, text: str) -> None:
    """Put `text` between the marks of a page, in place of what was there.

    Raises:
        SystemExit: the page has no such marks.
    """
    before, begun, rest = page.read_text("utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise SystemExit(f"{page.name} has no place for what was measured: {BEGIN} and {END}.")
    page.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", "utf-8")

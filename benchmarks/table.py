"""`Table`: rows of one kind of measurement, printed for people, as Markdown or as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float | None
Row = dict[str, Value]
Load = tuple[float, float, float]


@dataclass(frozen=True)
class Table:
    """What was measured, with how busy the machine was meanwhile.

    Attributes:
        name: a word.
        title: what the rows tell, in one sentence.
        rows: column to value; one that has no such value lacks the column or holds None.
        cores: that this process may use.
        load: load averages of 1, 5 and 15 minutes before and after; foreign load makes times worthless.
    """

    name: str
    title: str
    rows: Sequence[Row]
    cores: int
    load: tuple[Load, Load]

    @property
    def columns(self) -> list[str]:
        """Every column that a row has, in the order of their first appearance."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def head(self) -> str:
        """What stands above the rows: the machine's state."""
        before, after = (each[0] for each in self.load)
        return f"{self.cores} cores; load average {before:.1f} before, {after:.1f} after."

    def text(self) -> str:
        """Return the table in columns for a terminal."""
        cells = [self.columns, *([shown(row.get(name)) for name in self.columns] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [f"{self.name}: {self.title}", self.head]
        lines += ["  ".join(map(_placed, line, widths)).rstrip() for line in cells]
        return "\n".join(lines)

    def markdown(self) -> str:
        """Return the table under a heading."""
        names = self.columns
        numbers = [any(isinstance(row.get(name), int | float) for row in self.rows) for name in names]
        lines = [names, ["--:" if number else "---" for number in numbers]]
        lines += [[shown(row.get(name)) for name in names] for row in self.rows]
        body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"### {self.name}\n\n{self.title} {self.head}\n\n{body}\n"

    def data(self) -> dict[str, object]:
        """Return the table as JSON takes it."""
        facts = {"cores": self.cores, "load_before": self.load[0], "load_after": self.load[1]}
        return {"title": self.title, **facts, "rows": list(self.rows)}


def shown(value: Value) -> str:
    """Return a cell; what was not measured is a dash."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else f"{value:,.6g}"


def _placed(cell: str, width: int) -> str:
    return cell.rjust(width) if cell[:1].isdigit() or cell[:1] in "–-" else cell.ljust(width)

"""`privateedit bench restore`: how well faces come back from a simulated editor that knows the truth."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files, options
from privateedit.cli.progress import counting, say
from privateedit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from privateedit.audit.restore_cases import Bench, PhotoOutcome
    from privateedit.audit.restore_pool import Portrait
    from privateedit.audit.restore_summary import RestoreSummary, Row, Spread
    from privateedit.audit.restore_workers import MakeRestoreInstruments

_WIDE = 170  # columns
_STRANGERS = 80  # photos that are enough to find somebody alike

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of photos, subfolders included.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="NAME",
        help="A scenario or a family: hole, face, style, refusal, group; may be given again. Default: all.",
    ),
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", help="Measure at most N photos.")]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="For every choice the simulated editor makes.")
]
MaxSide = Annotated[
    int, typer.Option("--max-side", metavar="PIXELS", help="Photos are reduced to this first.")
]
Sheet = Annotated[
    str | None,
    typer.Option("--contact-sheet", metavar="OUT.png", help="Draw the worst cases into this file."),
]
Worst = Annotated[
    str,
    typer.Option(
        "--worst", metavar="MEASURE", help="What makes a case bad: identity, alignment, seam or color."
    ),
]
Shown = Annotated[int, typer.Option("--worst-cases", metavar="N", help="How many are drawn.")]


def restore(
    folder: Folder,
    scenario: Kinds = None,
    limit: Limit = None,
    seed: Seed = 0,
    max_side: MaxSide = 1200,
    contact_sheet: Sheet = None,
    worst: Worst = "identity",
    worst_cases: Shown = 12,
    workers: options.Workers = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Edit the photos in DIR by a simulated editor, restore them, and compare with the truth."""
    from privateedit import wiring
    from privateedit.audit import restore_pool, restore_scenarios
    from privateedit.audit.restore_cases import Bench
    from privateedit.audit.restore_summary import WORST, summarized

    if worst not in WORST:
        raise InputError(f"The worst cases are picked by one of: {', '.join(WORST)}.")
    if contact_sheet is not None:
        files.check_target(contact_sheet, (), (".png",))
    scenarios = restore_scenarios.chosen(scenario or ())
    paths = restore_pool.photos_in(folder)
    recognizer = wiring.has_recognizer()
    make = wiring.restore_instruments if recognizer else wiring.unrecognizing_restore_instruments
    count = options.worker_count(workers)
    pool = _pool(_spread(paths, _STRANGERS), max_side, make, count)
    bench = Bench(folder, scenarios, pool, seed, max_side, strips=contact_sheet is not None)
    chosen = paths if limit is None else _spread(paths, limit)
    found, kept = _measured(chosen, bench, make, count, (worst, worst_cases))
    if contact_sheet is not None:
        _draw(kept, contact_sheet)
    _tell(summarized(found, recognizer=recognizer), json)


def _spread(paths: Sequence[Path], count: int) -> list[Path]:
    """Return at most so many photos, spread over all of them."""
    if count < 1:
        raise InputError("There must be at least one photo.")
    return [paths[index * len(paths) // min(count, len(paths))] for index in range(min(count, len(paths)))]


def _pool(paths: Sequence[Path], max_side: int, make: MakeRestoreInstruments, workers: int) -> list[Portrait]:
    from privateedit.audit.restore_workers import portray_all

    pool: list[Portrait] = []
    with counting("Strangers", len(paths)) as tell:
        for done, portraits in enumerate(portray_all(paths, max_side, make, workers), 1):
            pool += portraits
            tell(done)
    return pool


def _measured(
    paths: Sequence[Path],
    bench: Bench,
    make: MakeRestoreInstruments,
    workers: int,
    worst: tuple[str, int],
) -> tuple[list[PhotoOutcome], list[tuple[str, bytes]]]:
    """Return what was found, sorted by name, and the worst cases' captions and strips."""
    from privateedit.audit.restore_summary import badness, caption
    from privateedit.audit.restore_workers import measure_all

    measure, wanted = worst
    found: list[PhotoOutcome] = []
    kept: list[tuple[float, str, bytes]] = []
    with counting("Photos", len(paths)) as tell:
        for photo in measure_all(paths, bench, make, workers):
            found.append(photo)
            tell(len(found))
            kept += [
                (badness(each, measure), caption(each), each.strip) for each in photo.outcomes if each.strip
            ]
            kept = sorted(kept, key=lambda each: (-each[0], each[1]))[:wanted]
    found.sort(key=lambda each: each.photo)
    return found, [(text, strip) for _, text, strip in kept]


def _draw(kept: list[tuple[str, bytes]], target: str) -> None:
    from privateedit.audit import contact_sheet

    files.write({target: contact_sheet.sheet(kept)})


def _tell(found: RestoreSummary, as_json: bool) -> None:
    if as_json:
        files.print_json(_facts(found))
    else:
        _print(found)
    for name, reason in found.skipped.items():
        say(f"Skipped {name}: {reason.rstrip('.')}.")


def _facts(found: RestoreSummary) -> dict[str, Any]:
    return {
        "photos": found.photos,
        "recognizer": found.recognizer,
        "rows": [_row_facts(row) for row in found.rows],
        "groups": [_row_facts(row) for row in found.groups],
        "verdicts": [{**_plain(asdict(each)), "kept": each.kept} for each in found.verdicts],
        "not_tried": dict(found.not_tried),
        "skipped": [{"file": name, "reason": reason} for name, reason in found.skipped.items()],
    }


def _row_facts(row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = _plain(asdict(row))
    return facts


def _plain(value: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, float):
        return None if value != value else round(value, 6)  # noqa: PLR0124 (JSON has no NaN)
    return value


def _print(found: RestoreSummary) -> None:
    from rich.console import Console

    # A file has no width of its own; the table needs this much.
    console = Console() if sys.stdout.isatty() else Console(width=_WIDE)
    console.print(f"{found.photos} photos", highlight=False)
    console.print(_table(found))
    if not found.recognizer:
        console.print("Identity was not measured: run pip install 'privateedit\\[audit]'.", highlight=False)
    for verdict in found.verdicts:
        word = "kept" if verdict.kept else "[red]NOT KEPT[/red]"
        console.print(
            f"{verdict.rule}: {verdict.measured:.3f}, limit {verdict.limit:.3f}: {word}", highlight=False
        )
    for reason, count in found.not_tried.items():
        console.print(f"Not tried {count} times: {reason}", highlight=False)


def _table(found: RestoreSummary) -> Table:
    from rich.table import Table

    table = Table(
        "scenario", "cases", "refused", "regime", "alignment %", "identity", "ideal", "seam ×", "color ΔE",
        "wrong", "outside", "worse", "s",
    )  # fmt: skip
    for index, row in enumerate((*found.rows, *found.groups)):
        if index == len(found.rows):
            table.add_section()
        refused = f"{row.refused} of {row.must_refuse}" if row.must_refuse else str(row.refused)
        regimes = ", ".join(f"{name} {count}" for name, count in row.regimes.items())
        worse = f"{row.harmed} of {row.compared}" if row.compared else ""
        numbers = (
            _shown(row.alignment, 100, 1),
            _shown(row.identity),
            _shown(row.floor),
            _shown(row.seam, 1, 2),
            _shown(row.color, 1, 1),
        )
        seconds = _shown(row.seconds, 1, 1)
        counts = (str(row.wrong), str(row.outside), worse, seconds)
        table.add_row(row.name, str(row.cases), refused, regimes, *numbers, *counts)
    return table


def _shown(spread: Spread, factor: float = 1, digits: int = 3) -> str:
    """Return median and 95th percentile; nothing where nothing was measured."""
    if spread.median != spread.median:
        return ""
    return f"{factor * spread.median:.{digits}f} / {factor * spread.high:.{digits}f}"

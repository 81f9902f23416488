"""`privateedit bench identity`: who is recognized in masked photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files, options
from privateedit.cli.progress import counting, say
from privateedit.errors import InputError, OutputError

if TYPE_CHECKING:
    from rich.table import Table

    from privateedit.audit.descriptors import Problem
    from privateedit.audit.identity_bench import Identity, Row
    from privateedit.audit.metrics import Rate
    from privateedit.audit.verdicts import Verdict

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="A folder with one subfolder of photos a person.")
]
Quick = Annotated[bool, typer.Option("--quick", help="Measure the presets and a few settings only.")]
Plots = Annotated[
    Path | None, typer.Option("--plots", metavar="DIR", help="Also draw two PNG pictures into this folder.")
]
StateFile = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE.jsonl",
        help="Keep what was measured here and go on from it. Holds face descriptors.",
    ),
]


def identity(
    folder: Folder,
    quick: Quick = False,
    plots: Plots = None,
    state: StateFile = None,
    workers: options.Workers = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Compare the people in DIR under every setting and attack: who is recognized in masked photos?"""
    from privateedit import wiring
    from privateedit.audit.grid import DEFAULT, QUICK
    from privateedit.audit.identity_bench import bench_identity
    from privateedit.audit.people import people_in
    from privateedit.audit.progress_file import ProgressFile

    if plots is not None and not plots.is_dir():
        raise OutputError("The folder for the plots does not exist.")
    people = people_in(folder)
    kept = None if state is None else ProgressFile(state, wiring.audit_versions())
    with counting("People", len(people)) as tell:
        found = bench_identity(
            people,
            QUICK if quick else DEFAULT,
            wiring.instruments,
            workers=min(options.worker_count(workers), len(people)),
            progress_file=kept,
            tell=tell,
        )
    if plots is not None:
        _draw(found, plots)
    _tell(found, json)


def _draw(found: Identity, folder: Path) -> None:
    from privateedit.audit.plots import hidden_share_plot, rank_one_plot

    files.write(
        {
            str(folder / "identity-hidden-share.png"): hidden_share_plot(found),
            str(folder / "identity-rank-1.png"): rank_one_plot(found),
        }
    )


def _tell(found: Identity, as_json: bool) -> None:
    """Print the result; files that were skipped end the command with an error after that."""
    from privateedit.audit.verdicts import verdicts

    judged = verdicts(found)
    if as_json:
        files.print_json(_facts(found, judged))
    else:
        _print(found, judged)
    for problem in found.problems:
        say(f"Skipped {_named(problem)}: {problem.reason}")
    if found.single:
        say(f"Left out, with fewer than two usable photos: {len(found.single)} ({', '.join(found.single)}).")
    if found.problems:
        count = len(found.problems)
        raise InputError(f"{count} {'file was' if count == 1 else 'files were'} skipped.")


def _facts(found: Identity, judged: tuple[Verdict, ...]) -> dict[str, Any]:
    return {
        "people": found.people,
        "chance": round(found.chance, 6),
        "threshold": round(found.threshold, 6),
        "clean": _row_facts(found.clean),
        "rows": [_row_facts(row) for row in found.rows],
        "hidden": {case: round(share, 6) for case, share in found.hidden.items()},
        "refused": dict(found.refused),
        "verdicts": [_verdict_facts(each) for each in judged],
        "left_out": list(found.single),
        "skipped": [{"file": _named(each), "reason": each.reason} for each in found.problems],
    }


def _named(problem: Problem) -> str:
    return f"{problem.file.parent.name}/{problem.file.name}"


def _verdict_facts(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "measured": round(verdict.measured, 6),
        "limit": round(verdict.limit, 6),
        "kept": verdict.kept,
    }


def _row_facts(row: Row) -> dict[str, Any]:
    return {
        "case": row.case,
        "kind": str(row.kind),
        "attack": row.attack,
        "rank1": _rate_facts(row.rank_one),
        "tar": None if row.accepted is None else _rate_facts(row.accepted),
    }


def _rate_facts(rate: Rate) -> dict[str, float]:
    return {"value": round(rate.value, 6), "low": round(rate.low, 6), "high": round(rate.high, 6)}


def _print(found: Identity, judged: tuple[Verdict, ...]) -> None:
    from rich.console import Console

    console = Console()
    console.print(
        f"{found.people} people, chance {found.chance:.3f}; photos that hide nothing: "
        f"rank-1 {_shown(found.clean.rank_one)}, TAR {_shown(found.clean.accepted)} "
        f"below distance {found.threshold:.3f}",
        highlight=False,
    )
    console.print(_table(found))
    for verdict in judged:
        word = "kept" if verdict.kept else "[red]NOT KEPT[/red]"
        console.print(
            f"{verdict.rule}: {verdict.measured:.3f}, limit {verdict.limit:.3f}: {word}", highlight=False
        )


def _table(found: Identity) -> Table:
    from rich.table import Table

    table = Table("setting", "hidden", "attack", "rank-1 (95 %)", "TAR at FAR 1e-3 (95 %)")
    before = ""
    for row in found.rows:
        first = row.case != before
        refused = f", {found.refused[row.case]} refused" if first and found.refused[row.case] else ""
        name, share = (row.case + refused, f"{found.hidden[row.case]:.1%}") if first else ("", "")
        table.add_row(name, share, row.attack, _shown(row.rank_one), _shown(row.accepted))
        before = row.case
    return table


def _shown(rate: Rate | None) -> str:
    return "" if rate is None else f"{rate.value:.3f} ({rate.low:.3f} to {rate.high:.3f})"

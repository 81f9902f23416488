"""`privateedit journal`: what was sent, is the record whole, take it along, forget it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from privateedit.cli import files, journal_table
from privateedit.cli.options import Debug, Json, Output, summary
from privateedit.cli.progress import say
from privateedit.errors import InputError, Refused

if TYPE_CHECKING:
    from privateedit.records.sends import History
    from privateedit.records.verify import Verdict

_ENDINGS = (".csv", ".jsonl")
_REPAIR = "To start afresh: privateedit journal forget --all."

app = typer.Typer(name="journal", help="See, check, copy or forget the record of sends.")


@app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """See, check, copy or forget the record of sends."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def show(
    last: Annotated[int | None, typer.Option("--last", metavar="N", min=1, help="Only the latest N.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """List what was sent, oldest first: when, to whom, what was hidden, and how it ended."""
    history, verdict = _read()
    sends = history.sends[-last:] if last else history.sends
    if json:
        files.print_json(
            {
                "total": len(history.sends),
                "forgotten_before": history.forgotten_before,
                "sends": [journal_table.facts(send) for send in sends],
            }
        )
    else:
        for line in journal_table.lines(sends):
            typer.echo(line)
    _require_sound(verdict)


def verify(json: Json = False, debug: Debug = False) -> None:
    """Check every line of the journal, and that none is missing; name the first line that is wrong."""
    history, verdict = _read()
    problem = verdict.problem if verdict else None
    if json:
        files.print_json(
            {
                "ok": problem is None,
                "lines": history.lines,
                "sends": len(history.sends),
                "torn": history.torn + (1 if verdict and verdict.torn else 0),
                "forgotten_before": history.forgotten_before,
                "line": problem.line if problem else None,
                "problem": str(problem.what) if problem else None,
            }
        )
    else:
        for line in journal_table.report(history, verdict):
            typer.echo(line)
    _require_sound(verdict)


def export(out: Output, json: Json = False, debug: Debug = False) -> None:
    """Copy the journal: every line as it is (.jsonl), or a table with one row a send (.csv)."""
    from privateedit import wiring
    from privateedit.records.sends import as_csv

    records = wiring.records()
    files.require_separate_streams(json, out)
    files.check_target(out, tuple(map(str, records.state.files())), _ENDINGS)
    history, verdict = _read()
    as_table = Path(out).suffix.lower() == ".csv"
    files.write({out: as_csv(history.sends) if as_table else records.journal.copy()})
    if json:
        kind = "csv" if as_table else "jsonl"
        files.print_json({"out": out, "format": kind, "sends": len(history.sends)})
    elif out != files.STREAM:
        say(f"Wrote {len(history.sends)} sends to {Path(out).name}.")
    _require_sound(verdict)


def forget(
    photo: Annotated[
        str | None,
        typer.Option("--photo", metavar="FILE", help="Forget what is known of this photo's uploads."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget journal, key and every photo.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Forget one photo's earlier uploads, or everything. Its mask may then be smaller than before."""
    if (photo is None) == (not everything):
        raise InputError("Say what to forget: exactly one of --photo and --all.")
    known = _forget_everything(yes) if photo is None else _forget_photo(photo)
    if json:
        files.print_json({"forgot": "all" if photo is None else "photo", "known": known})
    else:
        say("Forgotten." if known else "There was nothing to forget.")


def _forget_everything(yes: bool) -> bool:
    from privateedit import wiring
    from privateedit.records import forget_all

    if not yes:
        say("Forget every send, and what each photo's uploads showed? This cannot be undone. [y/N]")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise typer.Abort
    return forget_all(wiring.records().state)


def _forget_photo(photo: str) -> bool:
    from privateedit import wiring
    from privateedit.records import forget_photo

    return forget_photo(wiring.records().state, files.read(photo).photo)


def _read() -> tuple[History, Verdict | None]:
    from privateedit import wiring
    from privateedit.records.sends import History

    history = History()
    return history, wiring.records().journal.verify(history.add)


def _require_sound(verdict: Verdict | None) -> None:
    if verdict and verdict.problem:
        raise Refused(f"{verdict.problem} {_REPAIR}")


for _command in (show, verify, export, forget):
    app.command(short_help=summary(_command))(_command)

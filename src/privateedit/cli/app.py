"""The `privateedit` command: its subcommands, its exit codes, and one sentence for every error."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from privateedit._version import __version__
from privateedit.cli import (
    audit,
    batch,
    bench,
    doctor,
    edit,
    faces,
    journal,
    mask,
    page,
    presets,
    providers,
    restore,
    serve,
)
from privateedit.cli.options import Debug, summary
from privateedit.errors import PrivateEditError

INTERRUPTED = 130
_ASK = "`privateedit journal show` says whether anything was sent."
_INTERRUPTED = f"Interrupted; {_ASK}"

app = typer.Typer(
    name="privateedit",
    help="Edit a photo of a person with any image model, without that model ever seeing the face.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # what draws boxes takes three times as long to load as all else that is needed
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    edit.edit,
    mask.mask,
    restore.restore,
    batch.batch,
    faces.faces,
    audit.audit,
    doctor.doctor,
    presets.presets,
    providers.providers,
    serve.serve,
    page.app,
):
    app.command(short_help=summary(_command))(_command)
app.add_typer(journal.app)
app.add_typer(bench.app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"privateedit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Options that stand before a command; `--debug` is read by `run`."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    An error is one sentence on stderr; a traceback is shown only with `--debug`.
    """
    try:
        result = app(args=list(arguments), standalone_mode=False)
        sys.stdout.flush()  # here, where it can be told that it was not taken
    except typer.Exit as leaving:
        if leaving.exit_code == INTERRUPTED:  # Typer turns an interrupt into an exit of its own
            _print_error(_INTERRUPTED)
        return leaving.exit_code
    except SystemExit as leaving:  # Typer's own, when the reader of a pipe went away
        return leaving.code if isinstance(leaving.code, int) else 1
    except BaseException as error:  # noqa: BLE001 (the last line of defense; sends wrap their own)
        if "--debug" in arguments:
            traceback.print_exc()
        sentence, code = _explained(error)
        _print_error(sentence)
        return code
    if result == INTERRUPTED:  # or gives its code as the result
        _print_error(_INTERRUPTED)
    return result if isinstance(result, int) else 0


def _print_error(sentence: str) -> None:
    # File names may hold control characters, which must not reach a terminal.
    shown = "".join(each if each.isprintable() else "?" for each in sentence)
    print(f"privateedit: {shown}", file=sys.stderr)  # noqa: T201


def _explained(error: BaseException) -> tuple[str, int]:
    """Return one sentence and an exit code for whatever ended a command."""
    if isinstance(error, PrivateEditError):
        return error.sentence, error.exit_code
    if isinstance(error, typer.TyperException):
        return f"{error.format_message().rstrip('. ')}. Nothing was sent.", 2
    # A library that is interrupted while it is loaded says that it cannot be imported.
    cause = error.__cause__ if isinstance(error, ImportError) else error
    if isinstance(cause, (KeyboardInterrupt, typer.Abort)):
        return _INTERRUPTED, INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return "The reader of the output went away.", 1
    if isinstance(error, OSError):  # files are handled where they are written; this is standard output
        return "Standard output could not be written.", 2
    # It may have come after a send: nothing is said of that which is not known here.
    return f"Something unexpected went wrong ({type(error).__name__}); {_ASK}", 1

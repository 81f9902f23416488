"""`privateedit bench`: measure on folders of photos of your own."""

from __future__ import annotations

import typer

from privateedit.cli import bench_faces, bench_identity, bench_restore
from privateedit.cli.options import summary

app = typer.Typer(name="bench", help="Measure on folders of photos of your own.")
for _command in (bench_identity.identity, bench_faces.faces, bench_restore.restore):
    app.command(short_help=summary(_command))(_command)


@app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Measure on folders of photos of your own."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)

"""`privateedit bench`: measure on folders of photos of your own."""

from __future__ import annotations

import typer

from privateedit.cli import bench_faces, bench_identity, bench_restore

app = typer.Typer(name="bench", help="Measure on folders of photos of your own.")
app.command("identity")(bench_identity.identity)
app.command("faces")(bench_faces.faces)
app.command("restore")(bench_restore.restore)


@app.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    """Measure on folders of photos of your own."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)

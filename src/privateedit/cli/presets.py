"""`privateedit presets`: what the offline editor can do."""

from __future__ import annotations

import typer

from privateedit.cli import files
from privateedit.cli.options import Debug, Json


def presets(json: Json = False, debug: Debug = False) -> None:
    """List the presets of the offline studio editor."""
    from privateedit.providers.studio import PRESETS

    if json:
        described = [{"name": name, "description": preset.description} for name, preset in PRESETS.items()]
        files.print_json({"provider": "studio", "presets": described})
        return
    for name, preset in PRESETS.items():
        typer.echo(f"{name:18} {preset.description}")

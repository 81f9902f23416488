"""`privateedit presets`: the degrees of trust, and what the offline editor can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from privateedit.cli import files
from privateedit.cli.options import Debug, Json

if TYPE_CHECKING:
    from privateedit.core.trust import Bundle, Trust


def presets(json: Json = False, debug: Debug = False) -> None:
    """Explain the trust presets, and list the edits of the offline studio editor."""
    from privateedit.core.trust import BUNDLES
    from privateedit.providers.studio import PRESETS

    if json:
        edits = [{"name": name, "description": preset.description} for name, preset in PRESETS.items()]
        trust = [_bundle_facts(degree, bundle) for degree, bundle in BUNDLES.items()]
        files.print_json({"trust": trust, "provider": "studio", "presets": edits})
        return
    typer.echo("How far a service is trusted (--trust):\n")
    for degree, bundle in BUNDLES.items():
        typer.echo(f"{degree:6} {bundle.explanation}\n       {_bundle_words(bundle)}\n")
    typer.echo("What the offline studio editor can do (--preset):\n")
    for name, preset in PRESETS.items():
        typer.echo(f"{name:18} {preset.description}")


def _bundle_facts(name: Trust, bundle: Bundle) -> dict[str, Any]:
    return {
        "name": str(name),
        "explanation": bundle.explanation,
        "coverage": str(bundle.coverage),
        "grow": bundle.grow,
        "shape": str(bundle.shape),
        "fill": bundle.fill.text,
        "opacity": bundle.opacity,
        "backdrop": bundle.backdrop is not None,
    }


def _bundle_words(bundle: Bundle) -> str:
    background = "replaced" if bundle.backdrop is not None else "kept"
    shown = "opaque" if bundle.opacity == 1 else f"opacity {bundle.opacity:g} over a mannequin"
    return (
        f"coverage {bundle.coverage}, grow {bundle.grow:g}, {bundle.shape}, fill {bundle.fill.text}, "
        f"{shown}, background {background}, sealed"
    )

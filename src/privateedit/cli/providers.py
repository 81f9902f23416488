"""`privateedit providers`: who can edit, what is ready, and what they do with a picture."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files
from privateedit.cli.options import Debug, Json
from privateedit.cli.progress import working

if TYPE_CHECKING:
    from privateedit.providers.service import Standing

Check = Annotated[
    bool,
    typer.Option("--check", help="Ask each one that is ready whether it answers. No picture is sent."),
]


def providers(check: Check = False, json: Json = False, debug: Debug = False) -> None:
    """List who can edit: whether the key is present, what each redraws, and what it keeps."""
    from privateedit import wiring

    with working("Asking") if check else nullcontext():
        found = [wiring.standing(name, check=check) for name in wiring.provider_names()]
    usual = wiring.default_provider()
    if json:
        files.print_json({"default": usual, "providers": [_facts(each) for each in found]})
        return
    for each in found:
        typer.echo(_text(each, usual))


def _facts(standing: Standing) -> dict[str, Any]:
    profile = standing.profile
    return {
        "name": profile.name,
        "title": profile.title,
        "local": standing.local,
        "ready": standing.ready,
        "missing": standing.missing or None,
        "reachable": standing.reachable,
        "address": standing.address or None,
        "key": profile.key or None,
        "models": list(profile.models),
        "redraws": str(profile.redraws),
        "mask": str(profile.mask),
        "keeps": profile.retention or None,
        "options": dict(profile.options),
    }


def _text(standing: Standing, usual: str) -> str:
    profile = standing.profile
    state = "ready" if standing.ready else f"needs {standing.missing}"
    if standing.reachable is not None:
        state += ", answers" if standing.reachable else ", does not answer"
    mark = " (used when --provider is left out)" if profile.name == usual else ""
    lines = [f"{profile.name}: {profile.title}, {state}{mark}"]
    lines.append(f"    redraws {profile.redraws}; uses a mask: {profile.mask}")
    if profile.retention:
        lines.append(f"    {profile.retention}")
    if profile.models:
        lines.append(f"    models: {', '.join(profile.models)}")
    lines += [f"    option {name}: {words}" for name, words in profile.options.items()]
    return "\n".join(lines)

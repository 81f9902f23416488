"""`privateedit audit`: what the masked picture still tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files, options
from privateedit.cli.concealing import Hiding, with_concealment
from privateedit.cli.facts import masked_facts, masked_sentence
from privateedit.cli.progress import say, working

if TYPE_CHECKING:
    from rich.table import Table

    from privateedit.audit.photo_audit import FaceAudit, PhotoAudit
    from privateedit.core.prepared import Prepared

TELLS = 7
"""The exit code that says: the picture tells who somebody in it is."""

Html = Annotated[
    str | None,
    typer.Option(
        "--html", metavar="REPORT.html", help="Also write a report with pictures. It holds the face."
    ),
]


@with_concealment
def audit(
    photo: options.PhotoArgument,
    how: Hiding,
    html: Html = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Mask PHOTO, attack the masked picture, and say whether it tells who is in it (then exit code 7)."""
    from privateedit import pipeline, wiring
    from privateedit.audit.photo_audit import audit_photo

    files.require_separate_streams(json, html)
    if html is not None:
        files.check_target(html, (photo, *how.inputs), (".html", ".htm"))
    with working("Auditing"):
        opened = files.read(photo).photo
        prepared = pipeline.mask(opened, how.concealment(), wiring.parts())
        found = audit_photo(prepared, wiring.instruments())
    if html is not None:
        files.write({html: _page(found, prepared)})
    if json:
        files.print_json({"html": html, **_facts(found), "masked": masked_facts(prepared)})
    else:
        _print(found, prepared)
    if found.tells:
        raise typer.Exit(TELLS)


def _page(found: PhotoAudit, prepared: Prepared) -> bytes:
    from privateedit import wiring
    from privateedit.audit.html_report import html_report

    page = html_report(found, prepared.settings, prepared.payload.sealed, wiring.parts().encoder)
    return page.encode("utf-8")


def _facts(found: PhotoAudit) -> dict[str, Any]:
    return {
        "tells": found.tells,
        "faces": [_face_facts(face) for face in found.faces],
        "unhidden": [
            {"box": [round(value, 1) for value in face.box], "score": round(face.score, 3)}
            for face in found.unhidden
        ],
    }


def _face_facts(face: FaceAudit) -> dict[str, Any]:
    return {
        "id": face.id,
        "hidden": face.hidden,
        "recognizable": face.recognizable,
        "threshold": round(face.threshold, 4),
        "matched": face.matched,
        "attacks": [
            {
                "attack": outcome.attack,
                "distance": None if outcome.distance is None else round(outcome.distance, 4),
                "matched": outcome.matched,
                "psnr": round(outcome.psnr, 1),
            }
            for outcome in face.outcomes
        ],
    }


def _print(found: PhotoAudit, prepared: Prepared) -> None:
    from rich.console import Console

    console = Console()
    for face in found.faces:
        console.print(_table(face))
    say(masked_sentence(prepared))
    if found.unhidden:
        say(f"A detector finds {len(found.unhidden)} more in the masked picture that is not hidden.")
    told = ", ".join(str(face.id) for face in found.faces if face.matched)
    if told:
        say(f"The masked picture tells who it is: face {told}.")
    if not found.tells:
        say("No attack got a face that was recognized.")


def _table(face: FaceAudit) -> Table:
    from rich.table import Table

    kind = "" if face.hidden else ", left visible"
    table = Table("attack", "distance", "recognized", "pixels back", title=f"Face {face.id}{kind}")
    table.caption = f"Recognized below {face.threshold:.2f}."
    if not face.recognizable:
        table.caption += " Small, turned or blurred: a blank picture would come close."
    for outcome in face.outcomes:
        distance = "no face found" if outcome.distance is None else f"{outcome.distance:.2f}"
        recognized = "[red]yes[/red]" if outcome.matched else "no"
        table.add_row(outcome.attack, distance, recognized, f"{outcome.psnr:.0f} dB")
    return table

"""`privateedit restore`: for services used by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import files, options
from privateedit.cli.concealing import Hiding, with_concealment
from privateedit.cli.progress import say, working

if TYPE_CHECKING:
    from privateedit.codec import Metadata
    from privateedit.core.report import Report
    from privateedit.core.restored import Restored

EditedArgument = Annotated[
    str, typer.Argument(metavar="EDITED", help="The picture the service gave back; - reads standard input.")
]


@with_concealment
def restore(
    photo: options.PhotoArgument,
    edited: EditedArgument,
    out: options.Output,
    how: Hiding,
    keep_metadata: options.KeepMetadata = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Put the original faces of PHOTO back into EDITED, masked before with the same options."""
    from privateedit import codec, pipeline, wiring
    from privateedit.core.edit import EditResult

    inputs = (photo, edited, *how.inputs)
    files.require_separate_streams(json, out)
    files.require_one_reader(photo, edited)
    files.check_target(out, inputs, tuple(sorted(codec.WRITABLE)))
    with working("Putting the faces back"):
        chosen = how.concealment()
        original = files.read(photo)
        returned = EditResult(files.read(edited).photo.pixels, "by hand")
        restored = pipeline.restore_by_hand(original.photo, chosen, returned, wiring.parts())
    files.write({out: final_bytes(restored, out, original.metadata if keep_metadata else None)})
    if json:
        files.print_json({"out": out, **facts(restored)})
    else:
        say(restored.report.text())


def final_bytes(restored: Restored, out: str, metadata: Metadata | None) -> bytes:
    """Encode the final picture in the format of the target's ending; standard output gets PNG."""
    from pathlib import Path

    from privateedit.codec import encode_final

    suffix = ".png" if out == files.STREAM else Path(out).suffix
    return encode_final(restored.pixels, suffix, metadata=metadata)


def facts(restored: Restored) -> dict[str, Any]:
    """Return what scripts read about a restored picture."""
    return {
        "width": restored.width,
        "height": restored.height,
        "faces": _placements(restored.report, of_faces=True),
        "regions": _placements(restored.report, of_faces=False),
    }


def _placements(report: Report, *, of_faces: bool) -> list[dict[str, Any]]:
    return [
        {
            **({"id": each.id} if of_faces else {}),
            "regime": each.regime,
            "residual": round(each.residual, 5),
            "scale": round(each.scale, 5),
            "rotation": round(each.rotation, 3),
            "graded": each.graded,
        }
        for each in report.placements
        if (each.id is not None) is of_faces
    ]

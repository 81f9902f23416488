"""`privateedit faces`: what would be hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from privateedit.cli import ahead, files
from privateedit.cli.options import Debug, Json, PhotoArgument
from privateedit.cli.progress import working
from privateedit.errors import NoFaceFound

if TYPE_CHECKING:
    from privateedit.core.face import Face


def faces(photo: PhotoArgument, json: Json = False, debug: Debug = False) -> None:
    """List the faces found in PHOTO, numbered from left to right."""
    with working("Looking for faces"), ahead.reading(photo) as original:
        from privateedit import api

        opened = original().photo
        found = api.faces(opened)
    if not found:
        raise NoFaceFound("No face was found in the photo.")
    if json:
        facts = [_facts(face) for face in found]
        files.print_json({"width": opened.width, "height": opened.height, "faces": facts})
        return
    for face in found:
        print(_line(face))  # noqa: T201


def _facts(face: Face) -> dict[str, Any]:
    return {
        "id": face.id,
        "box": [round(value, 1) for value in face.box],
        "score": round(face.score, 3),
        "pose": {name: round(value, 1) for name, value in face.pose._asdict().items()},
    }


def _line(face: Face) -> str:
    x0, y0, x1, y1 = (round(value) for value in face.box)
    turned = f"yaw {face.pose.yaw:+.0f}°, pitch {face.pose.pitch:+.0f}°, roll {face.pose.roll:+.0f}°"
    pose = turned if face.mesh is not None else "pose unknown"
    return f"{face.id}: {x0},{y0} to {x1},{y1}, score {face.score:.2f}, {pose}"

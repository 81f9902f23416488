"""Options that several commands share, and how their texts become values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from privateedit.cli.progress import say
from privateedit.errors import InputError

if TYPE_CHECKING:
    from privateedit.core.mask import Mask
    from privateedit.core.seal import Framing
    from privateedit.pipeline import Concealment

PhotoArgument = Annotated[str, typer.Argument(metavar="PHOTO", help="The photo; - reads standard input.")]
Output = Annotated[
    str, typer.Option("--out", "-o", metavar="OUT", help="Where to write; - is standard output.")
]
CoverageOption = Annotated[
    str,
    typer.Option(
        "--coverage",
        metavar="eyes|inner|face|head",
        help="How far the mask reaches. 'eyes' does not hide identity.",
    ),
]
Grow = Annotated[
    float, typer.Option("--grow", metavar="F", help="Make the mask larger by this fraction, 0 to 4.")
]
FillOption = Annotated[
    str, typer.Option("--fill", metavar="black|grey|white|noise|#rrggbb", help="What hides the face.")
]
FacesOption = Annotated[
    str,
    typer.Option("--faces", metavar="all|none|0,2", help="Which faces to hide; 'none' hides --mask-in only."),
]
MaskIn = Annotated[
    Path | None,
    typer.Option(
        "--mask-in", metavar="M.png", help="Also hide what is white here (size of the upright photo)."
    ),
]
KeepMetadata = Annotated[
    bool, typer.Option("--keep-metadata", help="Give the final file the photo's EXIF and color profile.")
]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON on standard output.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]


def chosen_ids(text: str) -> tuple[int, ...] | None:
    """Read ``all`` (None), ``none`` (empty) or numbers separated by commas.

    Raises:
        InputError: the text is none of these.
    """
    word = text.strip().lower()
    if word == "all":
        return None
    if word == "none":
        return ()
    pieces = [piece.strip() for piece in word.split(",")]
    if not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError("--faces takes all, none, or numbers like 0,2.")
    return tuple(int(piece) for piece in pieces)


def concealment(
    coverage: str, grow: float, fill: str, faces: str, mask_in: Path | None, framing: Framing | None = None
) -> Concealment:
    """Turn the options' texts into what the pipeline takes, reading the imported mask.

    Raises:
        InputError: an option cannot be used.
    """
    from privateedit import api
    from privateedit.core.seal import Framing

    if coverage == "eyes":
        say("Note: --coverage eyes does not hide identity; a recognizer still knows most people by the rest.")
    return api.concealment_from(
        coverage=coverage,
        grow=grow,
        fill=fill,
        only=chosen_ids(faces),
        extra=_mask_file(mask_in),
        framing=framing or Framing(),
    )


def _mask_file(path: Path | None) -> Mask | None:
    if path is None:
        return None
    from privateedit import api

    return api.mask_from(api.open(path))

"""Arguments and options that several commands share; those about hiding are in `concealing`."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated

import typer

from privateedit.errors import InputError

PhotoArgument = Annotated[str, typer.Argument(metavar="PHOTO", help="The photo; - reads standard input.")]
Output = Annotated[
    str, typer.Option("--out", "-o", metavar="OUT", help="Where to write; - is standard output.")
]
KeepMetadata = Annotated[
    bool, typer.Option("--keep-metadata", help="Give the final file the photo's EXIF and color profile.")
]
Size = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="edited|original|WxH",
        help="Size of the result: as edited, the photo's, or these pixels. Default: edited.",
    ),
]
Harmonize = Annotated[
    str | None,
    typer.Option(
        "--harmonize",
        metavar="auto|F",
        help="How much of the picture's change of light and color the face gets, 0 to 1. Default: auto.",
    ),
]
StyleMatch = Annotated[
    str | None,
    typer.Option(
        "--style-match",
        metavar="auto|off",
        help="Fit the face to what the picture became: a drawing, a painting, black and white, night, film. "
        "Default: auto.",
    ),
]
Blend = Annotated[
    str | None,
    typer.Option(
        "--blend",
        metavar="auto|F",
        help="How softly the face goes over into the picture, 0 (a hard seam) to 1. Default: auto.",
    ),
]
MaxSide = Annotated[
    int | None,
    typer.Option(
        "--max-side", metavar="N", help="Shrink the masked picture to this longest side, in pixels."
    ),
]
Canvas = Annotated[
    str | None,
    typer.Option(
        "--canvas", metavar="WxH", help="Fit the masked picture into exactly these pixels, on grey."
    ),
]
Compare = Annotated[
    str | None,
    typer.Option(
        "--compare",
        metavar="C.png",
        help="Also write original, sent, returned and final side by side. It holds the face.",
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Processes. Default: one for each core.")
]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON on standard output.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]


def worker_count(asked: int | None) -> int:
    """Return how many processes work: as many as were asked for, else one for each core.

    Raises:
        InputError: fewer than one was asked for.
    """
    if asked is None:
        return os.cpu_count() or 1
    if asked < 1:
        raise InputError("There must be at least one worker.")
    return asked


def summary(command: Callable[..., object]) -> str:
    """Return the first line of a command's help: told as it is, it is not cut off in a list of commands."""
    return (command.__doc__ or "").partition("\n")[0]

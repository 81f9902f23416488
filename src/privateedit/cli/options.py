"""Arguments and options that several commands share; those about hiding are in `concealing`."""

from __future__ import annotations

import os
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

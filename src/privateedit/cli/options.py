"""Arguments and options that several commands share; those about hiding are in `concealing`."""

from __future__ import annotations

from typing import Annotated

import typer

PhotoArgument = Annotated[str, typer.Argument(metavar="PHOTO", help="The photo; - reads standard input.")]
Output = Annotated[
    str, typer.Option("--out", "-o", metavar="OUT", help="Where to write; - is standard output.")
]
KeepMetadata = Annotated[
    bool, typer.Option("--keep-metadata", help="Give the final file the photo's EXIF and color profile.")
]
Json = Annotated[bool, typer.Option("--json", help="Print facts as JSON on standard output.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]

"""`privateedit mask`: exactly the bytes that would be sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from privateedit.cli import ahead, files, options
from privateedit.cli.concealing import Hiding, with_concealment
from privateedit.cli.facts import masked_facts, masked_sentence
from privateedit.cli.progress import say, working

if TYPE_CHECKING:
    from privateedit.core.framing import ImageFormat
    from privateedit.core.prepared import Prepared

_FORMATS: dict[str, ImageFormat] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}

MaskOut = Annotated[
    str | None,
    typer.Option("--mask-out", metavar="M.png", help="Also write the mask: white where hidden."),
]


@with_concealment
def mask(
    photo: options.PhotoArgument,
    out: options.Output,
    how: Hiding,
    max_side: options.MaxSide = None,
    canvas: options.Canvas = None,
    mask_out: MaskOut = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write the masked PHOTO: exactly the bytes that a service would get."""
    inputs = (photo, *how.inputs)
    files.require_separate_streams(json, out, mask_out)
    files.check_target(out, inputs, tuple(_FORMATS))
    if mask_out is not None:
        files.check_target(mask_out, (*inputs, out), (".png",))
    with working("Masking"), ahead.reading(photo, recorded=True) as original:
        from privateedit import codec, pipeline, wiring

        chosen = how.concealment(_FORMATS.get(Path(out).suffix.lower(), "png"), max_side, canvas)
        prepared = pipeline.mask(original().photo, chosen, wiring.parts())
    outputs = {out: prepared.payload.data}
    if mask_out is not None:
        hidden = prepared.concealed.masked.concealed.hidden
        white = (hidden * 255).astype("uint8")[..., None].repeat(3, axis=2)
        outputs = {mask_out: codec.encode_final(white, ".png"), **outputs}
    with pipeline.hand_over(prepared, wiring.parts()):
        files.write(outputs)
    _tell(out, prepared, json)


def _tell(out: str, prepared: Prepared, as_json: bool) -> None:
    if as_json:
        files.print_json({"out": out, **masked_facts(prepared)})
    else:
        say(masked_sentence(prepared))

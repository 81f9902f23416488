"""`privateedit mask`: exactly the bytes that would be sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from privateedit.cli import files, options
from privateedit.cli.progress import say, working

if TYPE_CHECKING:
    from privateedit.core.ports import ImageFormat
    from privateedit.pipeline import Prepared

_FORMATS: dict[str, ImageFormat] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}

MaskOut = Annotated[
    str | None,
    typer.Option("--mask-out", metavar="M.png", help="Also write the mask: white where hidden."),
]


def mask(
    photo: options.PhotoArgument,
    out: options.Output,
    coverage: options.CoverageOption = "face",
    grow: options.Grow = 0.0,
    fill: options.FillOption = "black",
    faces: options.FacesOption = "all",
    mask_in: options.MaskIn = None,
    mask_out: MaskOut = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write the masked PHOTO: exactly the bytes that a service would get."""
    from privateedit import codec, pipeline, wiring
    from privateedit.core.seal import Framing

    inputs = (photo, str(mask_in)) if mask_in else (photo,)
    files.require_separate_streams(json, out, mask_out)
    files.check_target(out, inputs, tuple(_FORMATS))
    if mask_out is not None:
        files.check_target(mask_out, (*inputs, out), (".png",))
    framing = Framing(_FORMATS.get(Path(out).suffix.lower(), "png"))
    with working("Masking"):
        chosen = options.concealment(coverage, grow, fill, faces, mask_in, framing)
        prepared = pipeline.mask(files.read(photo).photo, chosen, wiring.parts())
    outputs = {out: prepared.payload.data}
    if mask_out is not None:
        hidden = prepared.concealed.masked.mask.hidden
        white = (hidden * 255).astype("uint8")[..., None].repeat(3, axis=2)
        outputs = {mask_out: codec.encode_final(white, ".png"), **outputs}
    files.write(outputs)
    _tell(out, prepared, json)


def _tell(out: str, prepared: Prepared, as_json: bool) -> None:
    payload = prepared.payload
    hidden_fraction = prepared.concealed.masked.mask.fraction
    count = len(prepared.concealed.hidden_faces)
    if as_json:
        files.print_json(
            {
                "out": out,
                "sha256": payload.sha256,
                "sealed": payload.sealed,
                "faces": count,
                "width": payload.width,
                "height": payload.height,
                "hidden_fraction": round(hidden_fraction, 6),
            }
        )
    else:
        noun = "face" if count == 1 else "faces"
        say(
            f"{count} {noun} hidden, {hidden_fraction:.1%} of the picture; "
            f"sealed, {len(payload)} bytes, sha256 {payload.sha256[:16]}…"
        )

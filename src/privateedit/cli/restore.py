"""`privateedit restore`: for services used by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from privateedit.cli import ahead, files, options
from privateedit.cli.compare import side_by_side
from privateedit.cli.concealing import Hiding, with_concealment
from privateedit.cli.progress import say, working
from privateedit.errors import CannotAlign, ProviderError

if TYPE_CHECKING:
    from privateedit.codec import Metadata, Opened
    from privateedit.core.finish import Size
    from privateedit.core.parts import Parts
    from privateedit.core.photo import Photo, Pixels
    from privateedit.core.report import Report
    from privateedit.core.restored import Restored
    from privateedit.restoring import Remade

EditedArgument = Annotated[
    str, typer.Argument(metavar="EDITED", help="The picture the service gave back; - reads standard input.")
]


@with_concealment
def restore(
    photo: options.PhotoArgument,
    edited: EditedArgument,
    out: options.Output,
    how: Hiding,
    max_side: options.MaxSide = None,
    canvas: options.Canvas = None,
    size: options.Size = None,
    harmonize: options.Harmonize = None,
    style_match: options.StyleMatch = None,
    blend: options.Blend = None,
    compare: options.Compare = None,
    keep_metadata: options.KeepMetadata = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Put the original faces of PHOTO back into EDITED. How it was masked last is remembered."""
    inputs = (photo, edited, *how.inputs)
    files.require_separate_streams(json, out, compare)
    files.require_one_reader(photo, edited)
    require_targets(out, compare, inputs)
    with (
        working("Putting the faces back"),
        telling_failure(json),
        ahead.reading(photo, recorded=True) as coming,
        ahead.reading(edited, networks=False) as coming_back,
    ):
        from privateedit import api, pipeline, wiring
        from privateedit.core.edit import EditResult

        finish = api.finish_from(size=size, harmonize=harmonize, style_match=style_match, blend=blend)
        chosen = how.concealment("png", max_side, canvas)
        recalling = not (how.any_typed or max_side is not None or canvas is not None)
        original = coming()
        require_room(out, finish.size, original.photo)
        answer = coming_back()
        returned = EditResult(answer.photo.pixels, "by hand")
        remade = pipeline.restore_by_hand(
            original.photo, chosen, returned, lean(wiring.parts()), finish, recalling=recalling
        )
    _remark(answer, remade)
    restored, remembered, metadata = remade.restored, remade.remembered, original.metadata
    pictures = {out: restored.pixels}
    if compare is not None:
        shown = side_by_side(original.photo, remade.concealed.masked.pixels, returned, restored)
        pictures[compare] = shown
    # Encoding takes memory of its own, as much as these.
    del original, answer, returned, remade, coming, coming_back
    kept = {out: metadata} if keep_metadata else {}
    outputs = {target: final_bytes(pixels, target, kept.get(target)) for target, pixels in pictures.items()}
    files.write(outputs)
    if json:
        files.print_json({"out": out, "remembered": remembered, **facts(restored)})
    else:
        say(restored.report.text())


def lean(parts: Parts) -> Parts:
    """Return parts that keep no memory from one stage for the next: there is no next photo to be quicker."""
    from privateedit import memory
    from privateedit.core.ports import rest

    def make_room() -> None:
        rest(parts.detector)
        memory.give_back()

    return replace(parts, make_room=make_room)


def _remark(answer: Opened, remade: Remade) -> None:
    """Say what of the edited file is not in the result, and how PHOTO was masked if nobody said how."""
    if remade.remembered:
        say("Note: PHOTO was masked again as it was last handed over, which is remembered on this device.")
    if answer.several:
        say("Note: EDITED holds several pictures; only the first is used.")
    if answer.transparent:
        say("Note: transparent parts of EDITED are white in the result.")


@contextmanager
def telling_failure(as_json: bool) -> Iterator[None]:
    """Print what is known of a misfit or of a service's failure, for scripts; the error goes on its way.

    Raises:
        CannotAlign, ProviderError: as they came.
    """
    try:
        yield
    except CannotAlign as error:
        if as_json:
            measured = {name: round(value, 4) for name, value in error.measured.items()}
            facts = {"out": None, "message": error.message, "measured": measured, "sent": str(error.sent)}
            files.print_json(facts)
        raise
    except ProviderError as error:
        if as_json:
            files.print_json({"out": None, "message": error.message, **_failure(error)})
        raise


def _failure(error: ProviderError) -> dict[str, Any]:
    return {
        "error": type(error).__name__,
        "provider": error.provider,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
        "sent": str(error.sent),
    }


def require_targets(out: str, compare: str | None, inputs: tuple[str, ...]) -> None:
    """Refuse places that cannot be written, before any work is done.

    Raises:
        InputError: one is an input or the other, or has an ending that cannot be written.
        OutputError: a folder does not exist.
    """
    from privateedit import codec

    endings = tuple(sorted(codec.WRITABLE))
    files.check_target(out, inputs, endings)
    if compare is not None:
        files.check_target(compare, (*inputs, out), endings)


def require_room(out: str, size: Size, photo: Photo) -> None:
    """Refuse a size that the output's format cannot hold, before anything is sent.

    Raises:
        InputError: it cannot.
    """
    from pathlib import Path

    from privateedit.codec import require_fits

    wanted = {"exact": (size.width, size.height), "original": (photo.width, photo.height)}
    if out != files.STREAM and size.kind in wanted:
        require_fits(Path(out).suffix, *wanted[size.kind])


def final_bytes(pixels: Pixels, out: str, metadata: Metadata | None) -> bytes:
    """Encode a picture in the format of the target's ending; standard output gets PNG."""
    from pathlib import Path

    from privateedit.codec import encode_final

    suffix = ".png" if out == files.STREAM else Path(out).suffix
    return encode_final(pixels, suffix, metadata=metadata)


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
            "pose_difference": _rounded(each.pose_difference, 2),
            "seam": _rounded(each.seam, 3),
            "seam_before": _rounded(each.seam_before, 3),
            "harmonized": round(each.harmonized, 3),
            "style": each.style,
            "distance_before": _rounded(each.distance_before, 4),
            "distance_after": _rounded(each.distance_after, 4),
            "guessed": each.guessed,
            "gone": each.gone,
        }
        for each in report.placements
        if (each.id is not None) is of_faces
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)

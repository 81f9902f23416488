"""The options about hiding, which several commands share: written once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from privateedit.cli.progress import say
from privateedit.errors import InputError

if TYPE_CHECKING:
    from privateedit.choices import Choices
    from privateedit.core.concealment import Concealment
    from privateedit.core.framing import ImageFormat
    from privateedit.core.mask import Mask

_Option = tuple[Any, Any]


def _text(flag: str, metavar: str, words: str) -> _Option:
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=words)], None


def _number(flag: str, metavar: str, words: str) -> _Option:
    return Annotated[float | None, typer.Option(flag, metavar=metavar, help=words)], None


def _switch(flag: str, words: str) -> _Option:
    return Annotated[bool, typer.Option(flag, help=words)], False


def _many(flag: str, metavar: str, words: str) -> _Option:
    return Annotated[list[str] | None, typer.Option(flag, metavar=metavar, help=words)], None


OPTIONS: dict[str, _Option] = {
    "trust": _text(
        "--trust", "none|low|high", "How far the service is trusted: sets what follows (privateedit presets)."
    ),
    "coverage": _text(
        "--coverage", "eyes|inner|face|head", "How far the mask reaches. 'eyes' does not hide identity."
    ),
    "grow": _number("--grow", "F", "Make the mask larger by this fraction, 0 to 4."),
    "shape": _text("--shape", "superellipse|contour", "One smooth shape a face, or one that follows it."),
    "fill": _text("--fill", "black|grey|white|noise|#rrggbb", "What hides the face."),
    "opacity": _number("--opacity", "F", "1 is opaque; below, what is --under shows through."),
    "under": _text("--under", "guide|face", "What shows through: a mannequin, or the face (exposed)."),
    "tone": _text("--tone", "grey|fair|light|tan|brown|dark|deep", "The mannequin's skin."),
    "backdrop": _text("--backdrop", "keep|replace|#rrggbb", "Keep the background, or replace it by a color."),
    "faces": (
        Annotated[
            str,
            typer.Option(
                "--faces",
                metavar="all|none|0,2|-1",
                help="Which faces to hide; -1 is all but 1; 'none' hides what is drawn by hand only.",
            ),
        ],
        "all",
    ),
    "box": _many(
        "--box", "X0,Y0,X1,Y1", "Also hide this box, in pixels of the upright photo. May be repeated."
    ),
    "polygon": _many("--polygon", "X,Y X,Y X,Y…", "Also hide this polygon. May be repeated."),
    "mask_in": (
        Annotated[
            Path | None,
            typer.Option(
                "--mask-in", metavar="M.png", help="Also hide what is white here (size of the upright photo)."
            ),
        ],
        None,
    ),
    "expose_face": _switch("--expose-face", "Allow --under face: whoever gets the picture gets the face."),
    "allow_smaller_mask": _switch(
        "--allow-smaller-mask", "Show more of this photo than an earlier upload did."
    ),
}
"""Every option by its parameter's name: its annotation and default."""

OF_MANY_PHOTOS = ("trust", "coverage", "grow", "shape", "fill", "opacity", "tone", "backdrop")
"""Those that can hold for photos that nobody has looked at yet."""


@dataclass(frozen=True)
class Hiding:
    """The options' values as they were typed, and whether any was."""

    typed: dict[str, Any]
    any_typed: bool = False

    @property
    def choices(self) -> Choices:
        """Return what was typed, where it needs no photo to make sense."""
        named = {name: self.typed[name] for name in OF_MANY_PHOTOS if self.typed[name] is not None}
        return cast("Choices", named)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files that these options read."""
        path = self.typed["mask_in"]
        return () if path is None else (str(path),)

    def concealment(
        self, image_format: ImageFormat = "png", max_side: int | None = None, canvas: str | None = None
    ) -> Concealment:
        """Return what is to be hidden and how, reading the imported mask; says what a choice cannot hide.

        Raises:
            InputError: an option cannot be used.
        """
        from privateedit import api

        choices = _choices(image_format=image_format, max_side=max_side, canvas=canvas, **self.typed)
        made = api.concealment_from(**choices)
        if made.coverage == "eyes":
            say("Note: coverage eyes does not hide identity; a recognizer still knows most people.")
        return made


def with_concealment(command: Callable[..., None]) -> Callable[..., None]:
    """Give a Typer command the options of `OPTIONS` in place of its parameter `how: Hiding`."""
    return _with(OPTIONS, command)


def with_policy(command: Callable[..., None]) -> Callable[..., None]:
    """The same with the options that hold for many photos: none that names a face or a place in one."""
    return _with({name: OPTIONS[name] for name in OF_MANY_PHOTOS}, command)


def _with(options: dict[str, _Option], command: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(command)
    def wrapped(**arguments: Any) -> None:  # noqa: ANN401 (Typer passes values of every kind)
        context: typer.Context = arguments.pop("context")
        typed = {name: arguments.pop(name) for name in options}
        sources = (context.get_parameter_source(name) for name in options)
        any_typed = any(source is not None and source.name != "DEFAULT" for source in sources)
        command(how=Hiding(typed, any_typed), **arguments)

    own = inspect.signature(command, eval_str=True).parameters
    kind = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(name, kind, default=default, annotation=annotation)
        for name, (annotation, default) in options.items()
    ]
    merged = [inspect.Parameter("context", kind, annotation=typer.Context)]
    for name, parameter in own.items():
        merged += added if name == "how" else [parameter.replace(kind=kind)]
    wrapped.__signature__ = inspect.Signature(merged)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in merged}
    return wrapped


def _choices(
    faces: str,
    box: list[str] | None,
    polygon: list[str] | None,
    mask_in: Path | None,
    **rest: Any,  # noqa: ANN401 (texts, numbers and switches that go on as they are)
) -> Choices:
    from privateedit.choices import chosen_ids

    only, exclude = chosen_ids(faces)
    made: Choices = {
        "only": only,
        "exclude": exclude,
        "boxes": [_box(text) for text in box or ()],
        "polygons": [_polygon(text) for text in polygon or ()],
        "extra": _mask_file(mask_in),
        **rest,  # type: ignore[typeddict-item]
    }
    return made


def _box(text: str) -> tuple[float, float, float, float]:
    numbers = _numbers(text, "--box takes four numbers: x0,y0,x1,y1.")
    if len(numbers) != 4:
        raise InputError("--box takes four numbers: x0,y0,x1,y1.")
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _polygon(text: str) -> list[tuple[float, float]]:
    wrong = '--polygon takes at least three corners: "x,y x,y x,y".'
    corners = [_numbers(corner, wrong) for corner in text.split()]
    if len(corners) < 3 or any(len(corner) != 2 for corner in corners):
        raise InputError(wrong)
    return [(corner[0], corner[1]) for corner in corners]


def _numbers(text: str, wrong: str) -> list[float]:
    try:
        return [float(piece) for piece in text.split(",")]
    except ValueError:
        raise InputError(wrong) from None


def _mask_file(path: Path | None) -> Mask | None:
    if path is None:
        return None
    from privateedit import api

    return api.mask_from(api.open(path))

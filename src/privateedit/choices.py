"""Choices given as text and numbers become a `Concealment`: explicit ones, then settings, then trust."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from enum import StrEnum
from typing import TypedDict, TypeVar

import numpy as np

from privateedit.core.conceal import RGB, Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage, Shape
from privateedit.core.face import Points
from privateedit.core.finish import Finish, Size
from privateedit.core.framing import Framing, ImageFormat
from privateedit.core.mask import Mask
from privateedit.core.trust import BACKDROP, BUNDLES, Bundle, Trust
from privateedit.errors import InputError
from privateedit.settings import Settings

Corners = Iterable[tuple[float, float]]


class Choices(TypedDict, total=False):
    """What can be chosen about hiding; what is left out comes from the settings, then from `trust`.

    Keys:
        trust: ``none``, ``low`` (the default) or ``high``: a bundle of the settings below.
        coverage: ``eyes`` (does not hide identity), ``inner``, ``face`` or ``head``.
        grow: by how much larger, as a fraction.
        shape: ``superellipse`` or ``contour``.
        fill: ``black``, ``grey``, ``white``, ``noise`` or ``#rrggbb``.
        opacity: 1 is opaque; below, what is `under` shows through.
        under: ``guide``, a mannequin, or ``face``, which exposes it.
        tone: the mannequin's skin.
        backdrop: ``keep`` the background, or a color that replaces it (``grey``, ``white``, ``#rrggbb``…).
        only: ids of the faces to hide; None hides all.
        exclude: ids of faces to leave visible.
        extra: a mask of your own, hidden as well.
        boxes: x0, y0, x1, y1 in pixels of the upright photo, hidden as well.
        polygons: corners in pixels, hidden as well.
        image_format: ``png`` (lossless, checked to the last byte), ``jpeg`` or ``webp``.
        max_side: shrink the masked picture to this longest side, in pixels.
        canvas: a width and height, ``1024x1024`` or two numbers; the picture is fitted into it, on grey.
        expose_face: leave to send a face that shows through.
        allow_smaller_mask: leave to show more of this photo than an earlier upload did.
        allow_no_face: leave to send a photo in which no face is found.
    """

    trust: str | None
    coverage: str | None
    grow: float | None
    shape: str | None
    fill: str | None
    opacity: float | None
    under: str | None
    tone: str | None
    backdrop: str | None
    only: Iterable[int] | None
    exclude: Iterable[int]
    extra: Mask | None
    boxes: Iterable[tuple[float, float, float, float]]
    polygons: Iterable[Corners]
    image_format: ImageFormat
    max_side: int | None
    canvas: str | tuple[int, int] | None
    expose_face: bool
    allow_smaller_mask: bool
    allow_no_face: bool


class Finishes(TypedDict, total=False):
    """What can be chosen about the result; what is left out comes from the settings.

    Keys:
        size: ``edited`` (the default), ``original``, or a width and height: ``2000x1500`` or two numbers.
        harmonize: ``auto`` (the default), or from 0 to 1 how much of the picture's change of light and color
            the face gets.
        style_match: whether the face follows what the picture became, a drawing or a night: ``auto`` or
            ``off``, or True or False.
        blend: ``auto`` (the default), or from 0, a hard seam, to 1, the softest.
    """

    size: str | tuple[int, int] | None
    harmonize: str | float | None
    style_match: str | bool | None
    blend: str | float | None


def finish_of(finishes: Finishes, settings: Settings) -> Finish:
    """Return the `Finish` that the choices make, completed from the settings.

    Raises:
        InputError: one of them cannot be used; the message says what can.
    """
    size, harmonize, style, blend = (
        finishes.get(name) if finishes.get(name) is not None else getattr(settings, name)
        for name in ("size", "harmonize", "style_match", "blend")
    )
    return Finish(
        harmonize=_share(harmonize, "strength of harmonization"),
        style_match=_styled(style),
        size=_size(size),
        blend=_share(blend, "blend"),
    )


def concealment_of(choices: Choices, settings: Settings) -> Concealment:
    """Return the `Concealment` that the choices make, completed from the settings and the trust's bundle.

    A degree of trust that is chosen, rather than set, sets aside the single settings too.

    Raises:
        InputError: one of them cannot be used; the message says what can.
    """
    told = choices.get("trust")
    trust = _word(Trust, told or settings.trust or Trust.LOW, "trust")
    given = {name: value for name, value in choices.items() if value is not None}
    if told is None:
        given = {name: value for name, value in settings.model_dump().items() if value is not None} | given
    bundle = BUNDLES[trust]
    only = choices.get("only")
    return Concealment(
        trust=trust,
        coverage=_word(Coverage, str(given.get("coverage", bundle.coverage)), "coverage"),
        grow=_number(given.get("grow", bundle.grow), "grow"),
        shape=_word(Shape, str(given.get("shape", bundle.shape)), "shape"),
        fill=Fill.parse(str(given["fill"])) if "fill" in given else bundle.fill,
        opacity=_number(given.get("opacity", bundle.opacity), "opacity"),
        under=_word(Under, str(given.get("under", Under.GUIDE)), "under"),
        tone=str(given.get("tone", "grey")),
        backdrop=_backdrop(given.get("backdrop"), bundle),
        only=None if only is None else _ids(only),
        exclude=_ids(choices.get("exclude", ())),
        extra=_mask(choices.get("extra")),
        areas=_areas(choices.get("boxes", ()), choices.get("polygons", ())),
        framing=_framing(choices),
        expose_face=_switch(choices.get("expose_face", False), "expose_face"),
        allow_smaller_mask=_switch(choices.get("allow_smaller_mask", False), "allow_smaller_mask"),
        allow_no_face=_switch(choices.get("allow_no_face", False), "allow_no_face"),
    )


def chosen_ids(text: str) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
    """Read ``all``, ``none``, ``0,2`` or ``-1``: the faces to hide (None is all), and those to leave out.

    Raises:
        InputError: the text is none of these, or names some to hide and others to leave out.
    """
    word = text.strip().lower()
    if word == "all":
        return None, ()
    if word == "none":
        return (), ()
    pieces = [piece.strip() for piece in word.split(",")]
    left_out = [piece[1:] for piece in pieces if piece.startswith("-")]
    digits = left_out or pieces
    if len(digits) != len(pieces) or not all(piece.isascii() and piece.isdigit() for piece in digits):
        raise InputError("Faces are chosen by all, none, numbers like 0,2, or numbers to leave out like -1.")
    ids = tuple(int(piece) for piece in digits)
    return (None, ids) if left_out else (ids, ())


def _size(value: object) -> Size:
    if value is None or isinstance(value, str):
        return Size.parse(value or "edited")
    sides = tuple(value) if isinstance(value, Iterable) else ()
    whole = all(isinstance(each, numbers.Integral) and not isinstance(each, bool) for each in sides)
    if len(sides) != 2 or not whole:
        raise InputError("The size must be edited, original, or a width and height such as 2000x1500.")
    return Size("exact", int(sides[0]), int(sides[1]))


def _share(value: object, name: str) -> float | None:
    if value is None or (isinstance(value, str) and value.strip().lower() == "auto"):
        return None
    try:
        return _number(float(value) if isinstance(value, str) else value, name)
    except ValueError:
        raise InputError(f"The {name} must be auto or a number from 0 to 1.") from None


def _styled(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return value is not False
    if value not in ("auto", "off"):
        raise InputError("The style match must be auto or off.")
    return value == "auto"


_Words = TypeVar("_Words", bound=StrEnum)


def _word(kind: type[_Words], text: str, name: str) -> _Words:
    try:
        return kind(text)
    except ValueError:
        raise InputError(f"The {name} must be one of: {', '.join(kind)}.") from None


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not np.isfinite(float(value)):
        raise InputError(f"The {name} must be a number.")
    return float(value)


def _mask(value: object) -> Mask | None:
    if value is not None and not isinstance(value, Mask):
        raise InputError("extra must be a Mask; mask_from makes one of a picture.")
    return value


def _switch(value: object, name: str) -> bool:
    """Leave is given by True alone: a text such as "no" must not give it."""
    if not isinstance(value, bool):
        raise InputError(f"{name} must be True or False.")
    return value


def _framing(choices: Choices) -> Framing:
    side, canvas = _side(choices.get("max_side")), _canvas(choices.get("canvas"))
    if side is not None and canvas is not None:
        raise InputError("Give a longest side or a canvas, not both: a canvas fixes the size.")
    return Framing(choices.get("image_format", "png"), side, canvas)


def _canvas(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    wrong = "The canvas must be a width and height such as 1024x1024, with 16 pixels a side or more."
    try:
        size = _size(value)
    except InputError:
        raise InputError(wrong) from None
    if size.kind != "exact":
        raise InputError(wrong)
    return size.width, size.height


def _side(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InputError("max_side must be a whole number of pixels.")
    return int(value)


def _ids(value: object) -> tuple[int, ...]:
    wrong = "Faces are chosen by their numbers, such as (0, 2)."
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InputError(wrong)
    ids = tuple(value)
    if not all(isinstance(each, numbers.Integral) and not isinstance(each, bool) for each in ids):
        raise InputError(wrong)
    return tuple(int(each) for each in ids)


def _backdrop(text: object, bundle: Bundle) -> RGB | None:
    if text is None:
        return bundle.backdrop
    if text == "keep":
        return None
    if text == "replace":
        return BACKDROP
    try:
        color = Fill.parse(str(text)).color
    except InputError:
        color = None
    if color is None:
        raise InputError("The backdrop must be keep, replace, black, grey, white or #rrggbb.")
    return color


def _areas(
    boxes: Iterable[tuple[float, float, float, float]], polygons: Iterable[Corners]
) -> tuple[Points, ...]:
    wrong = "A box needs x0,y0,x1,y1 with x1 right of x0 and y1 below y0."
    if not isinstance(boxes, Iterable) or not isinstance(polygons, Iterable):
        raise InputError("boxes and polygons are lists of boxes and polygons.")
    areas = []
    for box in boxes:
        sides = _array(box, wrong)
        if sides.shape != (4,):
            raise InputError(wrong)
        x0, y0, x1, y1 = sides
        if not (x1 > x0 and y1 > y0):
            raise InputError(wrong)
        areas.append(np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32))
    return (*areas, *(_array(polygon, "A polygon needs corners of two numbers.") for polygon in polygons))


def _array(values: Iterable[object], wrong: str) -> Points:
    try:
        return np.array(list(values), np.float32)
    except (TypeError, ValueError):
        raise InputError(wrong) from None

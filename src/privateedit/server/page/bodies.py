"""What the page says, checked: bodies in JSON become these, and nothing else gets in."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from privateedit.errors import NotServed

_MOST_FACES, _MOST_STROKES, _MOST_POINTS = 4096, 2000, 20_000
_LARGEST = 100_000.0  # pixels; no photo that can be opened is larger

Pixel = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]
Share = Annotated[float, Field(ge=0, le=1)]
Word = Annotated[str, Field(max_length=40)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


class SignIn(_Body):
    """A ticket, or the device's token."""

    ticket: str = Field(max_length=200, repr=False)


class PaintedStroke(_Body):
    """One stroke of brush or eraser, in pixels of the upright photo."""

    kind: Literal["brush", "eraser"]
    radius: Annotated[float, Field(gt=0, le=_LARGEST)]
    points: tuple[tuple[Pixel, Pixel], ...] = Field(min_length=1, max_length=_MOST_POINTS)


class Look(_Body):
    """How the photo is hidden; what is left out comes from the degree of trust.

    `hide` holds the ids of the faces to hide; None hides all.
    """

    trust: Word | None = None
    coverage: Word | None = None
    grow: Annotated[float, Field(ge=0, le=4)] | None = None
    shape: Word | None = None
    fill: Word | None = None
    opacity: Share | None = None
    tone: Word | None = None
    backdrop: Word | None = None
    hide: tuple[int, ...] | None = Field(None, max_length=_MOST_FACES)
    strokes: tuple[PaintedStroke, ...] = Field((), max_length=_MOST_STROKES)
    boxes: tuple[tuple[Pixel, Pixel, Pixel, Pixel], ...] = Field((), max_length=_MOST_STROKES)


class ToSeal(_Body):
    """What is to leave, and for whom."""

    look: Look = Field(default_factory=lambda: Look.model_validate({}))
    service: Word = ""
    model: str = Field("", max_length=200)


class Words(_Body):
    """An instruction, to be looked through for names."""

    prompt: str = Field("", max_length=32_000, repr=False)
    service: Word = ""


class Finishing(_Body):
    """How the result is finished; what is left out comes from the server and the settings."""

    harmonize: Share | Literal["auto"] | None = None
    style_match: Literal["auto", "off"] | None = None
    blend: Share | Literal["auto"] | None = None
    size: Word | None = None


class ToSend(Finishing):
    """An edit: of the picture with that digest and no other, by words or by a preset.

    `names_seen` tells that a person has seen what in the words may name somebody, and sends them even so.
    """

    digest: str = Field(max_length=64)
    prompt: str | None = Field(None, max_length=32_000, repr=False)
    preset: Word | None = None
    names_seen: bool = False


class ToHandOver(_Body):
    """A picture that a person takes elsewhere."""

    digest: str = Field(max_length=64)


_Kind = TypeVar("_Kind", bound=BaseModel)


def body_of(kind: type[_Kind], data: bytes) -> _Kind:
    """Return what a body says.

    Raises:
        NotServed: 400, it is no JSON of that kind; the field is named, and nothing of its content.
    """
    try:
        return kind.model_validate_json(data or b"{}")
    except ValidationError as error:
        name = _field(error, kind)
        said = f"The field {name} cannot be used." if name else "The body is not what was expected."
        raise NotServed(said, param=name or None, code="invalid_body") from None


def _field(error: ValidationError, kind: type[BaseModel]) -> str:
    """Return the name of the first field that is wrong: one of ours, never what a client called it."""
    known = set(kind.model_fields) | set(Look.model_fields)
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        names = [str(part) for part in problem["loc"] if str(part) in known]
        if names:
            return names[-1]
    return ""

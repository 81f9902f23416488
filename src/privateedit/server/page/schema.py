"""What the page's interface takes and gives, for its OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from privateedit.server.asked import SUFFIXES
from privateedit.server.schema import refusals

_Described = dict[str, Any]

_FILE = {"type": "string", "format": "binary"}
_STRING, _NUMBER, _WHOLE, _SWITCH = ({"type": each} for each in ("string", "number", "integer", "boolean"))
_SENT = {"type": "string", "enum": ["no", "yes", "unknown"]}


def _object(**fields: _Described) -> _Described:
    return {"type": "object", "required": sorted(fields), "properties": fields}


def _list(items: _Described) -> _Described:
    return {"type": "array", "items": items}


def _or_null(kind: _Described) -> _Described:
    return {"anyOf": [kind, {"type": "null"}]}


def _told(description: str, kind: str, schema: _Described) -> _Described:
    return {"description": description, "content": {kind: {"schema": schema}}}


def _json(description: str, **fields: _Described) -> _Described:
    return _told(description, "application/json", _object(**fields))


_FACES = _list(_object(id=_WHOLE, box=_list(_NUMBER), outline=_list(_list(_NUMBER))))
_ATTACK = _object(
    name=_STRING,
    explanation=_STRING,
    told=_SWITCH,
    distance=_or_null(_NUMBER),
    threshold=_or_null(_NUMBER),
    psnr=_NUMBER,
)
_PLACEMENT = _object(
    id=_or_null(_WHOLE),
    sentence=_STRING,
    regime=_STRING,
    harmonized=_NUMBER,
    style=_or_null(_STRING),
    seam=_or_null(_NUMBER),
    seam_before=_or_null(_NUMBER),
    distance_before=_or_null(_NUMBER),
    distance_after=_or_null(_NUMBER),
    guessed=_SWITCH,
    gone=_SWITCH,
)

KEY = _json("The key of this visit.", key=_STRING)
SESSION = _json("What is held.", photos=_list(_STRING), expires_in=_WHOLE)
CHOICES = _told("Everything there is to choose from.", "application/json", {"type": "object"})
PHOTO = _json(
    "The photo is held in memory.",
    id=_STRING,
    width=_WHOLE,
    height=_WHOLE,
    view=_object(width=_WHOLE, height=_WHOLE),
    faces=_FACES,
    several=_SWITCH,
    transparent=_SWITCH,
    metadata=_SWITCH,
)
LEAKS = _json(
    "What the masked picture tells.",
    recognizer=_SWITCH,
    tells=_SWITCH,
    found=_WHOLE,
    faces=_list(_object(id=_WHOLE, hidden=_SWITCH, told=_SWITCH, attacks=_list(_ATTACK))),
)
SEALED = _json(
    "What would leave, proven.",
    digest=_STRING,
    bytes=_WHOLE,
    width=_WHOLE,
    height=_WHOLE,
    format=_STRING,
    sealed=_SWITCH,
    hidden=_list(_WHOLE),
    shown=_list(_WHOLE),
    faces=_FACES,
    kept=_WHOLE,
    hides_identity=_SWITCH,
    service=_STRING,
    model=_STRING,
    local=_SWITCH,
)
FINDINGS = _json("What may name somebody.", findings=_list(_STRING))
JOB = _json("The edit, which begins when its events are listened to.", job=_STRING)
RESULT = _json(
    "The picture with the faces in it is there.",
    job=_STRING,
    width=_WHOLE,
    height=_WHOLE,
    shown=_WHOLE,
    sent=_SENT,
    text=_STRING,
    report=_list(_PLACEMENT),
)
JPEG = _told("A picture to look at.", "image/jpeg", _FILE)
PNG = _told("The bytes that would leave.", "image/png", _FILE)
EVENTS = _told("progress, then done or failed.", "text/event-stream", _STRING)

_SECURED: _Described = {"security": [{"bearer": []}]}


def taken(body: type[BaseModel] | None, answer: _Described | None, status: int = 200) -> _Described:
    """Return how a request is described that takes a body in JSON, or none."""
    extra = dict(_SECURED)
    if body is not None:
        extra["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _flat(body)}},
        }
    return _described(extra, answer, status)


def form(name: str, answer: _Described, status: int, more: type[BaseModel] | None = None) -> _Described:
    """Return how a request is described that takes a form with one file."""
    fields = {} if more is None else dict(_flat(more)["properties"])
    schema = {"type": "object", "required": [name], "properties": {name: _FILE, **fields}}
    body = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return _described({**_SECURED, "requestBody": body}, answer, status)


def download() -> _Described:
    """Return how the download is described."""
    content = {f"image/{name}": {"schema": _FILE} for name in SUFFIXES}
    return _described(dict(_SECURED), {"description": "The final picture.", "content": content}, 200)


def _described(extra: _Described, answer: _Described | None, status: int) -> _Described:
    nothing: _Described = {"description": "Done."}
    fine = {204: nothing} if answer is None else {status: answer}
    return {
        "responses": {**fine, **refusals(404, 409, 413, 415, 422, 503)},
        "openapi_extra": extra,
        "status_code": 204 if answer is None else status,
    }


def _flat(body: type[BaseModel]) -> _Described:
    """Return a body's JSON schema with its definitions in place: one level of them is all there is."""
    schema = body.model_json_schema()
    definitions = schema.pop("$defs", {})

    def put(value: Any) -> Any:  # noqa: ANN401 (any part of a JSON schema)
        if isinstance(value, dict):
            named = value.get("$ref", "").removeprefix("#/$defs/")
            return put(definitions[named]) if named in definitions else {k: put(v) for k, v in value.items()}
        return [put(each) for each in value] if isinstance(value, list) else value

    found: _Described = put(schema)
    return found

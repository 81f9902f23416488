"""JSON bodies: pictures as data URIs, as OpenAI's `EditImageBodyJsonParam` describes them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from privateedit.errors import NotServed
from privateedit.server.asked import NAMES, Attached, Field
from privateedit.server.body import picture_too_large
from privateedit.server.limits import ServerLimits

_MOST_PIECES = (
    100_000  # commas and brackets, those in texts included: each piece takes far more memory than a byte
)
_DATA_URI = re.compile(r"data:[^,;]{0,100}(?:;[^,;]{0,100})*;base64,", re.IGNORECASE)


def fields_of_json(body: bytes, limits: ServerLimits) -> list[Field]:
    """Return what a JSON body asks for, in the form of a form's fields.

    Raises:
        NotServed: it is no JSON object, or a picture is named by an address or an id.
    """
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > _MOST_PIECES:
        raise NotServed("The body has too many pieces.", code="invalid_json")
    try:
        said = json.loads(body, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise NotServed("The body is not valid JSON.", code="invalid_json") from None
    if not isinstance(said, Mapping):
        raise NotServed("The body must be a JSON object.", code="invalid_json")
    return list(_fields(said, limits))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that is given twice: some readers take the first, others the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _fields(said: Mapping[str, Any], limits: ServerLimits) -> Iterator[Field]:
    for name, value in said.items():
        if value is None:
            continue
        if name in ("images", "image"):
            entries = value if isinstance(value, list) else [value]
            if len(entries) >= limits.files:
                raise NotServed(
                    f"At most {limits.files - 1} pictures are taken.", param=name, code="invalid_form"
                )
            yield from (("image", _attached(each, name, limits)) for each in entries)
        elif name == "mask":
            yield "mask", _attached(value, name, limits)
        else:
            yield name, _text(value, name)


def _text(value: Any, name: str) -> str:  # noqa: ANN401 (JSON holds anything)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or (isinstance(value, int) and name != "prompt"):
        return str(value)
    if name in NAMES:
        raise NotServed(f"The {name} has another type than it should.", param=name, code="invalid_type")
    return ""


def _attached(entry: Any, param: str, limits: ServerLimits) -> Attached:  # noqa: ANN401 (JSON holds anything)
    address = entry.get("image_url") if isinstance(entry, Mapping) else entry
    if isinstance(entry, Mapping) and entry.get("file_id") is not None:
        raise NotServed(
            "A picture named by file_id lies at the service already and cannot be masked; attach it.",
            param=param,
            code="file_id_refused",
        )
    if not isinstance(address, str):
        raise NotServed("A picture must be an object with an image_url.", param=param, code="invalid_form")
    return Attached(picture_of(address, param, limits))


def picture_of(address: str, param: str, limits: ServerLimits) -> bytes:
    """Return the bytes of a data URI; nothing is ever fetched.

    Raises:
        NotServed: it is another address, no base64, or too large.
    """
    found = _DATA_URI.match(address)
    if found is None:
        raise NotServed(
            "A picture at an address is never fetched: what lies there could be anything. Attach it, or "
            "give it as a data URI in base64.",
            param=param,
            code="remote_image_refused",
        )
    if len(address) - found.end() > limits.file * 4 // 3 + 4:
        raise picture_too_large(limits.file)
    try:
        return base64.b64decode(address[found.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise NotServed(
            "The data URI holds no valid base64.", param=param, code="invalid_image_file"
        ) from None

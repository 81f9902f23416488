"""From a planned body to its bytes: the places are filled from the parcel, and nothing else is at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from privateedit.errors import Refused
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Body, Form, Json, Outline, Picture, Value, Wrap

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None


def rendered(body: Body, parcel: Parcel) -> tuple[str, bytes]:
    """Return content type and bytes; equal plans and payloads give equal bytes.

    Raises:
        Refused: a picture stands where it cannot.
    """
    if body is None:
        return "", b""
    if isinstance(body, Json):
        text = json.dumps(_plain(body.value, parcel), ensure_ascii=False, separators=(",", ":"))
        return "application/json", text.encode()
    return _multipart(body, parcel)


def _plain(value: Value, parcel: Parcel) -> Plain:
    if isinstance(value, Picture | Outline):
        if value.wrap is Wrap.FILE:
            raise Refused("A picture cannot be a file inside JSON.")
        return parcel.text(value)
    if isinstance(value, Mapping):
        return {key: _plain(each, parcel) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each, parcel) for each in value]
    return value


def _multipart(form: Form, parcel: Parcel) -> tuple[str, bytes]:
    boundary = f"privateedit-{parcel.mark}"
    pieces: list[bytes] = []
    for name, value in form.fields:
        head, content = _part(name, value, parcel)
        if boundary.encode() in content:
            raise Refused("What is sent looks like the border of a form.")
        pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def _part(name: str, value: str | Picture | Outline, parcel: Parcel) -> tuple[str, bytes]:
    said = f'Content-Disposition: form-data; name="{name}"'
    if isinstance(value, str):
        return said, value.encode()
    if value.wrap is not Wrap.FILE:
        return said, parcel.text(value).encode()
    file_name, media_type = parcel.file(value)
    return f'{said}; filename="{file_name}"\r\nContent-Type: {media_type}', parcel.data(value)

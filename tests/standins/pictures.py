"""Pictures inside traffic: every one that can be found, whatever wraps it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import threading

import numpy as np
from PIL import Image

_LONG = re.compile(rb"[A-Za-z0-9+/_-]{80,}={0,2}")
_MOST = 24  # files, nearly all below 5 MB: each test of a service comes by again after those of all others
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def form(asked):
    """Return the parts of a multipart request as (name, file name, content type, bytes), strictly."""
    kind = asked.headers["content-type"]
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\S{1,70})", kind)[1].encode()
    pieces = (b"\r\n" + asked.body).split(b"\r\n--" + boundary)
    assert pieces[0] == b"", "the form does not begin with its boundary"
    assert pieces[-1] == b"--\r\n", "the form does not end with its boundary"
    found = []
    for piece in pieces[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        said = re.search(rb'name="([^"]*)"(?:; filename="([^"]*)")?', head)
        mime = re.search(rb"Content-Type: (\S+)", head)
        name, file_name = (None if each is None else each.decode() for each in said.groups())
        found.append((name, file_name, mime and mime[1].decode(), content))
    return found


def opened(data):
    """Return a PIL picture, fully decoded."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def pixels(data):
    return np.asarray(opened(data).convert("RGB"))


_one_at_a_time = threading.Lock()
_written = {}
"""The last few pictures as files; hundreds of tests get the same one back from a service."""


def encoded(picture, image_format="PNG", **options):
    pixels = np.ascontiguousarray(picture)
    digest = hashlib.sha256(pixels).digest()
    asked = (digest, pixels.shape, pixels.dtype.str, image_format, repr(sorted(options.items())))
    data = _written.get(asked) or _packed(pixels, image_format, options)
    with _one_at_a_time:
        _written.pop(asked, None)
        _written[asked] = data
        while len(_written) > _MOST:
            _written.pop(next(iter(_written)))
    return data


def _packed(pixels, image_format, options):
    written = io.BytesIO()
    quick = {"compress_level": 1} if image_format == "PNG" else {}
    Image.fromarray(pixels).save(written, image_format, **{**quick, **options})
    return written.getvalue()


def found_in(body):
    """Return the bytes of every picture anywhere in a body: raw, base64 in either alphabet, data URIs."""
    found = []
    for magic in _MAGIC:
        start = body.find(magic)
        while start >= 0:
            try:
                opened(body[start:])
                found.append(body[start:])
            except Exception:  # noqa: BLE001 (chance bytes)
                pass
            start = body.find(magic, start + 1)
    for match in _LONG.finditer(body):
        text = match[0].translate(bytes.maketrans(b"-_", b"+/"))
        try:
            data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
        except binascii.Error:
            continue
        if data.startswith(_MAGIC):
            found.append(data)
    return found


def strings(value):
    """Return every text in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in strings(part)]
    if isinstance(value, list):
        return [each for part in value for each in strings(part)]
    return []


def is_json(body):
    try:
        json.loads(body)
    except ValueError:
        return False
    return True

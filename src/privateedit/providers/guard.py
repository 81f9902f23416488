"""The last look at a request before it leaves: read back from its bytes, as a stranger would.

Whatever rendered it, every picture in it must be one that was sealed, and nothing else may be large enough to
hold one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from privateedit.errors import Refused
from privateedit.providers.parcel import Parcel

_LONGEST_WORD = 2000  # characters of text besides the prompt; a workflow's own texts are shorter
_BUDGET = 12_000  # characters of all such text together, numbers included
_RUN = re.compile(r"[!-~]{200,}")
_MORE = "A request that held more than the masked picture was stopped."
_SUSPECT = 40  # characters from which text could be an encoded picture
_DATA_URI = re.compile(r"data:[^,]{0,100},")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x00")
_FILES = {
    b'filename="image.png"': b"image/png",
    b'filename="image.jpg"': b"image/jpeg",
    b'filename="image.webp"': b"image/webp",
    b'filename="mask.png"': b"image/png",
}


def require_sealed(content_type: str, body: bytes, parcel: Parcel, prompt: str) -> None:
    """Pass a body in which all that can be a picture is the payload's or a mask of it.

    Raises:
        Refused: anything else is in it, or it cannot be read.
    """
    if not body:
        return
    if content_type == "application/json":
        texts: Iterable[str | bytes] = _texts(_read(body))
    elif content_type.startswith("multipart/form-data; boundary="):
        texts = _parts(content_type.partition("boundary=")[2].encode(), body)
    else:
        raise Refused("A request of an unknown kind was stopped.")
    digests = parcel.digests
    budget = _BUDGET
    for text in texts:
        budget -= _require_harmless(text, digests, prompt)
        if budget < 0:
            raise Refused(_MORE)


def _require_harmless(found: str | bytes, digests: frozenset[str], prompt: str) -> int:
    """Pass what can hold no other picture, and return how many characters it adds to the budget.

    Words are short: a long run of plain characters without a space is no word, in a prompt neither.
    """
    if isinstance(found, bytes):
        _require_known(found, digests)
        return 0
    if found == prompt:
        if _RUN.search(found):
            raise Refused("A prompt that holds something other than words was stopped.")
        return 0
    encoded = _DATA_URI.match(found)
    data = _decoded(found[encoded.end() :] if encoded else found)
    if data is not None and (encoded or len(found) > _LONGEST_WORD or data.startswith(_PICTURES)):
        _require_known(data, digests)
        return 0
    if encoded or len(found) > _LONGEST_WORD or _RUN.search(found):
        raise Refused(_MORE)
    return len(found)


def _require_known(data: bytes, digests: frozenset[str]) -> None:
    if hashlib.sha256(data).hexdigest() not in digests:
        raise Refused("A request that held another picture than the masked one was stopped.")


def _decoded(text: str) -> bytes | None:
    """Return what a text holds if it is base64, in either alphabet; None when it is not, or is short."""
    if len(text) < _SUSPECT:
        return None
    try:
        return base64.b64decode(
            text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        return None


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("A request that cannot be read back was stopped.") from None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None:
        yield str(value)


def _parts(boundary: bytes, body: bytes) -> Iterator[str | bytes]:
    """Yield every part of a form: text as str, files as bytes."""
    border = b"--" + boundary
    pieces = (b"\r\n" + body).split(b"\r\n" + border)
    if not boundary or pieces[0] or pieces[-1] != b"--\r\n":
        raise Refused("A request that cannot be read back was stopped.")
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not head.startswith(b"\r\n") or not gap:
            raise Refused("A request that cannot be read back was stopped.")
        yield _content(head[2:], content)


def _content(head: bytes, content: bytes) -> str | bytes:
    lines = head.split(b"\r\n")
    said = re.fullmatch(
        rb'Content-Disposition: form-data; name="[a-z_\[\]]{1,40}"(?:; (filename="[^"]*"))?', lines[0]
    )
    if said is None:
        raise Refused("A request with an unusual part was stopped.")
    if said[1] is None:
        if len(lines) != 1:
            raise Refused("A request with an unusual part was stopped.")
        return content.decode("utf-8", "surrogateescape")
    if lines[1:] != [b"Content-Type: " + _FILES.get(said[1], b"?")]:
        raise Refused("A request with a file of an unusual name was stopped.")
    return content

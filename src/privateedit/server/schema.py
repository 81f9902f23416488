"""What the interface takes and gives, for its OpenAPI document."""

from __future__ import annotations

from typing import Any

from privateedit.server.asked import LONGEST_PROMPT, MOST_PICTURES, MOST_RESULTS
from privateedit.server.wishes import FINISHING, HIDING

_FILE = {"type": "string", "format": "binary", "description": "PNG, JPEG, WebP, HEIC, AVIF, TIFF or BMP."}
_SCALARS: dict[str, Any] = {
    "prompt": {"type": "string", "minLength": 1, "maxLength": LONGEST_PROMPT},
    "model": {"type": "string"},
    "n": {"type": "integer", "minimum": 1, "maximum": MOST_RESULTS, "default": 1},
    "size": {"type": "string", "pattern": r"^(auto|[1-9]\d{0,4}x[1-9]\d{0,4})$", "default": "auto"},
    "quality": {"type": "string"},
    "background": {"type": "string", "enum": ["opaque", "auto"]},
    "input_fidelity": {"type": "string", "enum": ["low", "high"]},
    "output_format": {"type": "string", "enum": ["png", "jpeg", "webp"], "default": "png"},
    "output_compression": {"type": "integer", "minimum": 0, "maximum": 100},
    "response_format": {"type": "string", "enum": ["b64_json", "url"]},
    "stream": {"type": "boolean", "default": False},
}
_REFERENCE = {
    "type": "object",
    "required": ["image_url"],
    "properties": {
        "image_url": {"type": "string", "pattern": "^data:", "description": "A data URI, base64."}
    },
}
_FORM = {
    "type": "object",
    "required": ["image", "prompt"],
    "properties": {
        "image": {"type": "array", "items": _FILE, "minItems": 1, "maxItems": MOST_PICTURES},
        "mask": _FILE,
        **_SCALARS,
    },
}
_JSON = {
    "type": "object",
    "required": ["images", "prompt"],
    "properties": {
        "images": {"type": "array", "items": _REFERENCE, "minItems": 1, "maxItems": MOST_PICTURES},
        "mask": _REFERENCE,
        **_SCALARS,
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
                "sent": {"type": "string", "enum": ["no", "yes", "unknown"]},
            },
        }
    },
}
_REFUSED: dict[str, Any] = {"content": {"application/json": {"schema": _ERROR}}}
_RESULT = {
    "type": "object",
    "required": ["created", "data"],
    "properties": {
        "created": {"type": "integer"},
        "data": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["b64_json"],
                "properties": {"b64_json": {"type": "string", "contentEncoding": "base64"}},
            },
        },
        "output_format": {"type": "string"},
        "size": {"type": "string"},
    },
}
_MEANINGS = {
    400: "The request cannot be served: malformed, no face found, refused by moderation.",
    401: "No token, or no key that may be used here.",
    403: "Another page's request, or a policy that is fixed.",
    404: "There is nothing here, or no such model.",
    408: "The request took too long to arrive.",
    409: "The client repeats by itself what was sent already.",
    413: "The request is too large.",
    415: "The body is neither a form nor JSON.",
    421: "The server is not known by this name.",
    422: "The face does not fit what came back; nothing is returned.",
    424: "The service failed after the picture may have been sent; for clients that would send it again.",
    429: "The service's limit or the account's credit is used up.",
    500: "Something unexpected went wrong.",
    502: "The service failed.",
    503: "Too many requests at once.",
    504: "The service did not answer in time.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return with which statuses what is no edit can be refused; the last is for whatever else is wrong."""
    told: dict[int | str, dict[str, Any]] = {
        status: {"description": _MEANINGS[status], **_REFUSED} for status in (401, 403, 421, *statuses)
    }
    return {**told, "4XX": {"description": "The request cannot be served.", **_REFUSED}}


def plain(description: str) -> dict[str, Any]:
    """Return an answer of plain text."""
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}


def responses() -> dict[int | str, dict[str, Any]]:
    """Return what an edit can be answered with."""
    fine = {
        "description": "The edited picture with the original faces in it.",
        "content": {
            "application/json": {"schema": _RESULT},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
    return {200: fine, **{status: {"description": text, **_REFUSED} for status, text in _MEANINGS.items()}}


def request() -> dict[str, Any]:
    """Return what an edit takes: body and headers."""
    names = [*HIDING, *FINISHING, "faces"]
    headers = [
        {"name": f"X-PrivateEdit-{name.title()}", "in": "header", "schema": {"type": "string"}}
        for name in names
    ]
    content = {"multipart/form-data": {"schema": _FORM}, "application/json": {"schema": _JSON}}
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": headers,
        "security": [{"bearer": []}],
    }

"""xAI's images/edits, as its documentation and the reference describe it."""

from __future__ import annotations

import base64
import binascii
import re

from PIL import Image
from tests.standins.pictures import encoded, opened, pixels
from tests.standins.server import Answer, StandIn

_NEEDED = {"model", "prompt", "image"}
_MORE = {"n", "response_format", "aspect_ratio", "resolution", "quality"}
_MODELS = {
    "grok-imagine-image",
    "grok-imagine-image-quality",
    "grok-imagine-image-pro",
    "grok-imagine-image-2.0",
}
_CODES = {
    400: "Client specified an invalid argument",
    401: "Unauthenticated",
    403: "The caller does not have permission to execute the specified operation",
    404: "Some requested entity was not found",
    429: "Some resource has been exhausted",
    500: "Internal error",
}
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}


class XAIStandIn(StandIn):
    """Keeps the proportions of the picture, at the resolution asked for."""

    prefix = "/v1"

    def unauthorized(self):
        return self._error(400, "Incorrect API key provided: sk***89. You can obtain one from a console.")

    def error(self, status):
        return self._error(status, "Something about: make it nice")

    def _error(self, status, text):
        said = {"code": _CODES.get(status, "Client specified an invalid argument"), "error": text}
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of(said, status, x_request_id="req-42", **extra)

    def answer(self, asked):
        if (asked.method, asked.path) != ("POST", "/v1/images/edits"):
            return self.error(404)
        if asked.headers.get("content-type") != "application/json":
            return self.reject("only JSON is taken", 415)
        try:
            body = asked.json()
            data = _picture(body)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            return self.reject(f"{type(error).__name__}: {error}", 422)
        redrawn = Image.fromarray(self.redraw(pixels(data), None))
        wanted = {"1k": 1 << 20, "2k": 1 << 22}[body.get("resolution", "1k")]
        zoom = (wanted / (redrawn.width * redrawn.height)) ** 0.5
        size = (round(redrawn.width * zoom), round(redrawn.height * zoom))
        return self.delivery(
            asked, encoded(redrawn.resize(size, Image.Resampling.BILINEAR), compress_level=1)
        )

    def delivery(self, asked, picture):
        text = base64.b64encode(picture).decode()
        return _said([{"b64_json": text, "url": None, "revised_prompt": "", "respect_moderation": True}])

    def refuse(self, asked):
        return _said([{"b64_json": None, "url": None, "revised_prompt": "", "respect_moderation": False}])


def _said(data):
    return Answer.of({"data": data, "usage": {"cost_in_usd_ticks": 200_000_000}}, x_request_id="req-42")


def _picture(body):
    """Return the bytes of the picture, strictly."""
    assert set(body) >= _NEEDED, f"missing {_NEEDED - set(body)}"
    assert not set(body) - _NEEDED - _MORE, f"unknown {set(body) - _NEEDED - _MORE}"
    assert body["model"] in _MODELS, body["model"]
    assert body["prompt"], "no prompt"
    assert body.get("n", 1) == 1
    assert body.get("response_format") == "b64_json", "an address would be temporary"
    assert body.get("aspect_ratio", "auto") == "auto", "an edit of one picture keeps its proportions"
    assert body.get("resolution", "1k") in {"1k", "2k"}, body.get("resolution")
    if "quality" in body:
        assert body["quality"] in {"low", "medium"}, body["quality"]
        assert body["model"].startswith("grok-imagine-image-2"), "quality"
    assert set(body["image"]) == {"url", "type"}, set(body["image"])
    assert body["image"]["type"] == "image_url"
    return _decoded(body["image"]["url"])


def _decoded(url):
    found = re.fullmatch(r"data:(image/[a-z]+);base64,([A-Za-z0-9+/]+={0,2})", url)
    assert found, "no data URI"
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise AssertionError("no base64") from None
    picture = opened(data)
    assert _KINDS.get(picture.format) == found[1], "the picture is not what it says it is"
    assert max(picture.size) <= 2.2 * min(picture.size), f"size {picture.size}"
    return data

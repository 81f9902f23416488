"""Gemini's `:generateContent`, as google-genai speaks it and the reference describes it."""

from __future__ import annotations

import base64
import binascii
import re

import numpy as np
from PIL import Image
from tests.standins.pictures import encoded, opened, pixels
from tests.standins.server import Answer, StandIn

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_SIZES = {
    "1:1": (1024, 1024), "3:2": (1264, 848), "2:3": (848, 1264), "4:3": (1200, 896), "3:4": (896, 1200),
    "5:4": (1152, 928), "4:5": (928, 1152), "16:9": (1376, 768), "9:16": (768, 1376), "21:9": (1584, 672),
    "4:1": (2048, 512), "1:4": (512, 2048),
}  # fmt: skip
_EARLY = {
    "1:1": (1024, 1024), "3:2": (1248, 832), "2:3": (832, 1248), "4:3": (1184, 864), "3:4": (864, 1184),
    "5:4": (1152, 896), "4:5": (896, 1152), "16:9": (1344, 768), "9:16": (768, 1344), "21:9": (1536, 672),
}  # fmt: skip
_MODELS = {
    "gemini-3-pro-image": {"1K", "2K", "4K"},
    "gemini-3.1-flash-image": {"512", "1K", "2K", "4K"},
    "gemini-3.1-flash-lite-image": set(),
    "gemini-2.5-flash-image": set(),
}
_TIMES = {"512": 0.5, "1K": 1, "2K": 2, "4K": 4}
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_MOST = 20_000_000


class GeminiStandIn(StandIn):
    """Answers with words, a draft from its thinking, and the picture, in Google's sizes."""

    def authorized(self, asked):
        return asked.headers.get("x-goog-api-key") == self.key and "authorization" not in asked.headers

    def unauthorized(self):
        return self._error(
            400, [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        )

    def error(self, status):
        wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}
        return self._error(status, [wait] if status == 429 else [])

    def _error(self, status, details):
        said = {"code": status, "message": "Something about: make it nice", "details": details}
        return Answer.of({"error": {**said, "status": _STATUSES.get(status, "INVALID_ARGUMENT")}}, status)

    def answer(self, asked):
        named = re.fullmatch(r"/v1(?:beta)?/models/([a-z0-9.\-]+):generateContent", asked.path)
        if asked.method != "POST" or named is None or named[1] not in _MODELS:
            return self.error(404)
        if len(asked.body) > _MOST:
            return self.reject("too large")
        try:
            data, asks = _read(asked.json(), named[1])
            picture = pixels(data)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            return self.reject(f"{type(error).__name__}: {error}")
        redrawn = Image.fromarray(self.redraw(picture, None))
        return self.delivery(
            asked, encoded(redrawn.resize(asks, Image.Resampling.BILINEAR), compress_level=1)
        )

    def delivery(self, asked, picture):
        draft = encoded(np.full((64, 64, 3), 9, np.uint8))
        parts = [
            {"text": "Something about: make it nice", "thought": True},
            {"inlineData": _inline(draft), "thought": True},
            {"text": "Here it is."},
            {"inlineData": _inline(picture), "thoughtSignature": "c2lnbmF0dXJl"},
        ]
        return _said({"content": {"role": "model", "parts": parts}, "finishReason": "STOP"})

    def refuse(self, asked):
        return _said({"content": {}, "finishReason": "IMAGE_SAFETY", "finishMessage": "make it nice"})


def _inline(data):
    return {"mimeType": "image/png", "data": base64.b64encode(data).decode()}


def _said(candidate):
    return Answer.of({"candidates": [candidate], "usageMetadata": {"totalTokenCount": 1290}})


def _read(body, model):
    """Return the picture's bytes and the size of the answer, strictly."""
    assert set(body) == {"contents", "generationConfig"}, set(body)
    (content,) = body["contents"]
    assert set(content) == {"role", "parts"}
    assert content["role"] == "user"
    words = [part for part in content["parts"] if set(part) == {"text"}]
    held = [part for part in content["parts"] if set(part) == {"inlineData"}]
    assert content["parts"] == [*words, *held], "parts"
    assert len(words) == 1, "words"
    assert 1 <= len(held) <= (3 if model.startswith("gemini-2.5") else 14), "pictures"
    assert words[0]["text"], "no prompt"
    pictures = [_decoded(part["inlineData"]) for part in held]
    return pictures[0], _size(body["generationConfig"], model)


def _decoded(inline):
    assert set(inline) in ({"mimeType", "data"}, {"mime_type", "data"}), set(inline)
    try:
        data = base64.b64decode(inline["data"].translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        raise AssertionError("no base64") from None
    mime = inline.get("mimeType") or inline.get("mime_type")
    assert _KINDS.get(opened(data).format) == mime, "the picture is not what it says it is"
    return data


def _size(settings, model):
    assert not set(settings) - {"responseModalities", "imageConfig", "seed"}, set(settings)
    assert settings["responseModalities"] == ["IMAGE"]
    assert isinstance(settings.get("seed", 0), int), "seed"
    asked = settings["imageConfig"]
    assert not set(asked) - {"aspectRatio", "imageSize"}, set(asked)
    if "imageSize" in asked:
        assert asked["imageSize"] in _MODELS[model], asked["imageSize"]
    ratios = _EARLY if model.startswith("gemini-2.5") else _SIZES
    assert model.startswith("gemini-3.1") or asked["aspectRatio"] not in {"4:1", "1:4"}, "ratio"
    times = _TIMES[asked.get("imageSize", "1K")]
    across, down = ratios[asked["aspectRatio"]]
    return round(across * times), round(down * times)

"""OpenAI's images/edits, as its OpenAPI document and the reference describe it."""

from __future__ import annotations

import base64
import json
import re

import numpy as np
from tests.standins.pictures import encoded, form, opened, pixels
from tests.standins.server import Answer, StandIn

_TEXTS = {
    "model", "prompt", "n", "size", "quality", "background", "input_fidelity", "output_format",
    "output_compression", "stream", "partial_images", "user", "safety_identifier",
}  # fmt: skip
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_TYPES = {401: "invalid_request_error", 429: "rate_limit_error", 500: "server_error"}


def held(parts):
    """Return the images of a form, as (type, bytes), and its other files by name.

    One is called `image`, several are each called `image[]`; anything else is none.
    """
    files = [(name, (mime, content)) for name, file_name, mime, content in parts if file_name is not None]
    names = [name for name, _ in files if name.startswith("image")]
    fine = names == ["image"] or set(names) == {"image[]"}
    images = [file for name, file in files if name in {"image", "image[]"}] if fine else []
    others = {name: file for name, file in files if name not in {"image", "image[]"}}
    return images, others if len(others) + len(names) == len(files) else {"twice": None}


def results(drawn, count):
    """Return `count` encoded pictures that can be told apart, the first as it was drawn."""
    return [encoded(np.roll(drawn, number, axis=1)) for number in range(count)]


class OpenAIStandIn(StandIn):
    prefix = "/v1"

    def error(self, status):
        code = {401: "invalid_api_key", 402: "billing_hard_limit_reached", 429: "rate_limit_exceeded"}
        said = {
            "message": "Something about: make it nice",
            "type": _TYPES.get(status, "invalid_request_error"),
            "param": None,
            "code": code.get(status, "some_error"),
        }
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of({"error": said}, status, x_request_id="req_42", **extra)

    def answer(self, asked):
        if (asked.method, asked.path) == ("GET", "/v1/models"):
            return Answer.of({"object": "list", "data": []})
        if (asked.method, asked.path) != ("POST", "/v1/images/edits"):
            return self.error(404)
        try:
            parts = form(asked)
        except (AssertionError, TypeError):
            return self.reject("not a form")
        texts = {name: content.decode() for name, file_name, _, content in parts if file_name is None}
        images, files = held(parts)
        wrong = self._wrong(texts, images, files)
        if wrong:
            return self.reject(wrong)
        picture = pixels(images[0][1])
        hidden = np.asarray(opened(files["mask"][1]))[..., 3] == 0 if "mask" in files else None
        drawn = self.redraw(picture, hidden)
        if texts.get("stream") == "true":
            return self._events(encoded(drawn))
        return self.delivery(asked, *results(drawn, int(texts.get("n", 1))))

    def delivery(self, asked, *pictures):
        data = [{"b64_json": base64.b64encode(picture).decode()} for picture in pictures]
        return Answer.of({"created": 1, "data": data, "output_format": "png"}, x_request_id="req_42")

    def refuse(self, asked):
        return Answer.of({"created": 1, "data": []}, x_request_id="req_42")

    def _events(self, drawn):
        text = base64.b64encode(drawn).decode()
        events = [
            {"type": "image_edit.partial_image", "b64_json": text[:400], "partial_image_index": 0},
            {"type": "image_edit.completed", "b64_json": text},
        ]
        body = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
        return Answer(200, {"content-type": "text/event-stream"}, body.encode())

    def _wrong(self, texts, images, files):
        if unknown := set(texts) - _TEXTS:
            return f"unknown parameter {unknown}"
        if set(files) - {"mask"} or not 1 <= len(images) <= 16:
            return f"{len(images)} images, files {set(files)}"
        if not texts.get("prompt") or "model" not in texts:
            return "no prompt or model"
        if texts.get("n", "1") not in {str(number) for number in range(1, 11)}:
            return f"n {texts.get('n')}"
        if texts.get("stream") == "true" and texts.get("n", "1") != "1":
            return "several results in one stream"
        if any(_KINDS.get(opened(data).format) != mime for mime, data in images):
            return "the picture is not what it says it is"
        picture = opened(images[0][1])
        size = re.fullmatch(r"(\d+)x(\d+)", texts.get("size", ""))
        if size is None:
            return "no size"
        across, down = int(size[1]), int(size[2])
        free = texts["model"].startswith("gpt-image-2")
        fixed = (across, down) in {(1024, 1024), (1536, 1024), (1024, 1536)}
        fits = across % 16 == down % 16 == 0 and 655_360 <= across * down <= 8_294_400
        if not (fixed or (free and fits and max(across, down) <= 3 * min(across, down))):
            return f"size {across}x{down}"
        if free and "input_fidelity" in texts:
            return "input_fidelity"
        if "mask" in files:
            mime, data = files["mask"]
            mask = opened(data)
            if mime != "image/png" or mask.format != "PNG" or mask.mode != "RGBA" or len(data) >= 4 << 20:
                return "the mask is no PNG with alpha"
            if mask.size != picture.size:
                return "the mask has another size"
            if np.asarray(mask)[..., :3].any():
                return "something lies under the mask"
        return None

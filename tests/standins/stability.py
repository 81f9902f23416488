"""Stability AI's v2beta, as its description and the reference describe it."""

from __future__ import annotations

import re

import numpy as np
from PIL import Image
from tests.standins.pictures import encoded, form, opened, pixels
from tests.standins.server import Answer, StandIn

_ROOT = "/v2beta/stable-image"
_RELIGHT = "edit/replace-background-and-relight"
_COMMON = {"negative_prompt", "seed", "output_format"}
_FIELDS = {
    "edit/inpaint": {"prompt", "grow_mask"},
    "edit/search-and-replace": {"prompt", "search_prompt", "grow_mask"},
    _RELIGHT: {
        "background_prompt", "foreground_prompt", "preserve_original_subject", "original_background_depth",
        "keep_original_background", "light_source_direction", "light_source_strength",
    },
    "generate/sd3": {"prompt", "mode", "strength", "model", "cfg_scale"},
    "control/structure": {"prompt", "control_strength"},
}  # fmt: skip
_NEEDED = {
    "edit/search-and-replace": {"prompt", "search_prompt"},
    _RELIGHT: {"background_prompt"},
    "generate/sd3": {"prompt", "mode", "strength"},
}
_RANGES = {
    "grow_mask": (0, 100),
    "preserve_original_subject": (0, 1),
    "original_background_depth": (0, 1),
    "light_source_strength": (0, 1),
    "strength": (0, 1),
    "control_strength": (0, 1),
    "cfg_scale": (1, 10),
    "seed": (0, 4_294_967_294),
}
_CHOICES = {
    "mode": {"image-to-image"},
    "model": {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"},
    "output_format": {"png", "jpeg", "webp"},
    "light_source_direction": {"left", "right", "above", "below"},
    "keep_original_background": {"true", "false"},
}
_NARROW = {"edit/search-and-replace", _RELIGHT}
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_NAMES = {
    401: "unauthorized",
    402: "payment_required",
    403: "content_moderation",
    404: "not_found",
    413: "payload_too_large",
    422: "unprocessable_entity",
    429: "rate_limit_exceeded",
    500: "internal_error",
}
_MOST = 10 << 20


class StabilityStandIn(StandIn):
    """Answers relighting with a job that is finished at the third look."""

    ready_at = 3

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.looks = 0
        self.finished = b""

    def delivers(self, asked):
        return asked.method == "GET" or not asked.path.endswith(_RELIGHT)

    def error(self, status):
        said = {
            "id": "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4",
            "name": _NAMES.get(status, "bad_request"),
            "errors": ["prompt: something about make it nice"],
        }
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of(said, status, x_request_id="req-42", **extra)

    def answer(self, asked):
        if asked.method == "GET":
            return self._result(asked)
        way = asked.path.removeprefix(f"{_ROOT}/")
        if asked.method != "POST" or way not in _FIELDS:
            return self.error(404)
        if len(asked.body) > _MOST:
            return self.reject("larger than 10 MiB", 413)
        try:
            parts = form(asked)
        except (AssertionError, TypeError):
            return self.reject("not a form")
        wrong = self._wrong(way, asked, parts)
        if wrong:
            return self.reject(wrong)
        drawn = self._drawn(way, {name: content for name, _, _, content in parts})
        if way == _RELIGHT:
            self.finished = drawn
            return Answer.of({"id": "b0" * 32}, x_request_id="req-42")
        return self.delivery(asked, drawn)

    def _result(self, asked):
        if asked.path != f"/v2beta/results/{'b0' * 32}":
            return self.error(404)
        if asked.headers.get("accept") not in {"*/*", "application/json"}:
            return self.reject("accept")
        self.looks += 1
        if self.looks < self.ready_at:
            return Answer.of({"id": "b0" * 32, "status": "in-progress"}, 202)
        return self.delivery(asked, self.finished)

    def delivery(self, asked, picture):
        return self._bytes(picture, "SUCCESS")

    def refuse(self, asked):
        if asked.path.endswith(_RELIGHT):
            return self.answer(asked)
        blurred = encoded(np.full((64, 64, 3), 90, np.uint8))
        return self._bytes(blurred, "CONTENT_FILTERED")

    def _bytes(self, picture, reason):
        told = {"content-type": "image/png", "finish-reason": reason, "seed": "343940597"}
        return Answer(200, {**told, "x-request-id": "req-42"}, picture)

    def _drawn(self, way, contents):
        picture = pixels(contents["subject_image" if way == _RELIGHT else "image"])
        hidden = None
        if "mask" in contents:
            hidden = np.asarray(opened(contents["mask"]).convert("L")) > 127
        redrawn = Image.fromarray(self.redraw(picture, hidden))
        pixels_of = {"generate/sd3": 1 << 20, "control/structure": picture[..., 0].size}.get(way, 1 << 22)
        zoom = (pixels_of / (redrawn.width * redrawn.height)) ** 0.5
        size = (round(redrawn.width * zoom), round(redrawn.height * zoom))
        return encoded(redrawn.resize(size, Image.Resampling.BILINEAR), compress_level=1)

    def _wrong(self, way, asked, parts):
        texts = {name: content.decode() for name, file_name, _, content in parts if file_name is None}
        files = {name: (mime, content) for name, file_name, mime, content in parts if file_name is not None}
        picture = "subject_image" if way == _RELIGHT else "image"
        if len(texts) + len(files) != len(parts):
            return "a field twice"
        if asked.headers.get("accept") not in {"image/*", "application/json"}:
            return "accept"
        if unknown := set(texts) - _FIELDS[way] - _COMMON:
            return f"unknown field {unknown}"
        if missing := _NEEDED.get(way, {"prompt"}) - {name for name, said in texts.items() if said}:
            return f"{missing}: is required"
        if picture not in files or set(files) - {picture, *(["mask"] if way == "edit/inpaint" else [])}:
            return f"files {set(files)}"
        return _wrong_texts(texts) or _wrong_picture(way, *files[picture]) or _wrong_mask(files.get("mask"))


def _wrong_texts(texts):
    for name, said in texts.items():
        if name in _CHOICES and said not in _CHOICES[name]:
            return f"{name}: {said}"
        if name in _RANGES:
            low, high = _RANGES[name]
            if not re.fullmatch(r"\d+(\.\d+)?", said) or not low <= float(said) <= high:
                return f"{name}: {said}"
        if len(said) > 10_000:
            return f"{name}: too long"
    if "light_source_strength" in texts and "light_source_direction" not in texts:
        return "light_source_strength: needs a direction"
    return None


def _wrong_picture(way, mime, data):
    picture = opened(data)
    if _KINDS.get(picture.format) != mime:
        return "the picture is not what it says it is"
    across, down = picture.size
    if min(across, down) < 64 or not 4096 <= across * down <= 9_437_184:
        return f"size {across}x{down}"
    if way in _NARROW and max(across, down) > 2.5 * min(across, down):
        return f"aspect {across}x{down}"
    return None


def _wrong_mask(mask):
    if mask is None:
        return None
    mime, data = mask
    drawn = opened(data)
    if _KINDS.get(drawn.format) != mime or drawn.mode not in {"L", "RGB", "1"}:
        return "the mask is not black and white"
    return None

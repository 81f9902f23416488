"""Replicate's predictions, as its OpenAPI document and the models' own pages describe them."""

from __future__ import annotations

import re

from tests.standins.async_jobs import JobStandIn, WrongPicture, image_of, inline_picture, mask_of
from tests.standins.server import Answer

_FORMATS = ("png", "jpg", "webp")
_INPUTS = {
    "black-forest-labs/flux-kontext-pro": {
        "prompt", "input_image", "aspect_ratio", "prompt_upsampling", "seed", "output_format",
        "safety_tolerance",
    },
    "black-forest-labs/flux-2-pro": {
        "prompt", "input_images", "aspect_ratio", "resolution", "width", "height", "seed", "safety_tolerance",
        "output_format", "output_quality",
    },
    "black-forest-labs/flux-fill-pro": {
        "prompt", "image", "mask", "outpaint", "seed", "steps", "prompt_upsampling", "guidance",
        "safety_tolerance", "output_format",
    },
    "google/nano-banana": {"prompt", "image_input", "aspect_ratio", "output_format"},
    "google/nano-banana-pro": {
        "prompt", "image_input", "aspect_ratio", "resolution", "output_format", "safety_filter_level",
    },
    "somebody/inpainter": {"prompt", "init_image", "mask_image"},
}  # fmt: skip
_INPUTS["black-forest-labs/flux-kontext-max"] = _INPUTS["black-forest-labs/flux-kontext-pro"]
_PICTURES = ("input_image", "input_images", "image", "image_input", "init_image")
_VERSIONS = {"ab" * 32: "somebody/inpainter"}
_CREATED = 201


class ReplicateStandIn(JobStandIn):
    prefix = "/v1"

    def delivers(self, asked):
        return asked.path.startswith("/delivery/")

    def error(self, status):
        told = {"title": "Something", "detail": "Something about: make it nice", "status": status}
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of(told, status, **extra)

    def answer(self, asked):
        if asked.method == "GET" and asked.path.startswith("/delivery/"):
            return self._deliver(asked)
        job = re.fullmatch(r"/v1/predictions/([a-z0-9-]+)(/cancel)?", asked.path)
        if job and job[1] in self.drawn:
            return self._job(asked, job[1], stop=job[2] is not None)
        model = re.fullmatch(r"/v1/models/([\w.-]+/[\w.-]+)/predictions", asked.path)
        if asked.method != "POST" or not (model or asked.path == "/v1/predictions"):
            return self.error(404)
        return self._take(asked, model and model[1])

    def delivery(self, asked, picture):
        return Answer(200, {"content-type": "image/png"}, picture)

    def _take(self, asked, model):
        prefer = re.fullmatch(r"wait(?:=(\d+))?", asked.headers.get("prefer", "wait"))
        if asked.headers.get("content-type") != "application/json" or not prefer or int(prefer[1] or 60) > 60:
            return self.reject("no JSON, or another preference")
        said = asked.json()
        if set(said) - ({"input"} if model else {"input", "version"}):
            return self.reject("unknown fields", 422)
        model = model or _VERSIONS.get(said.get("version"))
        if model not in _INPUTS:
            return self.error(404)
        given = said.get("input", {})
        if (unknown := set(given) - _INPUTS[model]) or not isinstance(given.get("prompt"), str):
            return self.reject(f"no prompt, or unknown inputs {unknown}", 422)
        try:
            picture, mask = _pictures(given, model)
        except WrongPicture as wrong:
            return self.reject(str(wrong), 422)
        if wrong := _numbers(given, model):
            return self.reject(wrong, 422)
        size = (given["width"], given["height"]) if given.get("aspect_ratio") == "custom" else None
        name = self.started(picture, mask, size)
        return self._told(name, self.looks == 0, _CREATED)

    def _job(self, asked, name, stop):
        if stop and asked.method == "POST":
            self.stopped.append(name)
            return Answer.of({"id": name, "status": "canceled"})
        return self.error(405) if stop or asked.method != "GET" else self._told(name, self.done(name))

    def _told(self, name, over, status=200):
        at = f"{self.root}/v1/predictions/{name}"
        told = {
            "id": name, "version": "hidden", "input": {"prompt": "make it nice"}, "output": None,
            "error": None,
            "status": "processing" if self.looked[name] > 1 else "starting", "logs": "make it nice",
            "urls": {"get": at, "cancel": f"{at}/cancel"}, "metrics": {},
        }  # fmt: skip
        if over and self.moderated:
            text = "The input or output was flagged as sensitive: make it nice. (E005)"
            told |= {"status": "failed", "error": text}
        elif over:
            told |= {"status": "succeeded", "output": f"{self.root}/delivery/{name}.png"}
        if over:
            told |= self.ending or {}
        return Answer.of(told, status)

    def _deliver(self, asked):
        if "authorization" in asked.headers:
            return self.reject("the key came along to where it does not belong", 403)
        name = asked.path.removeprefix("/delivery/").removesuffix(".png")
        return self.delivery(asked, self.drawn[name]) if name in self.drawn else Answer(404)


def _pictures(given, model):
    name = next((each for each in _PICTURES if each in given), None)
    listed = name in {"input_images", "image_input"}
    if name is None or isinstance(given[name], list) is not listed:
        raise WrongPicture("no picture, or not in a list where a list is asked for")
    picture = image_of(inline_picture(given[name][0] if listed else given[name]))
    mask = next((given[each] for each in ("mask", "mask_image") if each in given), None)
    return picture, None if mask is None else mask_of(inline_picture(mask), picture)


def _numbers(given, model):
    if given.get("output_format", "png") not in _FORMATS:
        return "output_format"
    most = {"flux-2": 5, "flux-k": 2}.get(model.partition("/")[2][:6], 6)
    tolerance = given.get("safety_tolerance", 2)
    if type(tolerance) is not int or tolerance > most or type(given.get("seed", 0)) is not int:
        return "safety_tolerance or seed"
    ratio = given.get("aspect_ratio", "match_input_image")
    if ratio == "custom":
        sides = given.get("width"), given.get("height")
        if any(type(side) is not int or side % 16 or not 256 <= side <= 2048 for side in sides):
            return "width or height"
    elif ratio != "match_input_image" or "width" in given:
        return "aspect_ratio"
    return None

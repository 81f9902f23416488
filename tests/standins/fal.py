"""fal's queue, as its Python client and the models' own pages describe it."""

from __future__ import annotations

import base64
import re

from tests.standins.async_jobs import JobStandIn, WrongPicture, image_of, inline_picture, mask_of
from tests.standins.server import Answer

_SHARED = {"prompt", "seed", "output_format", "sync_mode", "safety_tolerance"}
_MANY = _SHARED | {"num_images"}
_KONTEXT = _MANY | {"image_url", "guidance_scale", "aspect_ratio"}
_FLUX_2 = _SHARED | {"image_urls", "image_size", "enable_safety_checker"}
_BANANA = _MANY | {"image_urls", "aspect_ratio"}
_FIELDS = {
    "fal-ai/flux-pro/kontext": _KONTEXT,
    "fal-ai/flux-pro/kontext/max": _KONTEXT,
    "fal-ai/flux-2-pro/edit": _FLUX_2,
    "fal-ai/flux-2-max/edit": _FLUX_2,
    "fal-ai/flux-pro/v1/fill": _MANY | {"image_url", "mask_url"},
    "fal-ai/nano-banana/edit": _BANANA,
    "fal-ai/nano-banana-2/edit": _BANANA | {"resolution"},
    "fal-ai/nano-banana-pro/edit": _BANANA | {"resolution"},
    "somebody/inpainter": {"prompt", "init_images", "mask", "sync_mode"},
}
_JOB = re.compile(r"/([\w.-]+/[\w.-]+)/requests/([a-z0-9-]+)(/status|/cancel)?")


class FalStandIn(JobStandIn):
    inline = True
    """Whether a model keeps to `sync_mode`; some answer with an address all the same."""

    def authorized(self, asked):
        return asked.path.startswith("/files/") or asked.headers.get("authorization") == f"Key {self.key}"

    def delivers(self, asked):
        job = _JOB.fullmatch(asked.path)
        return asked.method == "GET" and job is not None and job[3] is None

    def error(self, status):
        extra = {"retry_after": "7"} if status == 429 else {}
        if status == 422:
            wrong = {
                "loc": ["body", "prompt"],
                "msg": "make it nice",
                "type": "value_error",
                "url": "https://x.y",
            }
            return Answer.of({"detail": [wrong]}, 422, x_fal_request_id="job-1")
        return Answer.of({"detail": "Something about: make it nice"}, status, **extra)

    def answer(self, asked):
        if asked.method == "GET" and asked.path.startswith("/files/"):
            return self._file(asked)
        if not self.authorized(asked):
            return self.error(401)
        job = _JOB.fullmatch(asked.path)
        if job and job[2] in self.drawn:
            return self._job(asked, job)
        model = asked.path.removeprefix("/")
        if asked.method != "POST" or model not in _FIELDS:
            return self.error(404)
        return self._take(asked, model)

    def refuse(self, asked):
        if self.carries(asked):
            return self.answer(asked)
        black = self._images(self.drawn["job-1"])
        return Answer.of({**black, "has_nsfw_concepts": [True], "prompt": "make it nice"})

    def delivery(self, asked, picture):
        return Answer.of({**self._images(picture), "has_nsfw_concepts": [False], "prompt": "make it nice"})

    def _images(self, picture):
        url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        if not self.inline:
            url = f"{self.root}/files/job-1.png"
        return {"images": [{"url": url, "width": 8, "height": 8, "content_type": "image/png"}], "seed": 1}

    def _take(self, asked, model):
        if asked.headers.get("content-type") != "application/json":
            return self.reject("no JSON", 422)
        said = asked.json()
        if (unknown := set(said) - _FIELDS[model]) or not isinstance(said.get("prompt"), str):
            return self.reject(f"no prompt, or unknown fields {unknown}", 422)
        try:
            picture, mask = _pictures(said)
        except WrongPicture as wrong:
            return self.reject(str(wrong), 422)
        if wrong := _others(said):
            return self.reject(wrong, 422)
        size = said.get("image_size")
        name = self.started(picture, mask, size and (size["width"], size["height"]))
        at = f"{self.root}/{'/'.join(model.split('/')[:2])}/requests/{name}"
        named = {f"{each}_url": f"{at}/{each}" for each in ("status", "cancel")}
        told = {"status": "IN_QUEUE", "request_id": name, "response_url": at, "queue_position": 0, **named}
        return Answer.of(told, x_fal_request_id=name)

    def _job(self, asked, job):
        match asked.method, job[3]:
            case "PUT", "/cancel":
                self.stopped.append(job[2])
                return Answer.of({"status": "CANCELLATION_REQUESTED"}, 202)
            case "GET", "/status":
                return self._look(job[2])
            case "GET", None:
                return self.ended() if self.ending else self.delivery(asked, self.drawn[job[2]])
        return self.error(405)

    def _look(self, name):
        if not self.done(name):
            waiting = {"status": "IN_QUEUE", "queue_position": 1}
            return Answer.of(
                waiting if self.looked[name] == 1 else {"status": "IN_PROGRESS", "logs": []}, 202
            )
        told = {"status": "COMPLETED", "logs": [], "metrics": {"inference_time": 2.0}}
        return Answer.of(told | (self.ending or {}))

    def ended(self):
        """The answer of a model that failed."""
        return self.error(422)

    def _file(self, asked):
        if "authorization" in asked.headers:
            return self.reject("the key came along to where it does not belong", 403)
        return Answer(200, {"content-type": "image/png"}, self.drawn["job-1"])


def _pictures(said):
    listed = next((each for each in ("image_urls", "init_images") if each in said), None)
    if listed and not (isinstance(said[listed], list) and len(said[listed]) == 1):
        raise WrongPicture("not a list")
    picture = image_of(inline_picture(said[listed][0] if listed else said.get("image_url")))
    mask = said.get("mask_url", said.get("mask"))
    return picture, None if mask is None else mask_of(inline_picture(mask), picture)


def _others(said):
    if said.get("output_format", "png") not in ("png", "jpeg", "webp") or said.get("sync_mode") is not True:
        return "output_format or sync_mode"
    if said.get("safety_tolerance", "2") not in ("1", "2", "3", "4", "5", "6"):
        return "safety_tolerance is a text"
    if type(said.get("seed", 1)) is not int or said.get("resolution", "1K") not in ("1K", "2K", "4K"):
        return "seed or resolution"
    size = said.get("image_size")
    if size is not None and any(side % 16 or not 512 <= side <= 2048 for side in size.values()):
        return "image_size"
    return None

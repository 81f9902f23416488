"""Black Forest Labs' API, as its reference pages describe it."""

from __future__ import annotations

from tests.standins.async_jobs import JobStandIn, WrongPicture, image_of, mask_of, plain_picture
from tests.standins.server import Answer

_SHARED = {"prompt", "seed", "safety_tolerance", "output_format", "webhook_url", "webhook_secret"}
_FLUX_2 = _SHARED | {"input_image", "width", "height"} | {f"input_image_{n}" for n in range(2, 9)}
_KONTEXT = _SHARED | {"input_image", "aspect_ratio", "prompt_upsampling"}
_FILL = _SHARED | {"image", "mask", "steps", "guidance", "prompt_upsampling"}
_FIELDS = {
    "flux-2-pro": _FLUX_2,
    "flux-2-max": _FLUX_2,
    "flux-2-klein-4b": _FLUX_2,
    "flux-2-klein-9b": _FLUX_2,
    "flux-2-flex": _FLUX_2 | {"steps", "guidance", "prompt_upsampling"},
    "flux-kontext-pro": _KONTEXT,
    "flux-kontext-max": _KONTEXT,
    "flux-pro-1.0-fill": _FILL,
}


class BFLStandIn(JobStandIn):
    def authorized(self, asked):
        return asked.headers.get("x-key") == self.key

    def unauthorized(self):
        return self.error(403)

    def delivers(self, asked):
        return asked.path.startswith("/delivery/")

    def error(self, status):
        if status == 422:
            wrong = {"loc": ["body", "prompt"], "msg": "make it nice is wrong", "type": "value_error"}
            return Answer.of({"detail": [wrong]}, 422)
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of({"detail": "Something about: make it nice"}, status, **extra)

    def answer(self, asked):
        if asked.method == "GET" and asked.path.startswith("/delivery/"):
            return self._deliver(asked)
        if asked.method == "GET" and asked.path == "/v1/get_result":
            return self._look(asked)
        model = asked.path.removeprefix("/v1/")
        if asked.method != "POST" or model not in _FIELDS:
            return self.error(404)
        return self._take(asked, model)

    def delivery(self, asked, picture):
        return Answer(200, {"content-type": "image/png"}, picture)

    def _take(self, asked, model):
        if asked.headers.get("content-type") != "application/json":
            return self.reject("no JSON", 422)
        said = asked.json()
        if unknown := set(said) - _FIELDS[model]:
            return self.reject(f"unknown fields {unknown}", 422)
        if not isinstance(said.get("prompt"), str) or said.get("output_format", "jpeg") not in (
            "jpeg",
            "png",
        ):
            return self.reject("no prompt, or another format", 422)
        try:
            picture = image_of(plain_picture(said.get("image" if model.endswith("fill") else "input_image")))
            mask = mask_of(plain_picture(said["mask"]), picture) if "mask" in said else None
        except WrongPicture as wrong:
            return self.reject(str(wrong), 422)
        if wrong := self._numbers(said, model, picture):
            return self.reject(wrong, 422)
        size = (said["width"], said["height"]) if said.get("width") else None
        name = self.started(picture, mask, size)
        polling = f"{self.root}/v1/get_result?id={name}"
        return Answer.of({"id": name, "polling_url": polling, "cost": 3.0, "input_mp": 1.0, "output_mp": 1.0})

    def _numbers(self, said, model, picture):
        tolerated = {"flux-2": 5, "flux-k": 2, "flux-p": 6}[model[:6]]
        tolerance = said.get("safety_tolerance", 2)
        if type(tolerance) is not int or not 0 <= tolerance <= tolerated:
            return "safety_tolerance"
        if type(said.get("seed", 0)) is not int or type(said.get("prompt_upsampling", False)) is not bool:
            return "seed or prompt_upsampling"
        for side in (said.get("width", 0), said.get("height", 0)):
            if type(side) is not int or side % 16 or (side and side < 64):
                return "width or height"
        if said.get("width", 0) * said.get("height", 0) > 4_000_000:
            return "more than 4 MP"
        return "more than 20 MP" if picture.shape[0] * picture.shape[1] > 20_000_000 else None

    def _look(self, asked):
        name = asked.query.get("id", [""])[0]
        if name not in self.drawn:
            return Answer.of({"id": name, "status": "Task not found", "result": None}, 404)
        told = {"id": name, "status": "Pending", "result": None, "progress": 0.4, "details": None}
        if self.done(name):
            if self.moderated:
                told["status"], told["details"] = (
                    "Request Moderated",
                    {"Moderation Reasons": ["make it nice"]},
                )
            else:
                sample = f"{self.root}/delivery/{name}.png?signature=abc"
                told |= {"status": "Ready", "result": {"sample": sample, "prompt": "make it nice", "seed": 1}}
            told |= self.ending or {}
        return Answer.of(told)

    def _deliver(self, asked):
        if "x-key" in asked.headers or "authorization" in asked.headers:
            return self.reject("the key came along to where it does not belong", 403)
        name = asked.path.removeprefix("/delivery/").removesuffix(".png")
        if name not in self.drawn or asked.query.get("signature") != ["abc"]:
            return Answer(403, {"content-type": "application/xml"}, b"<Error/>")
        return self.delivery(asked, self.drawn[name])

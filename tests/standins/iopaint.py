"""IOPaint's `/api/v1/inpaint`, as its schema and the reference describe it."""

from __future__ import annotations

from tests.standins.diffusion import inpainted, plain_base64, white_mask
from tests.standins.pictures import encoded, is_json, pixels
from tests.standins.server import Answer, StandIn

_KINDS = {
    "image": str, "mask": str, "prompt": str, "negative_prompt": str, "sd_seed": int, "sd_strength": float,
    "sd_steps": int, "sd_guidance_scale": float, "sd_keep_unmasked_area": bool, "sd_mask_blur": int,
    "hd_strategy": str,
}  # fmt: skip


class IOPaintStandIn(StandIn):
    def carries(self, asked):
        return asked.path == "/api/v1/inpaint"

    delivers = carries

    def authorized(self, asked):
        return "authorization" not in asked.headers

    def error(self, status):
        said = {"error": "HTTPException", "detail": "make it nice", "body": "", "errors": "make it nice"}
        return Answer.of(said, status, **({"retry_after": "7"} if status == 429 else {}))

    def answer(self, asked):
        if (asked.method, asked.path) != ("POST", "/api/v1/inpaint"):
            return self.error(404)
        if asked.headers.get("content-type") != "application/json" or not is_json(asked.body):
            return self.reject("no JSON", 422)
        said = asked.json()
        for name, value in said.items():
            kind = _KINDS.get(name)
            if kind is None or not isinstance(value, (kind, int) if kind is float else kind):
                return self.reject(f"{name} is unknown or of another kind", 422)
        image, mask = (plain_base64(said.get(name)) for name in ("image", "mask"))
        if not image or not mask:
            return self.reject("image or mask is no base64", 500)
        if said.get("sd_strength", 1.0) > 1:
            return self.reject("sd_strength", 422)
        picture = pixels(image)
        marked = white_mask(mask, picture.shape[1::-1])
        if isinstance(marked, str):
            return self.reject(marked)
        return self.delivery(asked, encoded(inpainted(self.redraw, picture, marked)))

    def delivery(self, asked, picture):
        kind = "image/png" if picture.startswith(b"\x89PNG") else "text/html"
        return Answer(200, {"content-type": kind, "x-seed": "42"}, picture)

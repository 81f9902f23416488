"""AUTOMATIC1111's `/sdapi/v1/img2img`, as its API and the reference describe it."""

from __future__ import annotations

import base64
import json

from tests.standins.diffusion import inpainted, plain_base64, white_mask
from tests.standins.pictures import encoded, is_json, opened, pixels
from tests.standins.server import Answer, StandIn

_KINDS = {
    "init_images": list, "mask": str, "prompt": str, "negative_prompt": str, "width": int, "height": int,
    "denoising_strength": float, "steps": int, "cfg_scale": float, "sampler_name": str, "seed": int,
    "resize_mode": int, "mask_blur": int, "inpainting_fill": int, "inpaint_full_res": bool,
    "inpaint_full_res_padding": int, "inpainting_mask_invert": int, "batch_size": int, "n_iter": int,
    "send_images": bool, "save_images": bool, "include_init_images": bool, "override_settings": dict,
    "override_settings_restore_afterwards": bool,
}  # fmt: skip


class Automatic1111StandIn(StandIn):
    key = "somebody:opensesame"

    image_format = "PNG"
    """What its option `samples_format` says."""

    def carries(self, asked):
        return asked.path == "/sdapi/v1/img2img"

    delivers = carries

    def authorized(self, asked):
        name = base64.b64encode(self.key.encode()).decode()
        return asked.headers.get("authorization") == f"Basic {name}"

    def error(self, status):
        said = {"error": "HTTPException", "detail": "make it nice", "body": "", "errors": "make it nice"}
        return Answer.of(said, status, **({"retry_after": "7"} if status == 429 else {}))

    def answer(self, asked):
        match asked.method, asked.path:
            case "GET", "/sdapi/v1/progress":
                if asked.query != {"skip_current_image": ["true"]} or asked.body:
                    return self.reject("progress with the picture of somebody's job")
                return Answer.of({"progress": 0.0, "eta_relative": 0.0, "state": {}, "current_image": None})
            case "POST", "/sdapi/v1/interrupt":
                return Answer.of({})
            case "POST", "/sdapi/v1/img2img":
                return self._img2img(asked)
        return self.error(404)

    def _img2img(self, asked):
        if asked.headers.get("content-type") != "application/json" or not is_json(asked.body):
            return self.reject("no JSON", 422)
        said = asked.json()
        if wrong := self._wrong(said):
            return self.reject(wrong, 422)
        picture = pixels(plain_base64(said["init_images"][0]))
        marked = None
        if "mask" in said:
            marked = white_mask(plain_base64(said["mask"]), picture.shape[1::-1])
            if isinstance(marked, str):
                return self.reject(marked, 500)
            if said.get("inpainting_mask_invert"):
                marked = ~marked
        return self.delivery(asked, encoded(inpainted(self.redraw, picture, marked), self.image_format))

    def _wrong(self, said):
        for name, value in said.items():
            kind = _KINDS.get(name)
            if kind is None or not isinstance(value, (kind, int) if kind is float else kind):
                return f"{name} is unknown or of another kind"
        images = said.get("init_images")
        if not isinstance(images, list) or len(images) != 1:
            return "Init image not found"
        for text in [*images, *([said["mask"]] if "mask" in said else [])]:
            if plain_base64(text) is None:
                return "Invalid encoded image"
        size = said.get("width", 512), said.get("height", 512)
        if opened(plain_base64(images[0])).size != size or size[0] % 8 or size[1] % 8:
            return f"the picture would be squashed into {size}"
        if not 0 <= said.get("denoising_strength", 0.75) <= 1 or said.get("save_images"):
            return "denoising_strength, or the picture would be kept"
        return None

    def delivery(self, asked, picture):
        info = json.dumps({"prompt": "make it nice", "seed": 1})
        text = base64.b64encode(picture).decode()
        return Answer.of({"images": [text], "parameters": {"init_images": None, "mask": None}, "info": info})

    def refuse(self, asked):
        return Answer.of({"images": [], "parameters": {}, "info": "{}"})

"""OpenAI-shaped servers, each as strict as its own documents say."""

from __future__ import annotations

import base64

import numpy as np
from tests.standins.diffusion import inpainted, white_mask
from tests.standins.openai import OpenAIStandIn, held, results
from tests.standins.pictures import form, opened, pixels
from tests.standins.server import Answer


class ShapedStandIn(OpenAIStandIn):
    """What they share; a subclass says which fields and files it knows."""

    path = "/v1/images/edits"
    texts = frozenset({"model", "prompt", "n", "size", "response_format"})
    needed = frozenset({"prompt"})
    masks: frozenset[str] = frozenset()
    most = results = 1

    def carries(self, asked):
        return asked.path == self.path

    delivers = carries

    def answer(self, asked):
        if (asked.method, asked.path) != ("POST", self.path):
            return self.error(404)
        try:
            parts = form(asked)
        except (AssertionError, TypeError):
            return self.reject("not a form", 422)
        texts = {name: content.decode() for name, file_name, _, content in parts if file_name is None}
        images, others = held(parts)
        files = {name: file[1] for name, file in others.items()}
        if set(texts) - self.texts or not set(texts) >= self.needed or not texts["prompt"]:
            return self.reject(f"fields {set(texts)}", 422)
        if set(files) - self.masks or not 1 <= len(images) <= self.most:
            return self.reject(f"{len(images)} images, files {set(files)}", 422)
        if "n" in self.texts and not 1 <= int(texts.get("n", 1)) <= self.results:
            return self.reject("n", 422)
        files["image"] = images[0][1]
        picture = opened(files["image"])
        if "size" in self.texts and texts.get("size") != f"{picture.width}x{picture.height}":
            return self.reject("another size than the picture's")
        drawn = self.drawn(picture, files)
        if isinstance(drawn, str):
            return self.reject(drawn)
        return self.delivery(asked, *results(drawn, int(texts.get("n", 1))))

    def drawn(self, picture, files):
        raise NotImplementedError

    def whole(self, picture):
        return inpainted(self.redraw, np.asarray(picture.convert("RGB")), None)


class LiteLLMStandIn(ShapedStandIn):
    texts = ShapedStandIn.texts - {"response_format"} | {"quality", "background"}
    needed = frozenset({"prompt", "model"})
    masks = frozenset({"mask"})
    most, results = 16, 10

    def drawn(self, picture, files):
        mask = opened(files["mask"])
        if mask.mode != "RGBA" or mask.size != picture.size or np.asarray(mask)[..., :3].any():
            return "the mask is not OpenAI's"
        return self.whole(picture)


class VLLMOmniStandIn(ShapedStandIn):
    texts = ShapedStandIn.texts | {
        "output_format", "seed", "num_inference_steps", "guidance_scale", "negative_prompt",
    }  # fmt: skip
    masks = frozenset({"mask_image"})

    def error(self, status):
        return Answer.of(
            {"detail": "make it nice"}, status, **({"retry_after": "7"} if status == 429 else {})
        )

    def delivery(self, asked, picture):
        one = {"b64_json": base64.b64encode(picture).decode(), "url": None, "revised_prompt": "make it nice"}
        return Answer.of({"created": 1, "data": [one], "output_format": None, "size": None})

    def drawn(self, picture, files):
        if "mask_image" not in files:
            return self.whole(picture)
        marked = white_mask(files["mask_image"], picture.size)
        return marked if isinstance(marked, str) else inpainted(self.redraw, pixels(files["image"]), marked)


class SGLangStandIn(VLLMOmniStandIn):
    """It takes a mask and does nothing with it: whoever sends one believes something that is not so."""

    masks = frozenset()

    def delivery(self, asked, picture):
        text = base64.b64encode(picture).decode()
        one = {"b64_json": text, "revised_prompt": "make it nice", "file_path": "/srv/outputs/1.png"}
        return Answer.of({"data": [one]})

    def drawn(self, picture, files):
        return self.whole(picture)


class LocalAIStandIn(ShapedStandIn):
    """It draws 512×512 and answers with an address of its own."""

    path = "/v1/images/inpainting"
    texts = frozenset({"model", "prompt", "steps"})
    needed = frozenset({"model", "prompt"})
    masks = frozenset({"mask"})

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.kept = b""

    def delivers(self, asked):
        return asked.path.startswith("/generated-images/")

    def authorized(self, asked):
        return self.delivers(asked) or super().authorized(asked)

    def error(self, status):
        said = {"error": {"code": status, "message": "make it nice", "type": ""}}
        return Answer.of(said, status, **({"retry_after": "7"} if status == 429 else {}))

    def answer(self, asked):
        if asked.method == "GET" and self.delivers(asked):
            if "authorization" in asked.headers:
                self.problems.append("the key was shown at a download")
            return self.delivery(asked, self.kept)
        return super().answer(asked)

    def drawn(self, picture, files):
        if picture.size != (512, 512):
            return "the picture would be squashed"
        if "mask" not in files:
            return "missing mask file"
        marked = white_mask(files["mask"], picture.size)
        return marked if isinstance(marked, str) else inpainted(self.redraw, pixels(files["image"]), marked)

    def delivery(self, asked, picture):
        if self.delivers(asked):
            return Answer(200, {"content-type": "image/png"}, picture)
        self.kept = picture
        return Answer.of(
            {"created": 1, "id": "1", "data": [{"url": f"{self.root}/generated-images/out_1.png"}]}
        )

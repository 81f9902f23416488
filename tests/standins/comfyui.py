"""ComfyUI's upload, prompt, history and view, as its server and the reference describe them."""

from __future__ import annotations

import numpy as np
from tests.standins.diffusion import inpainted
from tests.standins.pictures import encoded, form, is_json, opened, pixels
from tests.standins.server import Answer, StandIn

CHECKPOINT = "dream shaper/v8 (inpaint).safetensors"
_JOB = "0f0e1d2c-3b4a-4958-8776-655443322110"
_NODES = {
    "CheckpointLoaderSimple": {"ckpt_name"},
    "CLIPTextEncode": {"text", "clip"},
    "LoadImage": {"image"},
    "LoadImageMask": {"image", "channel"},
    "InvertMask": {"mask"},
    "VAEEncode": {"pixels", "vae"},
    "SetLatentNoiseMask": {"samples", "mask"},
    "KSampler": {
        "model", "positive", "negative", "latent_image", "seed", "steps", "cfg", "sampler_name",
        "scheduler", "denoise",
    },
    "VAEDecode": {"samples", "vae"},
    "PreviewImage": {"images"},
}  # fmt: skip


class ComfyUIStandIn(StandIn):
    """Holds files and one job; the first two looks at the history come too early."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.files: dict[str, bytes] = {}
        self.history: dict[str, dict] = {}
        self.graph: dict | None = None
        self.interrupted: list[str] = []
        self.looks = 0
        self.fails = False

    def carries(self, asked):
        return asked.path == "/upload/image"

    def delivers(self, asked):
        return asked.path == "/view"

    def authorized(self, asked):
        return "authorization" not in asked.headers

    def error(self, status, code="prompt_outputs_failed_validation", nodes=None):
        said = {"type": code, "message": "make it nice", "details": "make it nice", "extra_info": {}}
        extra = {"retry_after": "7"} if status == 429 else {}
        return Answer.of({"error": said, "node_errors": nodes or {}}, status, **extra)

    def answer(self, asked):
        match asked.method, asked.path:
            case "GET", "/object_info/CheckpointLoaderSimple":
                inputs = {"required": {"ckpt_name": [[CHECKPOINT, "other.safetensors"], {"tooltip": "…"}]}}
                return Answer.of({"CheckpointLoaderSimple": {"input": inputs}})
            case "POST", "/upload/image":
                return self._upload(asked)
            case "POST", "/prompt":
                return self._prompt(asked)
            case "GET", path if path == f"/history/{_JOB}":
                return self._look()
            case "POST", "/history":
                if asked.json() != {"delete": [_JOB]}:
                    return self.reject("the history of other jobs")
                self.history.pop(_JOB)
                return Answer()
            case "POST", "/interrupt":
                self.interrupted.append(asked.json()["prompt_id"])
                return Answer()
            case "GET", "/view":
                return self._view(asked)
        return self.reject(f"{asked.method} {asked.path}", 404)

    def _upload(self, asked):
        parts = {name: (file_name, content) for name, file_name, _, content in form(asked)}
        if set(parts) - {"image", "type", "subfolder", "overwrite"} or "image" not in parts:
            return self.reject(f"parts {set(parts)}")
        kind = parts.get("type", (None, b"input"))[1].decode()
        file_name, data = parts["image"]
        if not file_name or kind not in {"input", "temp"}:
            return self.reject("no file name")
        stem, _, ending = file_name.rpartition(".")
        taken = sum(name.startswith(stem) for name in self.files)
        name = f"{stem} ({taken}).{ending}" if taken else file_name
        self.files[f"{name} [{kind}]"] = data
        return Answer.of({"name": name, "subfolder": "", "type": kind})

    def _prompt(self, asked):
        if asked.headers.get("content-type") != "application/json" or not is_json(asked.body):
            return self.reject("no JSON")
        said = asked.json()
        if set(said) - {"prompt", "client_id", "prompt_id"} or "prompt" not in said:
            return self.reject("no_prompt")
        if (wrong := self._wrong(said["prompt"])) is not None:
            name, code = wrong
            nodes = {name: {"errors": [{"type": code, "message": "make it nice"}], "dependent_outputs": []}}
            self.problems.append(f"{name}: {code}")
            return self.error(400, nodes=nodes)
        self.graph = said["prompt"]
        return Answer.of({"prompt_id": _JOB, "number": 1, "node_errors": {}})

    def _wrong(self, graph):
        for name, node in graph.items():
            wants = _NODES.get(node["class_type"])
            inputs = node["inputs"]
            if wants is None or set(inputs) != wants:
                return name, "required_input_missing"
            for each in inputs.values():
                if isinstance(each, list) and each[0] not in graph:
                    return name, "bad_linked_input"
            if node["class_type"].startswith("LoadImage") and inputs["image"] not in self.files:
                return name, "custom_validation_failed"
            if inputs.get("ckpt_name", CHECKPOINT) not in {CHECKPOINT, "other.safetensors"}:
                return name, "value_not_in_list"
            if node["class_type"] == "KSampler" and not (
                type(inputs["seed"]) is type(inputs["steps"]) is int and 0 <= inputs["denoise"] <= 1
            ):
                return name, "invalid_input_type"
        return None

    def _look(self):
        self.looks += 1
        if self.looks < 3:
            return Answer.of({})
        picture = {"filename": "ComfyUI_temp_abcde_00001_.png", "subfolder": "", "type": "temp"}
        done = {"status_str": "success", "completed": True, "messages": []}
        if self.fails:
            done = {"status_str": "error", "completed": False, "messages": [["execution_error", {}]]}
        outputs = {"result": {"images": [picture]}}
        record = {"prompt": [1, _JOB, self.graph], "outputs": outputs, "status": done}
        self.history[_JOB] = record
        return Answer.of({_JOB: record})

    def _view(self, asked):
        wanted = {"filename": ["ComfyUI_temp_abcde_00001_.png"], "type": ["temp"], "channel": ["rgb"]}
        if asked.query != wanted:
            return self.reject(f"view of {asked.query}", 404)
        return self.delivery(asked, encoded(self._drawn()))

    def _drawn(self):
        """Carry the graph out, as far as pictures and masks go."""
        nodes = {node["class_type"]: node["inputs"] for node in self.graph.values()}
        picture = pixels(self.files[nodes["LoadImage"]["image"]])
        if "SetLatentNoiseMask" not in nodes:
            return inpainted(self.redraw, picture, None)
        mask = opened(self.files[nodes["LoadImageMask"]["image"]]).convert("RGBA")
        if mask.size != picture.shape[1::-1] or np.asarray(mask)[..., :3].any():
            self.problems.append("the mask has another size, or something lies under it")
        marked = np.asarray(mask)[..., 3] < 128
        source, _ = nodes["SetLatentNoiseMask"]["mask"]
        inverted = self.graph[source]["class_type"] == "InvertMask"
        return inpainted(self.redraw, picture, ~marked if inverted else marked)

    def delivery(self, asked, picture):
        return Answer(200, {"content-type": "image/png"}, picture)

    def refuse(self, asked):
        return Answer.of({})

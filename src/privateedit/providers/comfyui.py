"""ComfyUI: upload picture and mask, queue a workflow, watch its history, fetch the result.

Wire format: `server.py`, `nodes.py` and `execution.py` of ComfyUI 0.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import (
    BadReply,
    InputError,
    ProviderError,
    RequestRejected,
    ServiceDown,
)
from privateedit.providers.diffusion import OPTIONS, Dials, diffusion_frame
from privateedit.providers.plan import Form, Found, Json, Outline, Picture, Polarity, Request, Step, Value
from privateedit.providers.reply import Reply, dig, shown
from privateedit.providers.service import MaskUse, Order, Profile, Redraws
from privateedit.providers.workflow import Workflow, shipped_workflow

_LOADER = "CheckpointLoaderSimple"
_FOUND, _USUAL = 200, "v1-5-pruned-emaonly.safetensors"  # what ComfyUI's own first workflow names
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


class ComfyUI:
    """A ComfyUI server of one's own, with the shipped workflow or another.

    Args:
        workflow: text of a workflow in API format, with places such as ``{{image}}``; empty for the
            shipped one, which redraws all but the masked part.

    Raises:
        InputError: the workflow cannot be used.
    """

    profile = Profile(
        name="comfyui",
        title="ComfyUI",
        base_url="http://127.0.0.1:8188",
        key_needed=False,
        redraws=Redraws.WORKFLOW,
        mask=MaskUse.EXACT,
        retention="your own server; pictures lie in its folder for temporary files until it is started anew",
        options=MappingProxyType(
            {
                **{name: text for name, text in OPTIONS.items() if name != "area"},
                "workflow": "file with a workflow of your own, exported with Export (API), "
                "in which {{image}} and {{prompt}} are inputs",
            }
        ),
        patience=1800.0,
        check="/system_stats",
    )

    def __init__(self, workflow: str = "") -> None:
        self._own = bool(workflow)
        self._workflow = Workflow.parse(workflow or shipped_workflow())

    def configured(self, options: Mapping[str, str], read: Callable[[str], str]) -> ComfyUI:
        """Return the adapter with the workflow in the file that an option names, if one does."""
        return ComfyUI(read(options["workflow"])) if "workflow" in options else self

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says; what a workflow of one's own does with a mask is not known."""
        return replace(self.profile.takes, where=not self._own)

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a PNG whose sides are multiples of 8."""
        return diffusion_frame(width, height, wanted)

    def begin(self, order: Order) -> Request:
        """Ask which checkpoints there are, if none was named; else upload the picture."""
        if "workflow" in order.options and not self._own:
            raise InputError("The workflow was named and not read.")
        Dials().set_by(order.options)
        if "checkpoint" in self._workflow.places and not order.model:
            return Request("checkpoints", "GET", f"/object_info/{_LOADER}", lenient=True)
        return _upload("image", Picture(), {"checkpoint": order.model})

    def proceed(self, reply: Reply, order: Order) -> Step:  # noqa: PLR0911 (a table)
        """Return the next of: picture, mask, workflow, its history, forgetting it, the result."""
        match reply.stage:
            case "checkpoints":
                return _upload("image", Picture(), {"checkpoint": _first_checkpoint(reply)})
            case "image" if "mask" in self._workflow.places:
                kept = {**reply.memory, "image": _uploaded(reply)}
                return _upload("mask", Outline(Polarity.OPAQUE), kept)
            case "image" | "mask":
                return self._queue({**reply.memory, reply.stage: _uploaded(reply)}, order)
            case "queue":
                return _watch(_text(reply.json(), "prompt_id"), _FIRST_WAIT)
            case "history":
                return _watched(reply)
            case "forget":
                return Request("view", "GET", reply.memory["view"])
        return Found(reply.body)

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Say which part of a workflow is not taken; the words of the server repeat what was sent."""
        if reply.stage != "queue" or reply.status != 400:
            return None
        try:
            said = reply.json()
        except BadReply:
            return None
        code = shown(dig(_first(dig(said, "node_errors")), "errors", 0, "type"))
        code = code or shown(dig(said, "error", "type"))
        where = f" [{code}]" if code else ""
        return RequestRejected(
            f"ComfyUI does not take the workflow{where}; check it and the checkpoint's name."
        )

    def cancel(self, reply: Reply | None) -> Request | None:
        """Interrupt this very job while it runs."""
        if reply is None:
            return None
        job = reply.memory.get("job")
        if reply.stage == "queue":
            job = _text(reply.json(), "prompt_id")
        return None if not job else Request("stop", "POST", "/interrupt", Json({"prompt_id": job}))

    def _queue(self, kept: dict[str, str], order: Order) -> Request:
        dials = Dials(seed=0).set_by(order.options)
        values: dict[str, Value] = {
            "image": kept["image"],
            "mask": kept.get("mask", ""),
            "prompt": order.prompt,
            "negative": dials.negative,
            "checkpoint": kept["checkpoint"],
            "seed": dials.seed,
            "steps": dials.steps,
            "guidance": dials.guidance,
            "denoise": dials.denoise,
        }
        return Request("queue", "POST", "/prompt", Json({"prompt": self._workflow.filled(values)}))


def _upload(stage: str, place: Picture | Outline, memory: dict[str, str]) -> Request:
    """Return an upload that overwrites nothing: of two edits at once, neither may get the other's picture."""
    form = Form((("type", "temp"), ("image", place)))
    return Request(stage, "POST", "/upload/image", form, memory=memory)


def _uploaded(reply: Reply) -> str:
    """Return what a loading node calls an uploaded file."""
    said = reply.json()
    name, folder = _text(said, "name"), dig(said, "subfolder")
    inside = f"{folder}/{name}" if isinstance(folder, str) and folder else name
    return f"{inside} [{_text(said, 'type')}]"


def _watch(job: str, wait: float) -> Request:
    memory = {"job": job, "wait": str(min(wait * 1.5, _LONGEST_WAIT))}
    return Request("history", "GET", f"/history/{_quoted(job)}", after=wait, memory=memory)


def _watched(reply: Reply) -> Request:
    """Return the next look at the history, or how it is forgotten once the result is known."""
    job = reply.memory["job"]
    record = dig(reply.json(), job)
    if record is None:
        return _watch(job, float(reply.memory["wait"]))
    if dig(record, "status", "status_str") == "error":
        raise ServiceDown("ComfyUI stopped in the middle of the workflow; its own window tells why.")
    view = _address(record)
    return Request("forget", "POST", "/history", Json({"delete": [job]}), memory={"view": view})


def _address(record: object) -> str:
    """Return where the first picture of the outputs lies, as a PNG without what ComfyUI writes into it."""
    outputs = dig(record, "outputs")
    for output in outputs.values() if isinstance(outputs, dict) else ():
        picture = dig(output, "images", 0)
        if isinstance(picture, dict):
            named = {name: dig(picture, name) for name in ("filename", "subfolder", "type")}
            query = "&".join(f"{name}={_quoted(value)}" for name, value in named.items() if value)
            return f"/view?{query}&channel=rgb"
    raise BadReply(
        "The workflow of ComfyUI ended without a picture; it needs a node that shows or saves one."
    )


def _first_checkpoint(reply: Reply) -> str:
    if reply.status != _FOUND:
        return _USUAL
    name = dig(reply.json(), _LOADER, "input", "required", "ckpt_name", 0, 0)
    if not isinstance(name, str) or not name:
        raise RequestRejected("ComfyUI has no checkpoint to draw with.")
    return name


def _first(value: object) -> object:
    return next(iter(value.values()), None) if isinstance(value, dict) else None


def _text(said: object, name: str) -> str:
    value = dig(said, name)
    if not isinstance(value, str) or not value:
        raise BadReply(f"ComfyUI answered without {name}.")
    return value


def _quoted(value: object) -> str:
    """Return a text as it can stand in an address."""
    if not isinstance(value, str):
        raise BadReply("ComfyUI named its result in a way that cannot be read.")
    return "".join(
        chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in value.encode("utf-8", "replace")
    )

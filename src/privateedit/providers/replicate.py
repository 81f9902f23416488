"""Replicate: models of many makers, as predictions that are looked at until they are done.

Wire format: Replicate's OpenAPI document and its Python library 1.0.7; every model names its inputs itself.
Pictures travel inside the request as data URIs: uploads to `/files` would be stored, under their own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import (
    BadReply,
    Cancelled,
    ContentRefused,
    InputError,
    ProviderError,
    RequestRejected,
    ServiceDown,
)
from privateedit.providers.families import NAMING, Families, Family, family_of, framed, inputs, masks
from privateedit.providers.jobs import CANCEL, DOWNLOAD, SUBMIT, address, download, look, lost
from privateedit.providers.model_sizes import FILL, FLUX_2, kontext, nano_banana, nano_banana_2k
from privateedit.providers.plan import Found, Json, Request, Step, Value, Wrap
from privateedit.providers.reply import Reply, dig, unwrapped
from privateedit.providers.service import MaskUse, Order, Profile, Redraws
from privateedit.providers.statuses import rate_limited
from privateedit.providers.typed_options import SEED, Kind, Number, Whole, Word, YesNo

_PART = r"[A-Za-z0-9][\w.\-]{0,80}"
_MODEL = re.compile(rf"({_PART}/{_PART})(?::([0-9a-f]{{64}}))?", re.ASCII)
_RESETS = re.compile(r"resets in ~?(\d{1,5})s")
_CODE = re.compile(r"\b(E\d{3,5})\b")
_REFUSED = re.compile(r"\(E005\)|flagged as sensitive|NSFW content", re.IGNORECASE)

# Seconds that the first answer may be held back for the result. Up to 60 are allowed; until it is there,
# nobody knows the name of the job, and it could not be stopped.
_HOLD = 5

_PNG: Mapping[str, Value] = {"output_format": "png"}
_AS_SENT: Mapping[str, Value] = {"aspect_ratio": "match_input_image", **_PNG}
_KONTEXT: Mapping[str, Kind] = {
    "seed": SEED,
    "safety_tolerance": Whole(0, 2),  # up to 6 only without a picture
    "prompt_upsampling": YesNo(),
}
_FLUX_2: Mapping[str, Kind] = {"seed": SEED, "safety_tolerance": Whole(1, 5)}
_FILL: Mapping[str, Kind] = {
    "seed": SEED,
    "safety_tolerance": Whole(1, 6),
    "steps": Whole(15, 50),
    "guidance": Number(1.5, 100),
    "prompt_upsampling": YesNo(),
}
_RESOLUTION: Mapping[str, Kind] = {"resolution": Word(("1K", "2K", "4K"))}
_FAMILIES: Families = (
    ("black-forest-labs/flux-kontext-", Family("input_image", kontext, _AS_SENT, _KONTEXT)),
    (
        "black-forest-labs/flux-2-",
        Family("input_images[]", FLUX_2.fitted, {"aspect_ratio": "custom", **_PNG}, _FLUX_2, sized=True),
    ),
    ("black-forest-labs/flux-fill-pro", Family("image", FILL.fitted, _PNG, _FILL, mask="mask")),
    (
        "google/nano-banana-pro",
        Family("image_input[]", nano_banana_2k, {**_AS_SENT, "resolution": "2K"}, _RESOLUTION),
    ),
    ("google/nano-banana", Family("image_input[]", nano_banana, _AS_SENT)),
)


class Replicate:
    """Replicate, with its official models by name and any other with its version."""

    profile = Profile(
        name="replicate",
        title="Replicate",
        base_url="https://api.replicate.com/v1",
        models=(
            "black-forest-labs/flux-kontext-pro",
            "black-forest-labs/flux-kontext-max",
            "black-forest-labs/flux-2-pro",
            "black-forest-labs/flux-fill-pro",
            "google/nano-banana",
            "google/nano-banana-pro",
        ),
        key="REPLICATE_API_TOKEN",
        poll_hosts=("api.replicate.com",),
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.NONE,  # flux-fill-pro takes one, and others if `mask` names their input
        retention="the masked picture is stored with the job; for how long is not known",
        options=MappingProxyType(
            {
                "area": "Fill: around redraws all but what is masked, mask that alone",
                "seed": "a whole number; the same one draws much the same again (FLUX)",
                "safety_tolerance": "1, the strictest, to 5 (Kontext: 0 to 2, Fill: 1 to 6)",
                "prompt_upsampling": "true: the service may rewrite the prompt (Kontext, Fill)",
                "steps": "15 to 50 (Fill)",
                "guidance": "1.5 to 100 (Fill)",
                "resolution": "1K, 2K or 4K (nano-banana-pro)",
                **NAMING,
            }
        ),
        patience=600.0,
        check="/account",
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says, and whether the model is given a mask."""
        return replace(self.profile.takes, where=masks(model, _FAMILIES, options))

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a size of the model's own; JPEG, since data URIs are meant for small files."""
        return framed(model, _FAMILIES, Framing("jpeg", wanted.max_side), width, height)

    def begin(self, order: Order) -> Request:
        """Return the request that hands in the job."""
        name = _MODEL.fullmatch(order.model)
        if name is None:
            raise InputError("A model at Replicate is written owner/name, or owner/name:version.")
        fields = inputs(order, _FAMILIES, Wrap.DATA_URI)
        family = family_of(order.model, _FAMILIES)
        if family is not None and family.sized:
            fields |= {"width": order.width, "height": order.height}
        body: dict[str, Value] = {"input": fields}
        path = f"/models/{name[1]}/predictions"
        if name[2]:
            body["version"], path = name[2], "/predictions"
        return Request(SUBMIT, "POST", path, Json(body), headers={"prefer": f"wait={_HOLD}"})

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Look at the job until it is done, then fetch the picture."""
        if reply.stage == DOWNLOAD:
            return Found(reply.body)
        said, title = reply.json(), self.profile.title
        match said.get("status"):
            case "starting" | "processing":
                return look(*self._course(reply))
            case "succeeded":
                return _result(said.get("output"), title)
            case "failed":
                raise _failure(said.get("error"), title)
            case "canceled":
                raise Cancelled(f"The job was stopped at {title}.")
            case "aborted":
                raise ServiceDown(f"{title} gave the job up; try again later.")
            case _:
                raise BadReply(f"{title} told of its job in a way that is not known.")

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Read how long to wait from the text where no header says it, and tell a lost job."""
        if reply.status == 429 and reply.retry_after is None:
            return rate_limited(_with_wait(reply), self.profile)
        return lost(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Stop the job, unless it is over."""
        if reply is None:
            return None
        try:
            running = reply.stage != DOWNLOAD and reply.json().get("status") in ("starting", "processing")
            return Request(CANCEL, "POST", self._course(reply)[1]["cancel"]) if running else None
        except BadReply:
            return None  # a job without a name cannot be stopped

    def _course(self, reply: Reply) -> tuple[str, Mapping[str, str]]:
        """Return where to look, and what to remember: the addresses of the first answer, for good."""
        if "url" in reply.memory:
            return reply.memory["url"], reply.memory
        urls, title = dig(reply.json(), "urls"), self.profile.title
        return address(dig(urls, "get"), title), {"cancel": address(dig(urls, "cancel"), title)}


def _result(output: object, title: str) -> Step:
    first = output[0] if isinstance(output, list) and output else output
    if isinstance(first, str) and first.startswith("data:"):
        return Found(unwrapped(first))
    return download(first, title)


def _failure(error: object, title: str) -> ProviderError:
    """Return what a failed job means; its text, which may hold the prompt, is only searched for codes."""
    text = error if isinstance(error, str) else ""
    if _REFUSED.search(text):
        return ContentRefused(f"{title} refused the picture, the words or what it had drawn.")
    code = _CODE.search(text)
    if code and code[1] == "E006":
        return RequestRejected(f"The model at {title} does not take this request [E006].")
    return ServiceDown(f"The job failed at {title}{f' [{code[1]}]' if code else ''}; try again later.")


def _with_wait(reply: Reply) -> Reply:
    """Return a reply whose headers say how long to wait, if its text does."""
    try:
        detail = reply.json().get("detail")
    except BadReply:
        return reply
    found = _RESETS.search(detail) if isinstance(detail, str) else None
    return replace(reply, headers={**reply.headers, "retry-after": found[1]}) if found else reply

"""fal: models of many makers, behind a queue that is looked at until the job is done.

Wire format: fal's Python client 1.0.3 and its reference pages, 2026. Pictures travel as data URIs in both
directions, so that none is stored under a public address.
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
    QuotaExceeded,
    RequestRejected,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.families import NAMING, Families, Family, family_of, framed, inputs, masks
from privateedit.providers.jobs import CANCEL, POLL, RESULT, SUBMIT, address, download, look, lost
from privateedit.providers.model_sizes import FILL, FLUX_2, kontext, nano_banana, nano_banana_2k
from privateedit.providers.plan import Found, Json, Request, Step, Value, Wrap
from privateedit.providers.reply import Reply, dig, shown, unwrapped
from privateedit.providers.service import Login, MaskUse, Order, Profile, Redraws
from privateedit.providers.typed_options import SEED, Kind, Number, Word

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]*(/[a-z0-9][a-z0-9.\-]*){1,5}")

_KEEP_NOTHING = MappingProxyType(
    {
        "x-fal-store-io": "0",
        "x-fal-object-lifecycle-preference": '{"expiration_duration_seconds":3600}',
    }
)
_MODERATED = "content_policy_violation"
_TIMEOUTS = {"request_timeout", "startup_timeout", "generation_timeout"}


def _tolerance(most: int) -> Word:
    return Word(tuple(str(level) for level in range(1, most + 1)))


_PNG: Mapping[str, Value] = {"output_format": "png"}
_SEEDED: Mapping[str, Kind] = {"seed": SEED, "safety_tolerance": _tolerance(6)}
_KONTEXT: Mapping[str, Kind] = {**_SEEDED, "guidance_scale": Number(1, 20)}
_FLUX_2: Mapping[str, Kind] = {"seed": SEED, "safety_tolerance": _tolerance(5)}
_BANANA_2K = Family(
    "image_urls[]",
    nano_banana_2k,
    {**_PNG, "resolution": "2K"},
    {**_SEEDED, "resolution": Word(("1K", "2K", "4K"))},
)
_FAMILIES: Families = (
    ("fal-ai/flux-pro/kontext", Family("image_url", kontext, _PNG, _KONTEXT)),
    ("fal-ai/flux-2-", Family("image_urls[]", FLUX_2.fitted, _PNG, _FLUX_2, sized=True)),
    ("fal-ai/flux-pro/v1/fill", Family("image_url", FILL.fitted, _PNG, _SEEDED, mask="mask_url")),
    ("fal-ai/nano-banana-2/edit", _BANANA_2K),
    ("fal-ai/nano-banana-pro/edit", _BANANA_2K),
    ("fal-ai/nano-banana/edit", Family("image_urls[]", nano_banana, _PNG, _SEEDED)),
)


class Fal:
    """fal's queue."""

    profile = Profile(
        name="fal",
        title="fal",
        base_url="https://queue.fal.run",
        models=(
            "fal-ai/flux-pro/kontext",
            "fal-ai/flux-pro/kontext/max",
            "fal-ai/flux-2-pro/edit",
            "fal-ai/flux-2-max/edit",
            "fal-ai/flux-pro/v1/fill",
            "fal-ai/nano-banana/edit",
            "fal-ai/nano-banana-2/edit",
            "fal-ai/nano-banana-pro/edit",
        ),
        key="FAL_KEY",
        login=Login(prefix="Key "),
        poll_hosts=("queue.fal.run",),
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.NONE,  # of all models only Fill takes one
        retention="it is asked to keep neither request nor result; any file it makes is public for an hour",
        options=MappingProxyType(
            {
                "area": "Fill: around redraws all but what is masked, mask that alone",
                "seed": "a whole number; the same one draws much the same again",
                "safety_tolerance": "1, the strictest, to 6 (FLUX.2: 5)",
                "guidance_scale": "1 to 20 (Kontext)",
                "resolution": "1K, 2K or 4K (nano-banana-2 and -pro)",
                **NAMING,
            }
        ),
        patience=600.0,
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says, and whether the model is given a mask."""
        return replace(self.profile.takes, where=masks(model, _FAMILIES, options))

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a size of the model's own; always PNG."""
        return framed(model, _FAMILIES, Framing("png", wanted.max_side), width, height)

    def begin(self, order: Order) -> Request:
        """Return the request that hands in the job, asking that nothing of it is kept."""
        if not _NAME.fullmatch(order.model):
            raise InputError("A model at fal is written owner/name, such as fal-ai/flux-pro/kontext.")
        fields = {**inputs(order, _FAMILIES, Wrap.DATA_URI), "sync_mode": True}
        family = family_of(order.model, _FAMILIES)
        if family is not None and family.sized:
            fields["image_size"] = {"width": order.width, "height": order.height}
        return Request(SUBMIT, "POST", f"/{order.model}", Json(fields), headers=_KEEP_NOTHING)

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Look at the queue until the job is done, fetch the answer, and read the picture in it."""
        if reply.stage == SUBMIT:
            said, title = reply.json(), self.profile.title
            named = {each: address(said.get(f"{each}_url"), title) for each in ("response", "cancel")}
            return look(address(said.get("status_url"), title), named)
        if reply.stage == POLL:
            return self._looked(reply)
        return self._result(reply) if reply.stage == RESULT else Found(reply.body)

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell moderation and an empty account by the words of the answer, and a lost job."""
        title = self.profile.title
        try:
            detail = reply.json().get("detail")
        except BadReply:
            detail = None
        kinds = [dig(each, "type") for each in detail] if isinstance(detail, list) else []
        if _MODERATED in (*kinds, _error_type(reply)):
            return ContentRefused(f"{title} refused the picture, the words or what it had drawn.")
        if reply.status == 403 and isinstance(detail, str) and "exhausted balance" in detail.lower():
            return QuotaExceeded(f"The account at {title} has no credit left.")
        return lost(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Stop the job, unless it is over."""
        if reply is None:
            return None
        try:
            if reply.stage == SUBMIT:
                url = address(reply.json().get("cancel_url"), self.profile.title)
            elif reply.stage == POLL and reply.json().get("status") in ("IN_QUEUE", "IN_PROGRESS"):
                url = reply.memory["cancel"]
            else:
                return None
        except BadReply:
            return None  # a job without a name cannot be stopped
        return Request(CANCEL, "PUT", url)

    def _looked(self, reply: Reply) -> Step:
        title = self.profile.title
        match (said := reply.json()).get("status"):
            case "IN_QUEUE" | "IN_PROGRESS":
                return look(reply.memory["url"], reply.memory)
            case "COMPLETED":
                if said.get("error") is not None and (kind := _error_type(reply)):
                    raise _failure(kind, title)
                # A fault of the model itself is told there, with its kind.
                return Request(RESULT, "GET", reply.memory["response"])
            case _:
                raise BadReply(f"{title} told of its job in a way that is not known.")

    def _result(self, reply: Reply) -> Step:
        said, title = reply.json(), self.profile.title
        flagged = dig(said, "has_nsfw_concepts", 0)
        if flagged is True:
            raise ContentRefused(f"{title} refused what it had drawn.")
        url = dig(said, "images", 0, "url")
        if isinstance(url, str) and url.startswith("data:"):
            return Found(unwrapped(url))
        return download(url, title)


def _error_type(reply: Reply) -> str | None:
    """Return fal's own word for a fault, from the answer or its header."""
    try:
        said = shown(reply.json().get("error_type"))
    except BadReply:
        said = None
    return said or shown(reply.headers.get("x-fal-error-type"))


def _failure(kind: str, title: str) -> ProviderError:
    if kind == _MODERATED:
        return ContentRefused(f"{title} refused the picture, the words or what it had drawn.")
    if kind in _TIMEOUTS:
        return TimedOut(f"{title} did not finish in time [{kind}].")
    if kind == "client_cancelled":
        return Cancelled(f"The job was stopped at {title}.")
    if kind == "bad_request":
        return RequestRejected(f"{title} does not take this request [{kind}].")
    return ServiceDown(f"The job failed at {title} [{kind}]; try again later.")

"""Black Forest Labs: FLUX.2, FLUX.1 Kontext and Fill, as jobs that are looked at until they are done.

Wire format: the reference pages at docs.bfl.ai, 2026. Pictures are plain base64; a refusal has status 200.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import BadReply, ContentRefused, InputError, ProviderError, ServiceDown
from privateedit.providers.families import NAMING, Families, Family, family_of, framed, inputs, masks
from privateedit.providers.jobs import POLL, SUBMIT, address, download, look, lost
from privateedit.providers.model_sizes import FILL, FLUX_2, kontext
from privateedit.providers.plan import Found, Json, Request, Step, Wrap
from privateedit.providers.reply import Reply, dig
from privateedit.providers.service import Login, MaskUse, Order, Profile, Redraws
from privateedit.providers.typed_options import SEED, Kind, Number, Whole, YesNo

_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{0,60}")

_FLUX_2: Mapping[str, Kind] = {"seed": SEED, "safety_tolerance": Whole(0, 5)}
_FLEX: Mapping[str, Kind] = {
    **_FLUX_2,
    "steps": Whole(1, 50),
    "guidance": Number(1.5, 10),
    "prompt_upsampling": YesNo(),
}
_KONTEXT: Mapping[str, Kind] = {
    "seed": SEED,
    "safety_tolerance": Whole(0, 2),  # up to 6 only without a picture
    "prompt_upsampling": YesNo(),
}
_FILL: Mapping[str, Kind] = {
    "seed": SEED,
    "safety_tolerance": Whole(0, 6),
    "steps": Whole(15, 50),
    "guidance": Number(1.5, 100),
    "prompt_upsampling": YesNo(),
}
_PNG = {"output_format": "png"}
_FAMILIES: Families = (
    ("flux-kontext-", Family("input_image", kontext, _PNG, _KONTEXT)),
    ("flux-pro-1.0-fill", Family("image", FILL.fitted, _PNG, _FILL, mask="mask")),
    ("flux-2-flex", Family("input_image", FLUX_2.fitted, _PNG, _FLEX, sized=True)),
    ("flux-2-", Family("input_image", FLUX_2.fitted, _PNG, _FLUX_2, sized=True)),
)


class BlackForestLabs:
    """Black Forest Labs itself."""

    profile = Profile(
        name="bfl",
        title="Black Forest Labs",
        base_url="https://api.bfl.ai",
        models=(
            "flux-2-pro",
            "flux-2-max",
            "flux-2-flex",
            "flux-2-klein-9b",
            "flux-2-klein-4b",
            "flux-kontext-pro",
            "flux-kontext-max",
            "flux-pro-1.0-fill",
        ),
        key="BFL_API_KEY",
        login=Login("x-key", ""),
        poll_hosts=("bfl.ai",),  # a job is asked for at the region that took it
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.NONE,  # of all models only Fill takes one
        retention="the result can be fetched by its address for 10 minutes; what else is kept is not known",
        options=MappingProxyType(
            {
                "area": "Fill: around redraws all but what is masked, mask that alone",
                "seed": "a whole number; the same one draws much the same again",
                "safety_tolerance": "0, the strictest, to 5 (Kontext: 2, Fill: 6)",
                "prompt_upsampling": "true: the service may rewrite the prompt (flex, Kontext, Fill)",
                "steps": "1 to 50 (flex), 15 to 50 (Fill)",
                "guidance": "1.5 to 10 (flex), 1.5 to 100 (Fill)",
                **NAMING,
            }
        ),
        patience=300.0,
        check="/v1/credits",
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says, and whether the model is given a mask."""
        return replace(self.profile.takes, where=masks(model, _FAMILIES, options))

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a size of the model's own, so that what comes back has the same; always PNG."""
        return framed(model, _FAMILIES, Framing("png", wanted.max_side), width, height)

    def begin(self, order: Order) -> Request:
        """Return the request that hands in the job."""
        if not _NAME.fullmatch(order.model):
            raise InputError("That is no name of a model at Black Forest Labs.")
        fields = inputs(order, _FAMILIES, Wrap.BASE64)
        family = family_of(order.model, _FAMILIES)
        if family is not None and family.sized:
            fields |= {"width": order.width, "height": order.height}
        return Request(SUBMIT, "POST", f"/v1/{order.model}", Json(fields))

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Look at the job until it is done, then fetch the picture."""
        if reply.stage == SUBMIT:
            return look(address(dig(reply.json(), "polling_url"), self.profile.title), {})
        return self._looked(reply) if reply.stage == POLL else Found(reply.body)

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell a job that is gone from a model that there is not."""
        return lost(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Nothing: a job that was handed in cannot be stopped."""
        return None

    def _looked(self, reply: Reply) -> Step:
        title = self.profile.title
        match (said := reply.json()).get("status"):
            case "Pending":
                return look(reply.memory["url"], reply.memory)
            case "Ready":
                return download(dig(said, "result", "sample"), title)
            case "Request Moderated":
                raise ContentRefused(f"{title} refused the picture or the words (Request Moderated).")
            case "Content Moderated":
                raise ContentRefused(f"{title} refused what it had drawn (Content Moderated).")
            case "Error" | "Failed":
                raise ServiceDown(f"The job failed at {title}; try again later.")
            case "Task not found":
                raise BadReply(f"{title} no longer knows the job.")
            case _:
                raise BadReply(f"{title} told of its job in a way that is not known.")

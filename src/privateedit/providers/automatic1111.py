"""AUTOMATIC1111's web UI and its family (Forge, reForge): `POST /sdapi/v1/img2img`, JSON, one reply.

Wire format: `modules/api` and `modules/processing.py` of stable-diffusion-webui 1.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import ProviderError
from privateedit.providers.diffusion import OPTIONS, Area, Dials, diffusion_frame
from privateedit.providers.plan import Found, Json, Picture, Request, Step, Value, Wrap
from privateedit.providers.reply import Reply, dig, unwrapped
from privateedit.providers.service import Login, MaskUse, Order, Profile, Redraws

_IDLE = "/sdapi/v1/progress?skip_current_image=true"
_ORIGINAL = 1  # what lies under the part to redraw before it is: the picture as it was sent


class Automatic1111:
    """A web UI of one's own, started with `--api`."""

    profile = Profile(
        name="automatic1111",
        title="AUTOMATIC1111",
        base_url="http://127.0.0.1:7860",
        key="PRIVATEEDIT_AUTOMATIC1111_AUTH",
        key_needed=False,
        login=Login(prefix="Basic ", basic=True),
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.EXACT,
        retention="your own server; with its option save_init_img it keeps what was sent",
        options=MappingProxyType({**OPTIONS, "sampler": "name of a sampler that the server has"}),
        patience=900.0,
        check="/sdapi/v1/progress",
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says; where all is redrawn there is no mask."""
        return replace(self.profile.takes, where=options.get("area", "").strip() != Area.ALL)

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a PNG whose sides are multiples of 8."""
        return diffusion_frame(width, height, wanted)

    def begin(self, order: Order) -> Request:
        """Ask first whether the key is taken, so that no picture goes where it is not."""
        Dials().set_by(order.options)
        return Request("ready", "GET", _IDLE, lenient=True)

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Send the picture to a server that is ready; then read the picture that it drew."""
        if reply.stage == "ready":
            return Request("edit", "POST", "/sdapi/v1/img2img", Json(_img2img(order)))
        return Found(unwrapped(dig(reply.json(), "images", 0)))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Nothing of its own: a status says it all, and its texts repeat what was sent."""
        return None

    def cancel(self, reply: Reply | None) -> Request | None:
        """Interrupt what the server draws now, once the picture went there: it may be somebody else's job."""
        return (
            None
            if reply is None or reply.stage != "ready"
            else Request("stop", "POST", "/sdapi/v1/interrupt")
        )


def _img2img(order: Order) -> dict[str, Value]:
    dials = Dials().set_by(order.options)
    asked: dict[str, Value] = {
        "init_images": [Picture(Wrap.BASE64)],
        "prompt": order.prompt,
        "negative_prompt": dials.negative,
        "width": order.width,
        "height": order.height,
        "denoising_strength": dials.denoise,
        "steps": dials.steps,
        "cfg_scale": dials.guidance,
        "seed": -1 if dials.seed is None else dials.seed,
        "resize_mode": 0,
        "batch_size": 1,
        "n_iter": 1,
        "send_images": True,
        "save_images": False,
        "include_init_images": False,
    }
    if "sampler" in order.options:
        asked["sampler_name"] = order.options["sampler"]
    if order.model:
        asked["override_settings"] = {"sd_model_checkpoint": order.model}
        asked["override_settings_restore_afterwards"] = True
    outline = dials.outline(Wrap.BASE64)
    if outline is not None:
        # One channel: of a mask with alpha the server would read the alpha, the other way round.
        asked["mask"] = outline
        asked["mask_blur"] = 4
        asked["inpainting_fill"] = _ORIGINAL
        asked["inpaint_full_res"] = False  # the whole picture at once, not a crop around the mask
        asked["inpainting_mask_invert"] = 0
    return asked

"""Stability AI's Stable Image, five ways: multipart always, one of them asynchronous.

Wire format: Stability's own description of v2beta (2025). A result that moderation disliked comes with status
200 and is blurred: its `finish-reason` is all that tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import BadReply, ContentRefused, InputError, ProviderError
from privateedit.providers.plan import Form, Found, Outline, Picture, Request, Step
from privateedit.providers.reply import Reply, dig, unwrapped
from privateedit.providers.service import MaskUse, Order, Profile, Redraws
from privateedit.providers.sizes import within
from privateedit.providers.typed_options import AREA, Kind, Number, Whole, Word, YesNo, marked, typed

# A request may have 10 MiB. Pure noise takes 3.01 bytes a pixel as PNG, and its mask 0.2: this always fits.
_LARGEST = 3_000_000  # pixels
_ONE_MEGAPIXEL = 1_048_576  # what sd3 answers with; more would be thrown away there
_FEWEST = 4096  # pixels
_LONGEST_PROMPT = 10_000
_LONGEST_OPTION = 2_000
_POLL, _SLOWEST_POLL, _BACK_OFF = 10.0, 30.0, 1.25
_JOB = re.compile(r"[A-Za-z0-9\-]{1,128}")


@dataclass(frozen=True, slots=True)
class _Words:
    """Free text."""

    def read(self, text: str) -> str | None:
        return text if 0 < len(text) <= _LONGEST_OPTION else None

    def __str__(self) -> str:
        return f"words, at most {_LONGEST_OPTION} characters"


_WORDS, _SHARE, _PIXELS = _Words(), Number(0, 1), Whole(0, 100)
_EVERYWHERE: Mapping[str, Kind] = {"negative_prompt": _WORDS, "seed": Whole(0, 2**32 - 2)}


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of editing.

    Attributes:
        path: below the base URL.
        options: what it takes besides a negative prompt and a seed.
        needed: options that it does not work without.
        fixed: fields that are always sent, unless an option replaces them.
        picture, prompt: names of these fields.
        mask: whether it takes one.
        ratio: of the longer to the shorter side at most.
        most: pixels at most.
    """

    path: str
    options: Mapping[str, Kind]
    needed: frozenset[str] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    picture: str = "image"
    prompt: str = "prompt"
    mask: bool = False
    ratio: float = 8.0
    most: int = _LARGEST


_RELIGHT = "replace-background-and-relight"
_WAYS = MappingProxyType(
    {
        "inpaint": _Way(
            "edit/inpaint",
            {"grow_mask": _PIXELS, "area": AREA},
            fixed=MappingProxyType({"grow_mask": "0"}),
            mask=True,
        ),
        "search-and-replace": _Way(
            "edit/search-and-replace",
            {"search_prompt": _WORDS, "grow_mask": _PIXELS},
            needed=frozenset({"search_prompt"}),
            ratio=2.5,
        ),
        _RELIGHT: _Way(
            f"edit/{_RELIGHT}",
            {
                "foreground_prompt": _WORDS,
                "preserve_original_subject": _SHARE,
                "original_background_depth": _SHARE,
                "keep_original_background": YesNo(),
                "light_source_direction": Word(("left", "right", "above", "below")),
                "light_source_strength": _SHARE,
            },
            picture="subject_image",
            prompt="background_prompt",
            ratio=2.5,
        ),
        "sd3": _Way(
            "generate/sd3",
            {
                "strength": _SHARE,
                "cfg_scale": Number(1, 10),
                "variant": Word(("sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium")),
            },
            fixed=MappingProxyType({"mode": "image-to-image", "strength": "0.6"}),
            most=_ONE_MEGAPIXEL,
        ),
        "structure": _Way("control/structure", {"control_strength": _SHARE}),
    }
)
_OPTIONS = MappingProxyType(
    {
        "negative_prompt": "what is not wanted",
        "seed": "a whole number; 0 draws one",
        "area": "inpaint: around redraws all but what is masked, mask that alone",
        "grow_mask": "pixels by which inpaint and search-and-replace widen and soften their mask",
        "search_prompt": "what search-and-replace looks for; it needs one",
        "foreground_prompt": "relight: what the person is like",
        "preserve_original_subject": "relight: 0 to 1, how exactly the person is kept",
        "original_background_depth": "relight: 0 to 1, how much of the old background's depth is kept",
        "keep_original_background": "relight: true or false",
        "light_source_direction": "relight: left, right, above or below",
        "light_source_strength": "relight: 0 to 1; needs a direction",
        "strength": "sd3: 0 keeps the picture, 1 forgets it",
        "cfg_scale": "sd3: 1 to 10, how strictly the words are followed",
        "variant": "sd3: sd3.5-large, sd3.5-large-turbo or sd3.5-medium",
        "control_strength": "structure: 0 to 1, how strictly the picture's structure is followed",
    }
)


class Stability:
    """Stability AI's own API; its models here are its ways of editing."""

    profile = Profile(
        name="stability",
        title="Stability AI",
        base_url="https://api.stability.ai",
        models=tuple(_WAYS),
        open_models=False,
        key="STABILITY_API_KEY",
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.GUIDANCE,
        retention="results of relighting are kept for 24 hours; what else is kept is not documented",
        options=_OPTIONS,
        check="/v1/user/balance",
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says; inpainting alone is given a mask."""
        return replace(self.profile.takes, where=_WAYS[model].mask)

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return the photo's own size where the way of editing takes it, in the format that was asked for."""
        way = _WAYS[model]
        return within(wanted, width, height, (_FEWEST, way.most, way.ratio))

    def begin(self, order: Order) -> Request:
        """Return the request that carries the picture."""
        if len(order.prompt) > _LONGEST_PROMPT:
            raise InputError(f"The prompt is longer than the {_LONGEST_PROMPT} characters of the service.")
        way = _WAYS[order.model]
        fields = {way.prompt: order.prompt, **way.fixed, **_options(order, way), "output_format": "png"}
        mask = (("mask", Outline(marked(order.options))),) if way.mask else ()
        form = Form(((way.picture, Picture()), *mask, *fields.items()))
        # The asynchronous way answers with the name of a job, whatever is accepted.
        accept = "application/json" if order.model == _RELIGHT else "image/*"
        path = f"/v2beta/stable-image/{way.path}"
        return Request("start" if order.model == _RELIGHT else "edit", "POST", path, form, {"accept": accept})

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Follow a job until it is done, and read the picture unless it was blurred."""
        if reply.stage == "start":
            return _asked(_job(reply), _POLL)
        if reply.stage == "result" and reply.status == 202:
            return _asked(reply.memory["job"], _waited(reply) * _BACK_OFF)
        return Found(_picture(reply))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell moderation from a wrong key, both 403, and a lost job from a wrong address, both 404."""
        if reply.stage == "result" and reply.status == 404:
            return BadReply("Stability AI no longer has the result.")
        try:
            name = dig(reply.json(), "name")
        except BadReply:
            return None
        if name == "content_moderation":
            return ContentRefused("Stability AI refused the picture or the words (moderation).")
        return None

    def cancel(self, reply: Reply) -> Request | None:
        """Nothing: a job cannot be stopped."""
        return None


def _options(order: Order, way: _Way) -> dict[str, str]:
    """Return the options as fields of the form.

    Raises:
        InputError: one does not belong to the way of editing, has no such value, or is missing.
    """
    values = typed(order.options, {**way.options, **_EVERYWHERE}, order.model)
    for name in sorted(way.needed - set(values)):
        raise InputError(f"{order.model} of Stability AI needs the option {name!r}.")
    texts = {
        name: str(said).lower() if isinstance(said, bool) else str(said) for name, said in values.items()
    }
    if "light_source_strength" in texts and "light_source_direction" not in texts:
        raise InputError("A light_source_strength needs a light_source_direction.")
    texts.pop("area", None)
    return {("model" if name == "variant" else name): said for name, said in texts.items()}


def _job(reply: Reply) -> str:
    name = dig(reply.json(), "id")
    if not isinstance(name, str) or not _JOB.fullmatch(name):
        raise BadReply("Stability AI accepted the picture, but named no job to ask for.")
    return name


def _asked(job: str, after: float) -> Request:
    after = min(after, _SLOWEST_POLL)
    memory = {"job": job, "after": str(after)}
    return Request(
        "result",
        "GET",
        f"/v2beta/results/{job}",
        headers={"accept": "*/*"},
        after=after,
        memory=MappingProxyType(memory),
    )


def _waited(reply: Reply) -> float:
    return float(reply.memory["after"])


def _picture(reply: Reply) -> bytes:
    """Return the picture, from bytes or from JSON.

    Raises:
        ContentRefused: it was blurred.
        BadReply: the service does not say that it succeeded.
    """
    said = reply.json() if reply.media_type == "application/json" else None
    reason = reply.headers.get("finish-reason") if said is None else dig(said, "finish_reason")
    if reason == "CONTENT_FILTERED":
        raise ContentRefused("Stability AI blurred its result, which its moderation disliked.")
    if reason != "SUCCESS":
        raise BadReply("Stability AI does not say that the edit succeeded.")
    return reply.body if said is None else unwrapped(dig(said, "image"))

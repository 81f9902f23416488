"""Servers that take OpenAI's image edits, each a little differently: LiteLLM, vLLM-Omni, SGLang, LocalAI.

Wire formats: LiteLLM's proxy endpoints, vLLM-Omni's and SGLang's image edit interfaces, and LocalAI's
`inpainting.go`, as of 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import InputError, ProviderError
from privateedit.providers.diffusion import OPTIONS, SIZES, Area, Dials, diffusion_frame
from privateedit.providers.openai import OpenAI, as_wanted, drawn, moderated, placed
from privateedit.providers.plan import Form, Found, Outline, Picture, Polarity, Request, Step, Wrap
from privateedit.providers.reply import Reply, dig, unwrapped
from privateedit.providers.service import MaskUse, Order, Profile, Redraws

_DIFFUSION = MappingProxyType(
    {
        "steps": "num_inference_steps",
        "guidance": "guidance_scale",
        "seed": "seed",
        "negative": "negative_prompt",
    }
)
_OPENAIS_OWN = "litellm"
_OWN_SIZES = ("gpt-image", "chatgpt-image")
_SQUARE = (512, 512)  # LocalAI draws this size, whatever it gets


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server differs.

    Attributes:
        path: where edits are asked for, below the base URL.
        mask: name of the mask's part; empty where none is used.
        guided: whether the mask is OpenAI's, transparent where the picture is hidden, and only guides.
        options: which dials it has, and what it calls them.
        fixed: fields that are always sent.
        sized: whether it is told a size.
        model_needed: whether a model must be named.
        canvas: the only size it draws; None where it draws any.
        beside: how many further pictures it passes on.
        count: how many results it gives at once.
    """

    path: str = "/images/edits"
    mask: str = ""
    guided: bool = False
    options: Mapping[str, str] = field(default_factory=lambda: _DIFFUSION)
    fixed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sized: bool = True
    model_needed: bool = False
    canvas: tuple[int, int] | None = None
    beside: int = 0
    count: int = 1


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "litellm": Dialect(
            mask="mask",
            guided=True,
            options={"quality": "quality", "background": "background"},
            model_needed=True,
            beside=OpenAI.profile.beside,
            count=OpenAI.profile.count,
        ),
        "vllm-omni": Dialect(
            mask="mask_image", fixed={"response_format": "b64_json", "output_format": "png"}
        ),
        "sglang": Dialect(fixed={"response_format": "b64_json", "output_format": "png"}),
        "localai": Dialect(
            path="/images/inpainting",
            mask="mask",
            options={"steps": "steps"},
            sized=False,
            model_needed=True,
            canvas=_SQUARE,
        ),
    }
)
"""Known dialects; the first is OpenAI's own, for anything that passes requests on."""


class OpenAICompatible:
    """Any server with OpenAI's interface; its address must be given.

    Args:
        dialect: one of `DIALECTS`.

    Raises:
        InputError: there is no such dialect.
    """

    profile = Profile(
        name="openai-compatible",
        title="the OpenAI-shaped server",
        base_url="",
        key="PRIVATEEDIT_OPENAI_COMPATIBLE_KEY",
        key_needed=False,
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.GUIDANCE,
        retention="what the server behind the address keeps; LocalAI and SGLang write what they get to disk",
        options=MappingProxyType(
            {
                "dialect": f"one of {', '.join(DIALECTS)}; litellm is OpenAI's own",
                **{name: text for name, text in OPTIONS.items() if name != "denoise"},
                "quality": "low, medium, high or auto (litellm)",
                "background": "opaque, transparent or auto (litellm)",
            }
        ),
        patience=900.0,
        check="/models",
    )

    def __init__(self, dialect: str = "litellm") -> None:
        if dialect not in DIALECTS:
            raise InputError(f"The option dialect takes one of: {', '.join(DIALECTS)}.")
        self._name, self._dialect = dialect, DIALECTS[dialect]

    def configured(self, options: Mapping[str, str], read: Callable[[str], str]) -> OpenAICompatible:
        """Return the adapter in the dialect that an option names, if one does."""
        return OpenAICompatible(options["dialect"]) if "dialect" in options else self

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the dialect takes."""
        everything = self._masks_exactly and options.get("area") == Area.ALL
        where = bool(self._dialect.mask) and not everything
        return Takes(where, self._dialect.beside, self._dialect.count)

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return OpenAI's sizes for its models behind a proxy, else about a million pixels at most.

        Raises:
            InputError: a size was wanted that the model does not draw, or none holds the photo.
        """
        if self._dialect.canvas:
            return Framing("png", wanted.max_side, self._dialect.canvas)
        name = model.rpartition("/")[2]
        if name.startswith(_OWN_SIZES):
            return OpenAI().frame(width, height, wanted, name)
        if wanted.canvas is not None and self._name == _OPENAIS_OWN:
            return as_wanted(wanted.canvas, SIZES)
        return diffusion_frame(width, height, wanted)

    def begin(self, order: Order) -> Request:
        """Return the only request that carries the picture."""
        if order.options.get("dialect", self._name) != self._name:
            raise InputError("The dialect was named and not used.")
        if self._dialect.model_needed and not order.model:
            raise InputError("This server wants a model; name it with --model.")
        fields = {"model": order.model} if order.model else {}
        fields |= {"prompt": order.prompt, **self._dialect.fixed}
        if self._dialect.sized:
            fields |= {"n": str(order.count), "size": f"{order.width}x{order.height}"}
        fields |= self._dials(order.options)
        places: list[tuple[str, Picture | Outline]] = [*placed(order)]
        if (outline := self._outline(order.options)) is not None:
            places.append((self._dialect.mask, outline))
        form = Form((*fields.items(), *places))
        return Request("edit", "POST", self._dialect.path, form, pictures=order.count)

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Read the pictures, or fetch them one by one where the server names addresses."""
        if reply.stage == "download":
            rest = reply.memory.get("rest", "").split()
            return Found(reply.body, then=_download(rest) if rest else None)
        said = reply.json()
        results = [dig(said, "data", number) for number in range(drawn(said, order.count))]
        addresses = [address for each in results if (address := _address(each)) is not None]
        if len(addresses) == len(results):
            return _download(addresses)
        first, *more = (unwrapped(dig(each, "b64_json") or dig(each, "url")) for each in results)
        return Found(first, tuple(more))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell moderation from a malformed request, where the server passes OpenAI's answer on."""
        return moderated(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Nothing: closing the connection is all that can be done."""
        return None

    def _dials(self, options: Mapping[str, str]) -> dict[str, str]:
        Dials().set_by(options)
        fields = {}
        for name, value in options.items():
            if name in self._dialect.options:
                fields[self._dialect.options[name]] = value
            elif name != "dialect" and not (name == "area" and self._masks_exactly):
                raise InputError(f"A server of the dialect {self._name} has no option {name}.")
        return fields

    @property
    def _masks_exactly(self) -> bool:
        return bool(self._dialect.mask) and not self._dialect.guided

    def _outline(self, options: Mapping[str, str]) -> Outline | None:
        if not self._dialect.mask:
            return None
        if self._dialect.guided:
            return Outline(Polarity.TRANSPARENT)
        dials = Dials().set_by(options)
        if self._dialect.canvas and dials.area is Area.ALL:
            raise InputError("This server redraws what a mask marks; the option area takes around or mask.")
        return dials.outline(Wrap.FILE)


def _address(result: object) -> str | None:
    """Return where a result lies, if it is not in the answer itself."""
    url = dig(result, "url")
    if dig(result, "b64_json") or not isinstance(url, str) or url.startswith("data:"):
        return None
    return url if url.split() == [url] else None


def _download(addresses: Sequence[str]) -> Request:
    """Return what fetches the first of some addresses and remembers the others."""
    return Request("download", "GET", addresses[0], download=True, memory={"rest": " ".join(addresses[1:])})

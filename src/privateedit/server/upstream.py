"""Who edits behind the server, and which of its models a client's name stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from privateedit.core.edit import Instruction
from privateedit.core.ports import Editor
from privateedit.errors import NotServed
from privateedit.providers.service import Profile
from privateedit.server.asked import Asked

OPENAI_SHAPED = ("openai", "openai-compatible")
"""Upstreams that take a client's own OpenAI key."""

RETIRED = frozenset({"gpt-image-1", "dall-e-2", "dall-e-3"})
"""Models that OpenAI has shut down and that clients still name."""

_OPENAIS = ("gpt-image", "dall-e", "chatgpt-image")
_QUALITIES = frozenset({"low", "medium", "high", "xhigh", "max", "auto"})
_LONGEST_NAME = 200  # characters of a model's name
_NO_FIDELITY = "gpt-image-2"  # these models refuse the option

MakesEditor = Callable[[str, Mapping[str, str], str], Editor]
"""From a model, options and a client's own key to an editor for one request."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The editor of one request.

    Attributes:
        editor: who edits.
        model: the model's real name; may be empty where the server has its own.
        instruction: what to do.
        dropped: names of what the service does not know.
    """

    editor: Editor
    model: str
    instruction: Instruction
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upstream:
    """Who edits for every client of this server.

    Attributes:
        profile: facts about the service.
        make: makes an editor for one request.
        model: the model for clients that name none, or another service's; empty for the service's default.
        aliases: from names that clients use to the service's.
        options: what is set for every request.
    """

    profile: Profile
    make: MakesEditor = field(repr=False)
    model: str = ""
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def takes_keys(self) -> bool:
        """Whether a client's own key is passed on."""
        return self.profile.name in OPENAI_SHAPED

    @property
    def models(self) -> tuple[str, ...]:
        """Names that clients may use."""
        own = (self.model,) if self.model else ()
        return tuple(dict.fromkeys((*own, *self.profile.models, *self.aliases)))

    def chosen(self, asked: Asked, key: str) -> Chosen:
        """Return the editor that a request gets.

        Raises:
            NotServed: the service has no such model.
            InputError, ProviderError: the service cannot be used so.
        """
        model = self.model_of(asked.model)
        options, dropped = self._options(asked, model)
        editor = self.make(model, options, key)
        return Chosen(editor, model, Instruction(asked.prompt), (*asked.dropped, *dropped))

    def model_of(self, said: str) -> str:
        """Return what a client's name for a model stands for; empty for the service's default.

        A name that another service uses, or one that is gone, stands for the default: many clients have
        `gpt-image-1` built in.

        Raises:
            NotServed: the service has only models of its own, and this is none; or it is no name at all.
        """
        if len(said) > _LONGEST_NAME or not said.isprintable():
            raise _no_such_model()
        usual = self.model or (self.profile.models[0] if self.profile.models else "")
        if said in self.aliases:
            return self.aliases[said]
        if not said or said in RETIRED:
            return usual
        if said in self.profile.models:
            return said
        if self.profile.name not in OPENAI_SHAPED and said.startswith(_OPENAIS):
            return usual
        if not self.profile.open_models or (not self.profile.models and not self.takes_keys):
            raise _no_such_model()
        return said

    def _options(self, asked: Asked, model: str) -> tuple[dict[str, str], tuple[str, ...]]:
        """Return what of the request the service understands, and the names of the rest."""
        kept = dict(self.options)
        dropped = []
        for name, value in asked.options.items():
            if name in self.profile.options and _fits(name, value, model):
                kept[name] = value
            elif value not in ("auto", "opaque"):
                dropped.append(name)
        return kept, tuple(dropped)


def _no_such_model() -> NotServed:
    return NotServed("There is no such model here.", status=404, code="model_not_found", param="model")


def _fits(name: str, value: str, model: str) -> bool:
    if name == "quality":
        return value in _QUALITIES
    return not (name == "input_fidelity" and model.startswith(_NO_FIDELITY))

"""From words to a plan. Strict on purpose: one word it does not know, and it says so.

Free text is served only when every word of it is accounted for, either as part of a phrase a preset knows or
as a word that carries no wish of its own ("please", "photo"). Negations, other colors and other wishes
are in neither list, so they are refused rather than half done.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from privateedit.core.edit import Instruction
from privateedit.errors import UnknownInstruction
from privateedit.providers.studio.presets import PRESETS, Kind, Preset, preset_names

_BACKDROP = r"(?:background|backgrounds|backdrop|back ground|back drop|wall)"
_ADJECTIVES = r"(?:studio|plain|solid|clean|simple|seamless|neutral|uniform|smooth|paper|color|colored|photo)"
_LINKS = r"(?:,|:|a|an|the|to|is|be|being|into|in|of|with|it|made|more|nice|look|very|pretty|one)"

_FILLERS = frozenset(
    """
    a an the this that my me i we us our it its is are be being to into in on of for from with and then
    also plus as at by please kindly can could would you should want need wants like have has get give
    gives make makes made making turn change replace set put apply add use convert create transform
    render do edit show let lets take photo photos picture pictures image images portrait pic shot
    photograph snapshot selfie person subject man woman people behind front style styled effect effects
    look looks looking filter version tone tones toned color colors colored grade grading treatment
    finish feel vibe mood painting drawing drawn draw paint painted hand art artistic some nice nicely
    beautiful professional classic subtle slight slightly bit little more very gentle gently soft softly
    lighting studio clean simple real realistic proper great good just so up
    """.split()  # noqa: SIM905 - a table of words reads better than 150 quoted strings
)

_TOGETHER_NEVER = ({"warm", "cool"},)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in the order it is done: background, drawing, grades; the frame is cut last.

    Every field holds preset names.
    """

    background: str | None = None
    drawing: str | None = None
    grades: tuple[str, ...] = ()
    headshot: bool = False


def understand(instruction: Instruction) -> Plan:
    """Return a plan that does all of what was asked and nothing else.

    Raises:
        UnknownInstruction: some of it cannot be done here. The message never repeats the words.
    """
    if instruction.preset is not None:
        name = _normalized(instruction.preset).replace(" ", "-")
        if name not in PRESETS:
            raise _unknown()
        return _plan({name})
    return _plan(_asked_for(_normalized(instruction.prompt or "")))


def _normalized(text: str) -> str:
    """Lower case, one spelling, one space between words; commas and colons stand alone, full stops go."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[’'`]", "", text)
    text = re.sub(r"\s*(?:&|\+|/)\s*", " and ", text)
    text = re.sub(r"([,:;])", r" \1 ", text).replace(";", ",")
    text = re.sub(r"[\s\-_‐‑–—.!?\"“”()]+", " ", text)
    text = re.sub(r"\bgray", "grey", text)
    return re.sub(r"colour", "color", text).strip()


def _asked_for(text: str) -> set[str]:
    """Names of the presets that `text` asks for, once all of its words are accounted for."""
    whole = text.replace(" ", "-")
    if whole in PRESETS:
        return {whole}
    found: set[str] = set()
    for pattern, name in _PATTERNS:
        text, count = pattern.subn(" | ", text)
        if count:
            found.add(name)
    leftover = set(re.split(r"[\s,:|]+", text)) - _FILLERS - {""}
    if leftover or not found:
        raise _unknown()
    return found


def _plan(names: set[str]) -> Plan:
    """Order `names` into a plan, or refuse a pair that cannot both be had."""
    by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for name, preset in PRESETS.items():
        if name in names:
            by_kind[preset.kind].append(name)
    if any(len(by_kind[kind]) > 1 for kind in (Kind.BACKGROUND, Kind.DRAWING)):
        raise _unknown()
    if any(pair <= names for pair in _TOGETHER_NEVER):
        raise _unknown()
    return Plan(
        background=next(iter(by_kind[Kind.BACKGROUND]), None),
        drawing=next(iter(by_kind[Kind.DRAWING]), None),
        grades=tuple(by_kind[Kind.GRADE]),
        headshot=bool(by_kind[Kind.FRAME]),
    )


def _unknown() -> UnknownInstruction:
    offers = preset_names()
    return UnknownInstruction(
        f"The studio editor cannot do all of that, so it did nothing; it offers {', '.join(offers)}.",
        offers=offers,
    )


def _choice(words: tuple[str, ...]) -> str:
    """A pattern for any of `words`, the longest first, so that "navy blue" wins over "navy"."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _compile(preset: Preset) -> tuple[list[str], ...]:
    """Patterns of one preset, for the five passes that `_PATTERNS` explains."""
    several = tuple(word for word in preset.words if " " in word)
    phrases = [re.escape(preset.name.replace("-", " "))] * ("-" in preset.name)
    phrases += [_choice(several)] if several else []
    before = after = ""
    if preset.beside_backdrop:
        words = _choice(preset.beside_backdrop)
        before = rf"{words}(?: {_ADJECTIVES})*(?: ,)?(?: the| my| our)? {_BACKDROP}"
        after = rf"{_BACKDROP}(?: (?:{_LINKS}|{_ADJECTIVES}))* {words}"
    singles = [_choice(preset.words)] if preset.words else []
    last = [_choice(preset.otherwise)] if preset.otherwise else []
    return phrases, [before] if before else [], [after] if after else [], singles, last


def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    passes: tuple[list[tuple[re.Pattern[str], str]], ...] = ([], [], [], [], [])
    for preset in PRESETS.values():
        for found, sources in zip(passes, _compile(preset), strict=True):
            found += [(re.compile(rf"(?<!\S){source}(?!\S)"), preset.name) for source in sources]
    return tuple(pattern for found in passes for pattern in found)


# Five passes, each taking its words out of the text: phrases of several words ("black and white" before the
# "white" in it is read as a backdrop), "white backdrop", "backdrop in white", single words, and last
# "studio backdrop", which names no color.
_PATTERNS = _patterns()

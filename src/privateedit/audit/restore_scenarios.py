"""What can happen to a picture on its way through an image model; a seed makes it repeatable."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from privateedit.errors import InputError


class Family(StrEnum):
    """Groups of scenarios that can be asked for by one name."""

    HOLE = "hole"
    FACE = "face"
    STYLE = "style"
    REFUSAL = "refusal"
    GROUP = "group"


class Answer(StrEnum):
    """What stands where a face was hidden."""

    HOLE = "hole"
    FACE = "face"
    TURNED = "turned"
    SMOOTH = "smooth"
    PATCH = "patch"
    UNRELATED = "unrelated"


class Frame(StrEnum):
    """What happens to the frame."""

    SAME = "same"
    DRIFT = "drift"
    MOVED = "moved"
    ASPECT = "aspect"


class Crowd(StrEnum):
    """What happens to the people of a group."""

    KEPT = "kept"
    DROPPED = "dropped"
    SWAPPED = "swapped"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of answer by an image model.

    Attributes:
        name: `family/what`.
        family: the group it is part of.
        answer: what stands where a face was hidden.
        frame: what happens to the frame.
        backdrop, clothes, grade, light, soft, style: what else is changed.
        mirrored: the picture came back the wrong way round.
        crowd: what happens to the people; None for photos of one person.
    """

    name: str
    family: Family
    answer: Answer
    frame: Frame = Frame.DRIFT
    backdrop: bool = False
    clothes: bool = False
    grade: bool = False
    light: bool = False
    soft: bool = False
    style: bool = False
    mirrored: bool = False
    crowd: Crowd | None = None

    @property
    def must_refuse(self) -> bool:
        """Whether there is no right result, so that only a refusal is right."""
        return self.family is Family.REFUSAL

    @property
    def must_restore(self) -> bool:
        """Whether every face has a place, so that a refusal is wrong. People who moved may be refused."""
        return not self.must_refuse and self.crowd in {None, Crowd.KEPT, Crowd.ADDED}

    @property
    def relit(self) -> bool:
        """Whether grade or light differ from the photo's."""
        return self.grade or self.light


def _portraits(answer: Answer) -> list[Scenario]:
    family = Family(answer.value)
    return [
        Scenario(f"{family}/same", family, answer, Frame.SAME),
        Scenario(f"{family}/moved", family, answer, Frame.MOVED),
        Scenario(f"{family}/aspect", family, answer, Frame.ASPECT),
        Scenario(f"{family}/backdrop", family, answer, backdrop=True),
        Scenario(f"{family}/clothes", family, answer, clothes=True),
        Scenario(f"{family}/soft", family, answer, soft=True),
        Scenario(f"{family}/grade", family, answer, grade=True),
        Scenario(f"{family}/light", family, answer, light=True),
        Scenario(f"{family}/everything", family, answer, Frame.MOVED, True, True, True, True, True),
    ]


SCENARIOS: tuple[Scenario, ...] = (
    *_portraits(Answer.HOLE),
    *_portraits(Answer.FACE),
    Scenario("style/hole", Family.STYLE, Answer.HOLE, style=True),
    Scenario("style/face", Family.STYLE, Answer.FACE, style=True),
    Scenario("refusal/turned", Family.REFUSAL, Answer.TURNED),
    Scenario("refusal/smooth", Family.REFUSAL, Answer.SMOOTH),
    Scenario("refusal/patch", Family.REFUSAL, Answer.PATCH),
    Scenario("refusal/unrelated", Family.REFUSAL, Answer.UNRELATED),
    Scenario("refusal/mirrored-hole", Family.REFUSAL, Answer.HOLE, mirrored=True),
    Scenario("refusal/mirrored-face", Family.REFUSAL, Answer.FACE, mirrored=True),
    Scenario("group/hole", Family.GROUP, Answer.HOLE, Frame.MOVED, crowd=Crowd.KEPT),
    Scenario("group/face", Family.GROUP, Answer.FACE, Frame.MOVED, crowd=Crowd.KEPT),
    Scenario("group/dropped", Family.GROUP, Answer.FACE, Frame.MOVED, crowd=Crowd.DROPPED),
    Scenario("group/swapped", Family.GROUP, Answer.FACE, crowd=Crowd.SWAPPED),
    Scenario("group/added", Family.GROUP, Answer.FACE, Frame.MOVED, crowd=Crowd.ADDED),
)
"""Everything that is tried, in the order of the table."""


def chosen(names: Sequence[str]) -> tuple[Scenario, ...]:
    """Return the scenarios of these names or families; all without any.

    Raises:
        InputError: there is none of that name.
    """
    known = {name for each in SCENARIOS for name in (each.name, each.family.value)}
    for name in names:
        if name not in known:
            families = ", ".join(Family)
            raise InputError(f"There is no scenario of that name; families are: {families}.")
    return tuple(each for each in SCENARIOS if not names or {each.name, each.family.value} & set(names))


@dataclass(frozen=True, slots=True)
class Recipe:
    """A scenario with every choice made.

    Attributes:
        scenario: what happens.
        zoom: linear magnification of the frame.
        turn: degrees clockwise.
        shift: of the picture, as a share of its width and height.
        aspect: width by height that the picture is padded or cropped to; None keeps it.
        padded: whether it is padded rather than cropped.
        border: what stands beyond the photo's edge: `extended`, `white` or `black`.
        backdrop: `plain`, `gradient` or `other`, a part of another picture; empty keeps it.
        grade: name of the grade; empty for none.
        stops, toward: exposure over the picture, from one side to the other, and that direction in degrees.
        softness: standard deviation of the blur, in pixels.
        enlarged: share of the size from which the picture was enlarged.
        quality: of the JPEG.
        style: name of the restyle; empty for none.
        seed: for everything that is drawn after this.
    """

    scenario: Scenario
    zoom: float
    turn: float
    shift: tuple[float, float]
    aspect: float | None
    padded: bool
    border: str
    backdrop: str
    grade: str
    stops: float
    toward: float
    softness: float
    enlarged: float
    quality: int
    style: str
    seed: int

    @property
    def choices(self) -> str:
        """What was chosen, in words."""
        facts = (
            f"{self.zoom:.2f}x",
            f"{self.turn:+.1f} degrees" if self.scenario.frame is Frame.MOVED else "",
            f"{'padded' if self.padded else 'cropped'} to {self.aspect:.2f}" if self.aspect else "",
            f"{self.backdrop} backdrop" if self.backdrop else "",
            self.grade,
            f"{self.stops:.1f} stops toward {self.toward:.0f} degrees" if self.stops else "",
            f"blurred by {self.softness:.1f}" if self.softness else "",
            self.style,
            f"JPEG {self.quality}",
        )
        return ", ".join(fact for fact in facts if fact)

    def generator(self) -> np.random.Generator:
        """Return a generator for what is drawn after this; the same every time."""
        return np.random.default_rng(self.seed)


ASPECTS = (1.0, 4 / 5, 3 / 4, 2 / 3, 4 / 3, 3 / 2, 16 / 9)
BORDERS = ("extended", "white", "black")
BACKDROPS = ("plain", "gradient", "other")
GRADES = ("warm", "cool", "night", "film", "black-and-white")
STYLES = ("sketch", "colored-pencil", "watercolor", "cartoon")

_REACH = {
    Frame.SAME: (0.0, 0.0, 0.0),
    Frame.DRIFT: (0.12, 0.0, 0.012),
    Frame.MOVED: (0.28, 4.0, 0.06),
    Frame.ASPECT: (0.10, 0.0, 0.0),
}
"""How far log zoom, degrees and shift may go."""


def recipe(scenario: Scenario, photo: str, seed: int) -> Recipe:
    """Return what happens to the photo of that name; equal arguments give equal recipes."""
    text = f"{seed}|{scenario.name}|{photo}"
    random = np.random.default_rng(list(hashlib.sha256(text.encode()).digest()))
    zoom, turn, shift = _REACH[scenario.frame]
    # Everything is drawn, whether used or not, so that one scenario's choices do not depend on another's.
    drawn = Recipe(
        scenario=scenario,
        zoom=float(np.exp(random.uniform(-zoom, zoom))),
        turn=float(random.uniform(-turn, turn)),
        shift=(float(random.uniform(-shift, shift)), float(random.uniform(-shift, shift))),
        aspect=float(random.choice(ASPECTS)),
        padded=bool(random.random() < 0.5),
        border=str(random.choice(BORDERS)),
        backdrop=str(random.choice(BACKDROPS)),
        grade=str(random.choice(GRADES)),
        stops=float(random.uniform(0.5, 1.2)),
        toward=float(random.uniform(0, 360)),
        softness=float(random.uniform(0.5, 1.1)),
        enlarged=float(random.uniform(0.6, 0.85)),
        quality=int(random.integers(80, 96)),
        style=str(random.choice(STYLES)),
        seed=int(random.integers(2**31)),
    )
    return _limited(drawn)


def _limited(drawn: Recipe) -> Recipe:
    """Return the recipe without what its scenario leaves alone."""
    scenario = drawn.scenario
    return replace(
        drawn,
        aspect=drawn.aspect if scenario.frame is Frame.ASPECT else None,
        padded=drawn.padded and scenario.frame is Frame.ASPECT,
        border=drawn.border if scenario.frame is Frame.ASPECT and drawn.padded else "extended",
        backdrop=drawn.backdrop if scenario.backdrop else "",
        grade=drawn.grade if scenario.grade else "",
        stops=drawn.stops if scenario.light else 0.0,
        softness=drawn.softness if scenario.soft else 0.0,
        enlarged=drawn.enlarged if scenario.soft else 1.0,
        quality=drawn.quality if scenario.soft else max(drawn.quality, 90),
        style=drawn.style if scenario.style else "",
    )

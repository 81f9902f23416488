"""From one person's photos to descriptors: of the clean face, and of what each attack gets of each case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from privateedit.audit.attacks import ATTACKS, Attack
from privateedit.audit.grid import Case
from privateedit.audit.instruments import Instruments
from privateedit.audit.people import Person, digest
from privateedit.audit.photo_audit import observed_from
from privateedit.audit.subject import Subject
from privateedit.core.ports import Descriptor
from privateedit.errors import InputError, NoFaceFound

CLEAN = "clean"
"""The case of a photo that hides nothing."""

AS_SENT = "as-sent"
"""The attack that takes the picture as it is."""

WIDE = "wide"
"""Not an attack: what was sent, seen by a recognizer that looks at hair, neck and collar too."""

ROLES = ("gallery", "probe")
"""A person's first usable photo is in the gallery, the second is the probe; only the probe is attacked."""


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """What was got out of one photo in one case.

    Attributes:
        photo: SHA-256 of its file.
        case: the case's key as this photo's role has it (`key_of`), or `CLEAN`.
        hidden: share of the picture that was hidden; 1 when the pipeline refused to let it leave.
        refused: whether it refused.
        descriptors: `AS_SENT` and `WIDE`, and of a probe one an attack.
    """

    photo: str
    case: str
    hidden: float
    refused: bool
    descriptors: Mapping[str, Descriptor] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was skipped, and why, in words without content."""

    file: Path
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class Portrayed:
    """One person after measuring: digests of the usable photos, what is new, and what was skipped."""

    name: str
    photos: tuple[str, ...]
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...]


def portray(
    person: Person, cases: Sequence[Case], known: Collection[tuple[str, str]], instruments: Instruments
) -> Portrayed:
    """Measure a person's first two usable photos in every case, except what is `known` (photo, case) already.

    A photo that cannot be read or shows no face is skipped and named.
    """
    photos: list[str] = []
    seen: list[Seen] = []
    problems: list[Problem] = []
    for path in person.photos:
        if len(photos) == len(ROLES):
            break
        try:
            name, role = digest(path), ROLES[len(photos)]
            missing = [case for case in cases if (name, key_of(case, role)) not in known]
            if missing or (name, CLEAN) not in known:
                subject = Subject.of(instruments.open_photo(path), instruments)
                seen += _described(subject, name, role, missing, instruments)
            photos.append(name)
        except (InputError, NoFaceFound) as problem:
            problems.append(Problem(path, problem.message))
    return Portrayed(person.name, tuple(photos), tuple(seen), tuple(problems))


def key_of(case: Case, role: str) -> str:
    """Return the key of what is measured of a photo in that role."""
    return f"{role} {case.key}"


def _described(
    subject: Subject, name: str, role: str, cases: Sequence[Case], instruments: Instruments
) -> list[Seen]:
    clean = instruments.recognizer.embed(subject.photo.pixels, subject.landmarks)
    attacks = [attack for attack in ATTACKS.values() if role == "probe" or attack.name == AS_SENT]
    return [
        Seen(name, CLEAN, 0.0, False, {CLEAN: clean}),
        *(_seen(subject, name, key_of(case, role), case, attacks, instruments) for case in cases),
    ]


def _seen(
    subject: Subject, name: str, key: str, case: Case, attacks: Sequence[Attack], instruments: Instruments
) -> Seen:
    """Attack one photo in one case. Of what is refused an attacker has nothing: a blank picture."""
    masked = subject.masked(case, instruments)
    near, far = instruments.recognizer.embed, instruments.surroundings.embed
    if masked is None:
        nothing = near(np.zeros_like(subject.photo.pixels), subject.landmarks)
        names = [attack.name for attack in attacks]
        return Seen(name, key, 1.0, True, dict.fromkeys([*names, WIDE], nothing))
    observed = observed_from(masked, masked.pixels, masked.mask.hidden)
    got = {attack.name: near(attack.run(observed), subject.landmarks) for attack in attacks}
    wide = far(masked.pixels, subject.landmarks)
    return Seen(name, key, masked.concealed.fraction, False, {**got, WIDE: wide})

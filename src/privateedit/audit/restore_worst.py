"""Which cases of `bench restore` are the worst, and what is said about them on a contact sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from privateedit.audit.restore_outcomes import FaceOutcome, Outcome

WORST: Mapping[str, Callable[[FaceOutcome], float]] = {
    "identity": lambda face: (
        face.identity - face.floor if face.identity > 0 and face.floor > 0 else face.identity
    ),
    "alignment": lambda face: face.alignment,
    "seam": lambda face: face.seam,
    "color": lambda face: face.color,
}
"""Measures by which the worst cases can be picked; identity counts beyond what the edit itself costs."""

_FAILED = 1e6


def badness(outcome: Outcome, measure: str) -> float:
    """Return how bad a case is: failures first, then by `measure`."""
    values = [WORST[measure](face) for face in outcome.faces]
    known = [value for value in values if not math.isnan(value)]
    return max(known, default=0.0) + (_FAILED if outcome.failed else 0.0)


def caption(outcome: Outcome) -> str:
    """Return one line about a case, ASCII."""
    facts = [outcome.photo, outcome.scenario.name, outcome.choices]
    facts += [f"REFUSED {outcome.refused[:60]}"] if outcome.refused else []
    for face in outcome.faces[:1]:
        facts.append(
            f"{face.regime} align {100 * face.alignment:.1f}% id {face.identity:.3f}/{face.floor:.3f} "
            f"seam {face.seam:.2f} color {face.color:.1f}"
        )
    facts += ["WRONG"] if any(face.wrong for face in outcome.faces) else []
    return " | ".join(facts).encode("ascii", "replace").decode("ascii")

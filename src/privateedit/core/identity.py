"""Whose face a recognizer sees before and after: in what came back, and in the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from privateedit.core.face import Face
from privateedit.core.likeness import Likeness, Portrayed
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Comparison, Placement
from privateedit.core.report import PlacementReport, Report


def with_identity(
    report: Report,
    final: Pixels,
    photo: Photo,
    comparison: Comparison,
    placements: Sequence[Placement],
    likeness: Likeness,
) -> Report:
    """Return the report with each face's distances to the person in the photo, and whether it was guessed.

    Args:
        report: how the faces were put back.
        final: H×W×3 uint8, the result, in whose coordinates `placements` are.
        photo: the original.
        comparison: what was sent and what came back.
        placements: where the faces went.
        likeness: the recognizer.
    """
    homes = {face.id: (face, placement) for placement in placements for face in placement.faces}

    def judged(each: PlacementReport) -> PlacementReport:
        if each.id is None:
            return each
        face, placement = homes[each.id]
        portrayed = likeness.portrayed(photo, face)
        before = _drawn(portrayed, face, placement, comparison)
        return replace(
            each,
            distance_before=before,
            distance_after=portrayed.distance_at(final, placement.alignment.matrix),
            guessed=before is not None and before < likeness.same_person,
        )

    return replace(report, placements=tuple(judged(each) for each in report.placements))


def _drawn(portrayed: Portrayed, face: Face, placement: Placement, comparison: Comparison) -> float | None:
    """Return the distance to the face that was drawn; None where none was, as when the hole came back."""
    drawn = comparison.pairs.get(face.id) if placement.alignment.regime == "face" else None
    return None if drawn is None else portrayed.distance_to(comparison.edited, drawn)

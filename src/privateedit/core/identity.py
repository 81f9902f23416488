"""Whose face a recognizer sees before and after: in what came back, and in the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from privateedit.core.comparison import Comparison
from privateedit.core.face import Face
from privateedit.core.likeness import Likeness
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.report import PlacementReport, Report


def with_identity(
    report: Report,
    final: Pixels,
    photo: Photo,
    comparison: Comparison,
    placements: Sequence[Placement],
    drawn: Mapping[int, Face],
    likeness: Likeness,
) -> Report:
    """Return the report with each face's distances to the person in the photo, and whether it was guessed.

    Args:
        report: how the faces were put back.
        final: H×W×3 uint8, the result, in whose coordinates `placements` are.
        photo: the original.
        comparison: what was sent and what came back.
        placements: where the faces went.
        drawn: the faces that the editor drew in place of hidden ones, by their ids, as they came back.
        likeness: the recognizer.
    """
    told = comparison.masked.exposed  # a face that was shown was not guessed
    homes = {face.id: (face, placement) for placement in placements for face in placement.faces}

    def judged(each: PlacementReport) -> PlacementReport:
        if each.id is None:
            return each
        face, placement = homes[each.id]
        portrayed = likeness.portrayed(photo, face)
        stranger = drawn.get(face.id)
        before = None if stranger is None else portrayed.distance_to(comparison.edited, stranger)
        return replace(
            each,
            distance_before=before,
            distance_after=portrayed.distance_at(final, placement.alignment.matrix),
            guessed=not told and before is not None and before < likeness.same_person,
        )

    return replace(report, placements=tuple(judged(each) for each in report.placements))

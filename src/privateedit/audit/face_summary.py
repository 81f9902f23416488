"""From measured photos to the rates that people read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from privateedit.audit.face_bench import MarkedFace, MeasuredPhoto

SIZES = (
    ("under 16", 0.0, 16.0),
    ("16 to 24", 16.0, 24.0),
    ("24 to 48", 24.0, 48.0),
    ("48 and more", 48.0, math.inf),
)
"""Names and bounds of the classes of face sizes, in pixels."""


@dataclass(frozen=True, slots=True)
class SizeClass:
    """The marked faces of one size: how many, and which share was found and hidden (NaN for none)."""

    name: str
    faces: int
    found: float
    hidden: float
    inner_hidden: float


@dataclass(frozen=True, slots=True)
class FaceSummary:
    """What a benchmark found.

    Attributes:
        photos: how many were measured.
        sizes: marked faces by size, then all of them.
        complete: those in photos whose every face is marked.
        counted: photos with a head count.
        counts_reached: how many of those showed at least so many faces to the detector.
        residual_before: faces that the judge found in the photos; None without a judge.
        residual_after: those it still found in the masked pictures.
        faceless: photos known to show no face.
        alarms: those of them in which one was found, by name.
        late: faces that only the second search found.
        seconds_per_megapixel: all time by all pixels.
    """

    photos: int
    sizes: tuple[SizeClass, ...]
    complete: SizeClass
    counted: int
    counts_reached: int
    residual_before: int | None
    residual_after: int | None
    faceless: int
    alarms: tuple[str, ...]
    late: int
    seconds_per_megapixel: float


def summarized(photos: Sequence[MeasuredPhoto]) -> FaceSummary:
    """Return the rates over `photos`."""
    marked = [face for photo in photos for face in photo.marked]
    counted = [photo for photo in photos if photo.count is not None]
    judged = [photo for photo in photos if photo.residual_before is not None]
    return FaceSummary(
        photos=len(photos),
        sizes=(
            *(
                _class(name, (face for face in marked if low <= face.size < high))
                for name, low, high in SIZES
            ),
            _class("all", marked),
        ),
        complete=_class("complete", (face for face in marked if face.complete)),
        counted=len(counted),
        counts_reached=sum(photo.found >= (photo.count or 0) for photo in counted),
        residual_before=sum(photo.residual_before or 0 for photo in judged) if judged else None,
        residual_after=sum(photo.residual_after or 0 for photo in judged) if judged else None,
        faceless=sum(photo.faceless for photo in photos),
        alarms=tuple(photo.name for photo in photos if photo.faceless and photo.found),
        late=sum(photo.late for photo in photos),
        seconds_per_megapixel=_share(
            sum(photo.seconds for photo in photos), sum(photo.megapixels for photo in photos)
        ),
    )


def _class(name: str, faces: Iterable[MarkedFace]) -> SizeClass:
    group = list(faces)
    return SizeClass(
        name,
        len(group),
        found=_share(sum(face.found for face in group), len(group)),
        hidden=_share(sum(face.hidden for face in group), len(group)),
        inner_hidden=_share(sum(face.inner_hidden for face in group), len(group)),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan

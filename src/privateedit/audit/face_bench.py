"""Are all faces found and hidden? Measured on photos whose faces somebody marked.

Every photo is masked by the default (coverage `face`) as it would leave, second search included.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from privateedit.audit.ground_truth import Annotated
from privateedit.audit.no_memory import NoMemory
from privateedit.core.concealment import Concealment
from privateedit.core.face import Box, Face
from privateedit.core.hide import hide
from privateedit.core.mask import Hidden
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import FaceDetector
from privateedit.errors import NoFaceFound

_MOSTLY = 0.5  # a face counts as visible while more than this share of its box is


@dataclass(frozen=True, slots=True)
class FaceInstruments:
    """What the benchmark measures with.

    Attributes:
        parts: what finds and hides.
        judge: an independent detector that looks for what is left; None leaves that out.
        open_photo: decodes the bytes of a file.
    """

    parts: Parts
    judge: FaceDetector | None
    open_photo: Callable[[bytes, str], Photo]


@dataclass(frozen=True, slots=True)
class MarkedFace:
    """What became of one marked face.

    Attributes:
        size: the longer side of its box, in pixels.
        complete: whether every face of its photo is marked.
        found: a face that was found holds its middle.
        hidden: share of its box inside the frame that is hidden.
        inner_hidden: nothing of the ellipse inside its box is visible.
    """

    size: float
    complete: bool
    found: bool
    hidden: float
    inner_hidden: bool


@dataclass(frozen=True, slots=True)
class MeasuredPhoto:
    """What was measured on one photo.

    Attributes:
        name: its file's name.
        megapixels: its size.
        seconds: detection, mask and second search, models loaded.
        found: how many faces were found.
        late: how many of those only the second search found.
        count: how many there are by eye, if anybody counted.
        faceless: it is known to show none.
        marked: the marked faces.
        residual_before: faces that the judge finds in the photo; None without a judge.
        residual_after: those it finds in the masked picture that are not mostly hidden.
    """

    name: str
    megapixels: float
    seconds: float
    found: int
    late: int
    count: int | None
    faceless: bool
    marked: tuple[MarkedFace, ...]
    residual_before: int | None
    residual_after: int | None


def read(path: Path) -> bytes | None:
    """Return the bytes of a file, None when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def key_of(data: bytes, known: Annotated, versions: str) -> str:
    """Return a digest of everything that decides a photo's result: bytes, annotation, what measures."""
    facts = f"{versions}|{known.boxes}|{known.complete}|{known.count}"
    return hashlib.sha256(hashlib.sha256(data).digest() + facts.encode()).hexdigest()


def measured(known: Annotated, data: bytes, instruments: FaceInstruments) -> MeasuredPhoto:
    """Mask one photo and measure what is left of its faces.

    Raises:
        UnreadablePhoto: the bytes are not a picture.
        ExtraMissing: the judge needs an optional part that is not installed.
    """
    photo = instruments.open_photo(data, known.path.name)
    parts = replace(instruments.parts, ledger=NoMemory())
    _warm(parts, photo.pixels)
    started = time.perf_counter()
    faces, late, hidden = _hidden(photo, parts)
    seconds = time.perf_counter() - started
    return MeasuredPhoto(
        name=known.path.name,
        megapixels=photo.width * photo.height / 1e6,
        seconds=seconds,
        found=len(faces),
        late=late,
        count=known.count,
        faceless=known.faceless,
        marked=tuple(_marked(box, known.complete, faces, hidden) for box in known.boxes),
        residual_before=None if instruments.judge is None else len(instruments.judge.detect(photo.pixels)),
        residual_after=_residual(photo.pixels, hidden, instruments.judge),
    )


def _warm(parts: Parts, pixels: Pixels) -> None:
    """Models load when first used; that is no part of the time a photo takes."""
    corner = np.ascontiguousarray(pixels[:32, :32])
    parts.detector.detect(corner)
    parts.searcher.search(corner, np.zeros(corner.shape[:2], np.bool_))


def _hidden(photo: Photo, parts: Parts) -> tuple[Sequence[Face], int, Hidden]:
    """Return the faces, how many of them only the second search found, and what is hidden by default."""
    counting = _Counting(parts.detector)
    try:
        concealed = hide(photo, Concealment(), replace(parts, detector=counting))
    except NoFaceFound:
        return (), 0, np.zeros((photo.height, photo.width), np.bool_)
    return concealed.faces, len(concealed.faces) - counting.found, concealed.masked.mask.hidden


@dataclass
class _Counting:
    """A detector that remembers how many faces it found."""

    detector: FaceDetector
    found: int = 0

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        faces = self.detector.detect(pixels)
        self.found = len(faces)
        return faces


def _masked(pixels: Pixels, hidden: Hidden) -> Pixels:
    masked = pixels.copy()
    masked[hidden] = 0
    return masked


def _marked(box: Box, complete: bool, faces: Sequence[Face], hidden: Hidden) -> MarkedFace:
    x, y = box.center
    found = any(face.box.x0 < x < face.box.x1 and face.box.y0 < y < face.box.y1 for face in faces)
    part, inner = _window(box, hidden)
    return MarkedFace(
        size=max(box.width, box.height),
        complete=complete,
        found=found,
        hidden=float(part.mean()) if part.size else 1.0,
        inner_hidden=bool(part[inner].all()),
    )


def _window(box: Box, hidden: Hidden) -> tuple[Hidden, Hidden]:
    """Return the hidden pixels of a box inside the frame, and which of them its inner ellipse touches."""
    height, width = hidden.shape
    x0, y0 = max(int(np.floor(box.x0)), 0), max(int(np.floor(box.y0)), 0)
    x1, y1 = min(int(np.ceil(box.x1)), width), min(int(np.ceil(box.y1)), height)
    part = hidden[y0 : max(y1, y0), x0 : max(x1, x0)]
    (x, y), rows, columns = box.center, *np.mgrid[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]]
    across, down = (columns + 0.5 - x) / (box.width / 2), (rows + 0.5 - y) / (box.height / 2)
    return part, across**2 + down**2 <= 1.0


def _residual(pixels: Pixels, hidden: Hidden, judge: FaceDetector | None) -> int | None:
    if judge is None:
        return None
    seen = judge.detect(_masked(pixels, hidden))
    return sum(1 for face in seen if _visible_share(face.box, hidden) > _MOSTLY)


def _visible_share(box: Box, hidden: Hidden) -> float:
    part, _ = _window(box, hidden)
    return 1.0 - float(part.mean()) if part.size else 0.0

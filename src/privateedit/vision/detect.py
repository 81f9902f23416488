"""Face detection: cheap views of every photo, further ones when something asks for them.

Missing a face sends it away; a false alarm only masks too much. So thresholds are low, and what was seen
weakly, turned, or by one network only is looked at more closely before it is believed or dropped.

Every photo is seen by CenterFace upright at two thirds of its size (at most 1.2 megapixels), at a small size
in the three other quarter turns, and at a tiny size for faces that fill the frame; BlazeFace sees it whole.
Finer views follow where many small faces are, and everywhere when nothing was found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from privateedit.core.face import Box, Face, in_order
from privateedit.core.photo import Pixels
from privateedit.vision import views
from privateedit.vision.blazeface import BlazeFace
from privateedit.vision.candidate import Candidate, is_known, strongest
from privateedit.vision.centerface import CenterFace
from privateedit.vision.landmarks import FaceMesh, Mesh
from privateedit.vision.made_whole import made_whole
from privateedit.vision.second_opinion import Opinion, SecondOpinion, face_from
from privateedit.vision.views import View

_HINT = 0.15  # upright: less is noise
_TURNED_HINT = 0.2
_BLAZE = 0.5
_SURE = 0.6  # upright: needs no second opinion
_ALONE = 1.15  # evidence (see `Opinion`) that makes a face of a sighting when nothing else is a face
_IN_COMPANY = 0.65  # the same in a photo that shows a face already
_TURNED_MORE = 0.2  # how much more a turned sighting needs: three views of four are wrong ways up
_MOST_LOOKS = 12  # before few of them being faces ends it
_AGREE = 3  # plain sightings turned alike
_MESHES, _FINE_MESHES, _SMALLEST_MESH = 8, 2, 32.0  # largest faces first; pixels, in a crowd

_SMALL, _TINY = 64_000, 26_000  # pixels of the turned views and of the one for faces that fill the frame
_TURNED = 100_000  # pixels of the turned views when nothing was found, or one turned face
_ROOM_FOR_MORE = 0.6  # scale below which a finer view shows more
_SMALL_FACE, _SOME = 16, 4  # seen pixels; how many of them ask for a finer view
_CROWD, _CROWD_HINT = 12, 0.2  # faces of one size; the score that is enough for one more

_NOTHING = np.zeros((32, 32, 3), np.uint8)
_SOMEWHERE = np.array([(10, 12), (22, 12), (16, 18), (11, 24), (21, 24)], np.float32)


class _Look(NamedTuple):
    """A further view: the photo turned, at its main size (area 0) or smaller; or a region more finely."""

    turns: int = 0
    area: int = 0
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A candidate that was found to be a face, and its mesh where one was asked for."""

    candidate: Candidate
    mesh: Mesh | None = None


_Opinions = dict[Candidate, Opinion]
"""Closer looks taken at one photo, so that none is taken twice."""


class MultiScaleDetector:
    """Implements `FaceDetector`. Safe to share between threads.

    Finds upright faces from about 16 pixels in a photo of one megapixel (from 0.7 % of the long side of a
    larger one, less in a crowd) and turned ones from about 4 % of the long side.
    """

    def __init__(self, center_face: CenterFace | None = None, mesh: FaceMesh | None = None) -> None:
        self._center_face = center_face or CenterFace()
        self._blaze_face = BlazeFace()
        self._mesh = mesh or FaceMesh()
        self._opinion = SecondOpinion(self._center_face, self._mesh)

    def get_ready(self) -> None:
        """Load every network now, by showing it next to nothing, so that no photo has to wait for it.

        Raises:
            WeightsMissing: a model file is absent or altered.
        """
        self._center_face.find(_NOTHING, max(_NOTHING.shape), threshold=1.0)
        self._blaze_face.find(_NOTHING, threshold=1.0)
        self._mesh.fit(_NOTHING, _SOMEWHERE, refine=False)

    def rest(self) -> None:
        """Give back the memory that a large view took; see `CenterFace.rest`."""
        self._center_face.rest()

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Return every face in an RGB picture, numbered left to right, in its pixel coordinates."""
        main = views.whole(pixels, views.main_scale(pixels))
        opinions: _Opinions = {}
        found = self._first(main)
        sightings = self._judged(pixels, found, opinions)
        looked: list[_Look] = []
        while looks := _further(main, [each.candidate for each in sightings], found, looked):
            looked += looks
            for look in looks:
                found += self._looked(pixels, main, look)
            ways = {each.candidate.turns for each in sightings}
            sightings = self._judged(pixels, _strongest_of_each_way(found), opinions, ways)
        return in_order(self._faces(pixels, sightings))

    def _first(self, main: View) -> list[Candidate]:
        small = main.reduced(_SMALL)
        upright = list(main.pieces())
        seen = [each for view in upright for each in self._seen(view, _HINT)]
        if len(upright) > 1:
            found = strongest([*seen, *self._seen(small, _HINT)])
            seen = [made_whole(each, main, upright, lambda view: self._seen(view, _HINT)) for each in found]
        sure = any(each.score >= _SURE for each in seen)
        for turns in (1, 2, 3):
            seen += self._seen(small.turned(turns), _TURNED_HINT)
        seen = _strongest_of_each_way(seen)
        if not sure:  # beside a face of ordinary size there is none that fills the frame
            tiny = small.reduced(_TINY)
            large = min(tiny.pixels.shape[:2]) / 4 / min(tiny.scale)
            seen = _reinforced(seen, [each for each in self._seen(tiny, _HINT) if each.size > large])
        blaze = [small.in_photo(each) for each in self._blaze_face.find(small.pixels, _BLAZE)]
        # BlazeFace's scores are worth half of CenterFace's, and it boxes two near faces as one.
        likely = [each for each in seen if each.score > _BLAZE / 2]
        new = [replace(each, score=each.score / 2) for each in blaze if not any(map(each.holds, likely))]
        return seen + new

    def _seen(self, view: View, threshold: float) -> list[Candidate]:
        found = self._center_face.find(view.pixels, max(view.pixels.shape[:2]), threshold)
        return [view.in_photo(each) for each in found]

    def _looked(self, pixels: Pixels, main: View, look: _Look) -> Iterable[Candidate]:
        if look.region is not None:
            fine = views.region(pixels, look.region, min(1.0, 2 * min(main.scale)))
            return [each for piece in fine.pieces() for each in self._seen(piece, _HINT)]
        whole = main if look.area == 0 else main.reduced(look.area)
        threshold = _HINT if look.area == 0 else _TURNED_HINT
        return [each for piece in whole.pieces() for each in self._seen(piece.turned(look.turns), threshold)]

    def _judged(
        self,
        pixels: Pixels,
        candidates: Sequence[Candidate],
        known: _Opinions,
        ways: Collection[int] = (),
    ) -> list[_Sighting]:
        """Return the candidates that are faces; `ways` are the turns in which faces were found already."""
        trusted = {0, *ways, *_obvious_ways(candidates)}
        sure = strongest(each for each in candidates if each.turns in trusted and each.score >= _SURE)
        weak = _beside(sure, candidates)
        weak.sort(key=lambda each: -each.score)
        if len(weak) > _MOST_LOOKS:
            # In a crowd, what is as large as many of its faces is one of them.
            sure += [each for each in weak if _like_many(each, sure)]
            weak = _beside(sure, weak)
        self._look_closer(pixels, [each for each in weak if each not in known], known)
        opinions = [(each, known[each]) for each in weak if each in known]
        accompanied = bool(sure) or any(_enough(each, opinion, _ALONE) for each, opinion in opinions)
        bar = _IN_COMPANY if accompanied else _ALONE
        sightings = [_Sighting(each) for each in sure] + [
            _Sighting(replace(each, score=opinion.score), opinion.mesh)
            for each, opinion in opinions
            if _enough(each, opinion, bar)
        ]
        faces = _outermost(strongest(each.candidate for each in sightings))
        return [each for each in sightings if each.candidate in faces]

    def _look_closer(self, pixels: Pixels, weak: Sequence[Candidate], known: _Opinions) -> None:
        """Look at the most likely candidates, and at further ones as long as half turn out to be faces."""
        for start in range(0, len(weak), _MOST_LOOKS):
            batch = weak[start : start + _MOST_LOOKS]
            known.update((each, self._opinion.on(pixels, each)) for each in batch)
            if 2 * sum(_enough(each, known[each], _IN_COMPANY) for each in batch) < len(batch):
                return

    def _faces(self, pixels: Pixels, sightings: Sequence[_Sighting]) -> Iterable[Face]:
        ranked = sorted(sightings, key=lambda each: -each.candidate.size)
        for index, sighting in enumerate(ranked):
            candidate, mesh = sighting.candidate, sighting.mesh
            fine = index < _FINE_MESHES
            worth = len(ranked) <= _MESHES or candidate.size >= _SMALLEST_MESH
            if (mesh is None or fine) and index < _MESHES and worth:
                mesh = self._mesh.fit(pixels, candidate.points, refine=fine)
            yield face_from(candidate, mesh)


def _further(
    main: View, faces: Sequence[Candidate], seen: Sequence[Candidate], looked: Sequence[_Look]
) -> list[_Look]:
    """Say where the views so far may have missed a face; nothing that was looked at already.

    Where many small faces are, what was `seen` weakly may be smaller ones, or two of them.
    """
    looks = []
    if not faces:
        looks += [_Look(turns, _TURNED) for turns in (1, 2, 3)]
    for turns, count in sorted(Counter(each.turns for each in faces if each.turns).items()):
        # Where one face lies on its side, so may smaller ones; where several do, so does the photo.
        looks.append(_Look(turns, _TURNED if count == 1 else 0))
    looks = [each for each in looks if each not in looked]
    scale = min(main.scale)
    small = [each for each in faces if each.size * scale < _SMALL_FACE]
    finely = any(each.region for each in looked)
    if not finely and scale < _ROOM_FOR_MORE and (len(small) >= _SOME or not faces):
        likely = [each for each in seen if not each.turns and each.score >= _CROWD_HINT]
        looks.append(_Look(region=_around(small, likely) if small else Box(0, 0, math.inf, math.inf)))
    return looks


def _reinforced(finer: Sequence[Candidate], coarser: Sequence[Candidate]) -> list[Candidate]:
    """Join sightings of two scales: the better score, placed by the finer view."""
    joined = list(finer)
    for each in coarser:
        same = next((index for index, other in enumerate(joined) if is_known(each, [other])), None)
        if same is None:
            joined.append(each)
        else:
            joined[same] = replace(joined[same], score=max(joined[same].score, each.score))
    return joined


def _strongest_of_each_way(candidates: Iterable[Candidate]) -> list[Candidate]:
    """A face seen several ways up stays a candidate in each, until a closer look tells which is right."""
    ways: dict[int, list[Candidate]] = {}
    for each in candidates:
        ways.setdefault(each.turns, []).append(each)
    return [each for found in ways.values() for each in strongest(found)]


def _obvious_ways(candidates: Iterable[Candidate]) -> list[int]:
    """Return the turn in which most of several plain sightings agree: so lies the photo, or a group in it."""
    plain = Counter(each.turns for each in candidates if each.score >= _SURE)
    (way, count), *_ = plain.most_common(1) or [(0, 0)]
    return [way] if count >= _AGREE else []


def _enough(candidate: Candidate, opinion: Opinion, bar: float) -> bool:
    return opinion.evidence >= bar + (_TURNED_MORE if candidate.turns else 0.0)


def _beside(faces: Sequence[Candidate], candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that are none of `faces` nor part of one."""
    return [
        each for each in candidates if not is_known(each, faces) and not any(_shown(each, of) for of in faces)
    ]


def _shown(candidate: Candidate, face: Candidate) -> bool:
    """Whether a candidate is a face seen again: a part of it, or seen the wrong way up."""
    return _part(candidate, face) or (candidate.turns != face.turns and face.holds(candidate))


def _outermost(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what lies inside another: a mouth or forehead that was boxed on its own."""
    return [each for each in candidates if not any(_part(each, of) for of in candidates)]


def _part(candidate: Candidate, face: Candidate) -> bool:
    """Whether a candidate lies inside the box of a larger face, which hides it anyway."""
    (x0, y0, x1, y1), box = face.box, candidate.box
    width, height = min(x1, box.x1) - max(x0, box.x0), min(y1, box.y1) - max(y0, box.y0)
    inside = max(width, 0.0) * max(height, 0.0) > 0.9 * box.width * box.height
    return inside and candidate.size < face.size


def _around(faces: Sequence[Candidate], likely: Sequence[Candidate]) -> Box:
    boxes = np.array([each.box for each in (*faces, *likely)])
    low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    margin = 0.25 * (high - low) + 4 * float(np.median([each.size for each in faces]))
    return Box(*(float(value) for value in (*(low - margin), *(high + margin))))


def _like_many(candidate: Candidate, faces: Sequence[Candidate]) -> bool:
    alike = sum(candidate.turns == each.turns and 0.5 < candidate.size / each.size < 2 for each in faces)
    return candidate.score >= _CROWD_HINT and alike >= _CROWD

import numpy as np
import pytest
import skimage.data

from privateedit.core.face import Box, Pose
from privateedit.vision.candidate import Candidate
from privateedit.vision.centerface import CenterFace
from privateedit.vision.landmarks import FaceMesh, Mesh
from privateedit.vision.second_opinion import SecondOpinion, fits

FIVE = np.array([[204, 101], [248, 105], [224, 124], [203, 142], [243, 144]], np.float32)
BOX = Box(178, 62, 276, 178)


@pytest.fixture(scope="module")
def opinion():
    return SecondOpinion(CenterFace(), FaceMesh())


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_face_that_was_seen_weakly_is_believed_whichever_way_it_lies(opinion, astronaut, turns):
    height, width = astronaut.pixels.shape[:2]
    lying = np.ascontiguousarray(np.rot90(astronaut.pixels, -turns))
    sides = (height, width) if turns % 2 else (width, height)
    candidate = Candidate(BOX, 0.3, FIVE).turned_back(turns, *sides)
    said = opinion.on(lying, candidate)
    assert said.evidence > 1.3
    assert said.score > 0.7
    assert said.mesh.confidence > 0.9
    assert fits(candidate, said.mesh)


@pytest.mark.parametrize("score", [0.15, 0.55])
def test_no_face_gains_nothing(opinion, score):
    said = opinion.on(skimage.data.coffee(), Candidate(BOX, score, FIVE))
    assert said.evidence < score + 0.2
    assert said.score < 0.6


def test_a_face_beside_the_candidate_is_not_its_own(opinion, astronaut):
    beside = Candidate(BOX, 0.3, FIVE).moved(110, 0)
    assert opinion.on(astronaut.pixels, beside).evidence < 0.5


def test_the_mesh_is_asked_only_when_it_can_matter(monkeypatch):
    calls = []

    class Mute:
        def find(self, pixels, side, threshold):
            return []

    class Counting:
        def fit(self, pixels, points, *, refine):
            calls.append(points)
            return Mesh(np.zeros((468, 2), np.float32), Pose(), 1.0)

    opinion = SecondOpinion(Mute(), Counting())
    pixels = np.zeros((300, 300, 3), np.uint8)
    assert opinion.on(pixels, Candidate(BOX, 0.3, FIVE)).mesh is None
    assert calls == []
    said = opinion.on(pixels, Candidate(BOX, 0.55, FIVE))
    assert len(calls) == 1
    assert said.evidence == pytest.approx(0.55)  # a mesh that lies elsewhere says nothing


GRID = np.stack(np.meshgrid(np.linspace(30, 70, 26), np.linspace(30, 70, 18)), -1).reshape(-1, 2)


@pytest.mark.parametrize(
    ("points", "expected"),
    [(GRID, True), (GRID + 30, False), ((GRID - 50) * 0.3 + 50, False), ((GRID - 50) * 3 + 50, False)],
    ids=["there", "slid-away", "collapsed", "blown-up"],
)
def test_a_mesh_fits_where_it_lies_on_the_candidate(points, expected):
    candidate = Candidate(Box(25.0, 25.0, 75.0, 75.0), 0.9, FIVE)
    assert fits(candidate, Mesh(points.astype(np.float32), Pose(), 1.0)) is expected

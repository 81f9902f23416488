from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import box_face

from privateedit.audit.simulated_stranger import STABLE, Stranger, continued, drawn, oval_area, placed_by
from privateedit.core.face import Pose
from privateedit.core.seam import seam_difference, seam_width
from privateedit.core.similarity import scale_of, transform


@pytest.fixture(scope="module")
def scene(hidden_astronaut, parts):
    """The masked picture as levels, its hole, a rough matte, the hidden face."""
    hidden = hidden_astronaut.masked.mask.hidden
    canvas = hidden_astronaut.masked.pixels.astype(np.float32)
    alpha = parts.segmenter.segment(hidden_astronaut.photo.pixels).astype(np.float32)
    alpha = cv2.resize(alpha, hidden.shape[::-1])
    return canvas, hidden, alpha, hidden_astronaut.hidden_faces[0]


@pytest.fixture(scope="module")
def stranger(hopper, hopper_face):
    return Stranger(hopper, hopper_face)


@pytest.fixture(scope="module")
def painted(scene, stranger, parts):
    return drawn(*scene, stranger, parts.segmenter)


def test_only_the_hole_changes(scene, painted):
    canvas, hole, alpha, _ = scene
    done, matte = painted
    assert (done[~hole] == canvas[~hole]).all()
    assert (matte[~hole] == alpha[~hole]).all()
    assert np.abs(done[hole] - canvas[hole]).mean() > 30


def test_what_the_hole_holds_is_never_used(scene, stranger, painted, parts):
    """The model gets a masked picture; a simulation that peeped would make every restore look good."""
    canvas, hole, alpha, face = scene
    other, guess = canvas.copy(), alpha.copy()
    other[hole] = np.random.default_rng(1).uniform(0, 255, (np.count_nonzero(hole), 3))
    guess[hole] = 0.5
    done, matte = drawn(other, hole, guess, face, stranger, parts.segmenter)
    assert np.abs(done - painted[0]).max() < 1e-3
    assert np.abs(matte - painted[1]).max() < 1e-5


def test_a_face_is_found_where_the_hidden_one_is(scene, painted, parts):
    face = scene[3]
    (found,) = parts.detector.detect(np.clip(painted[0], 0, 255).astype(np.uint8))
    stable = list(STABLE)
    apart = np.linalg.norm(found.mesh[stable] - face.mesh[stable], axis=1)
    assert apart.mean() < 0.12 * np.linalg.norm(face.mesh[33] - face.mesh[263])


def test_it_meets_what_is_around_it(scene, painted):
    """No hard step along the hole's edge: the picture goes on."""
    _, hole, _, _ = scene
    width = seam_width(hole)
    assert seam_difference(painted[0], hole, width) < 0.5 * seam_difference(scene[0], hole, width)


def test_eyes_and_nose_keep_the_strangers_own_proportions(stranger, astronaut_face):
    matrix = placed_by(stranger.face, astronaut_face)
    stable = list(STABLE)
    placed = transform(matrix, stranger.face.mesh[stable])
    assert placed.mean(0) == pytest.approx(astronaut_face.mesh[stable].mean(0), abs=1e-2)
    assert 0.2 < scale_of(matrix) < 2


def test_heads_that_look_another_way_are_not_bent_together(scene, stranger, painted, parts):
    turned = replace(stranger.face, pose=Pose(yaw=60.0))
    done, _ = drawn(*scene, Stranger(stranger.photo, turned), parts.segmenter)
    assert np.abs(done - painted[0]).mean() > 0.2


def test_a_hole_is_filled_smoothly_from_both_sides():
    canvas = np.full((60, 60, 3), 200, np.float32)
    canvas[:, :30] = 50
    alpha = np.zeros((60, 60), np.float32)
    alpha[:, :30] = 1
    hole = np.zeros((60, 60), bool)
    hole[20:40, 15:45] = True
    canvas[hole] = 0
    filled, cover = continued(canvas, hole, alpha)
    assert filled[30, 17, 0] == pytest.approx(50, abs=5)
    assert filled[30, 42, 0] == pytest.approx(200, abs=5)
    assert cover[30, 17] > 0.9
    assert cover[30, 42] < 0.1


def test_a_face_without_a_mesh_cannot_be_drawn(scene, stranger, parts):
    canvas, hole, alpha, _ = scene
    with pytest.raises(ValueError, match="meshes"):
        drawn(canvas, hole, alpha, box_face(10, 10, 50, 50), stranger, parts.segmenter)


def test_the_oval_holds_the_features(astronaut_face):
    area = oval_area(astronaut_face.mesh, (512, 512))
    x, y = astronaut_face.mesh[4].astype(int)
    assert area[y, x]
    assert not area[0, 0]

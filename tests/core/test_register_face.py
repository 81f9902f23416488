from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.scenes import about, box_face, similarity

from privateedit.core.comparison import Comparison
from privateedit.core.edit import Instruction
from privateedit.core.face import Box, Pose
from privateedit.core.place import place
from privateedit.core.register_face import MAX_RESIDUAL, MAX_TURN, align_to_face
from privateedit.core.similarity import transform
from privateedit.errors import CannotAlign

STAND_STILL = similarity()


def carried(face, matrix, **changes):
    """The same face as it is seen after `matrix`."""
    corners = transform(matrix, face.box.corners)
    landmarks = transform(matrix, face.landmarks)
    return replace(face, box=Box(*corners.min(0), *corners.max(0)), landmarks=landmarks, **changes)


@pytest.mark.parametrize(
    "change",
    [{}, {"scale": 0.8, "shift": (5, -4), "gain": (1.1, 1.0, 0.9)}, {"tilt": 6}],
    ids=["plain", "smaller", "tilted"],
)
def test_eyes_land_on_the_eyes_of_the_stranger(change, stranger_editor, sealed_astronaut, parts):
    concealed = sealed_astronaut.concealed
    returned = stranger_editor(**change).edit(sealed_astronaut.payload, Instruction("x")).pixels
    comparison = Comparison(concealed.faces, concealed.masked, returned, parts.detector)
    (found,) = place(comparison, concealed.hidden_faces)
    assert found.alignment.regime == "face"
    assert found.alignment.residual < MAX_RESIDUAL
    (stranger,) = parts.detector.detect(returned)
    eyes = transform(found.alignment.matrix, concealed.faces[0].mesh[[33, 263]])
    apart = np.linalg.norm(eyes - stranger.mesh[[33, 263]], axis=1)
    assert apart.max() < 0.05 * max(stranger.box.width, stranger.box.height)


@pytest.mark.parametrize("matrix", [similarity(1.3, 12, 40, -8), similarity(0.7, -20), STAND_STILL])
def test_the_same_face_elsewhere_is_met_exactly(matrix, astronaut_face):
    found = align_to_face(astronaut_face, carried(astronaut_face, matrix), STAND_STILL)
    np.testing.assert_allclose(found.matrix, matrix, atol=2e-3)
    assert found.residual < 1e-4


def test_five_points_are_enough():
    points = np.array([[10, 10], [30, 10], [20, 22], [13, 32], [27, 32]], np.float32)
    face = replace(box_face(0, 0, 40, 40), landmarks=points)
    found = align_to_face(face, carried(face, similarity(1.2, 5, 7, 9)), STAND_STILL)
    np.testing.assert_allclose(found.matrix, similarity(1.2, 5, 7, 9), atol=1e-3)


def test_a_face_without_landmarks_cannot_be_aligned(astronaut_face):
    with pytest.raises(CannotAlign, match="no landmarks"):
        align_to_face(astronaut_face, box_face(0, 0, 40, 40), STAND_STILL)


def refused(face, found, guess=STAND_STILL):
    with pytest.raises(CannotAlign) as caught:
        align_to_face(face, found, guess)
    assert caught.value.measured.keys() == {
        "residual",
        "pose_difference",
        "yaw_difference",
        "pitch_difference",
        "rotation",
        "relative_scale",
    }
    return caught.value.measured


@pytest.mark.parametrize("axis", ["yaw", "pitch"])
def test_heads_turned_apart_are_refused(axis, astronaut_face):
    pose = astronaut_face.pose
    turned = {
        by: replace(astronaut_face, pose=pose._replace(**{axis: getattr(pose, axis) + by}))
        for by in (MAX_TURN - 1, MAX_TURN + 1)
    }
    assert align_to_face(astronaut_face, turned[MAX_TURN - 1], STAND_STILL).residual < 1e-4
    measured = refused(astronaut_face, turned[MAX_TURN + 1])
    assert measured[f"{axis}_difference"] == pytest.approx(MAX_TURN + 1)


def test_another_shape_is_refused(astronaut_face):
    random = np.random.default_rng(2)
    width = astronaut_face.box.width
    points = astronaut_face.landmarks + random.normal(0, 0.2 * width, astronaut_face.landmarks.shape)
    measured = refused(astronaut_face, replace(astronaut_face, landmarks=points.astype(np.float32)))
    assert measured["residual"] > MAX_RESIDUAL


@pytest.mark.parametrize("scale", [0.45, 2.2])
def test_another_size_is_refused_relative_to_the_frame(scale, astronaut_face):
    found = carried(astronaut_face, similarity(scale))
    assert refused(astronaut_face, found)["relative_scale"] == pytest.approx(scale, rel=1e-3)
    assert align_to_face(astronaut_face, found, similarity(scale)).scale == pytest.approx(scale, rel=1e-3)


def test_a_head_on_its_side_is_refused(astronaut_face):
    found = carried(astronaut_face, about(astronaut_face.box.center, 1.0, 50), pose=Pose(roll=50))
    assert refused(astronaut_face, replace(found, pose=astronaut_face.pose))["rotation"] == pytest.approx(
        50, abs=0.1
    )

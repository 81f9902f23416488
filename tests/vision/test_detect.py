from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.core.face import Box, Pose
from privateedit.vision.candidate import Candidate
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.landmarks import Mesh

BOXES = {"astronaut": Box(180, 82, 274, 176), "hopper": Box(172, 144, 368, 340)}


@pytest.fixture(scope="module")
def detector():
    return MultiScaleDetector()


@pytest.fixture(params=["astronaut", "hopper"])
def name(request):
    return request.param


@pytest.fixture
def pixels(request, name):
    return request.getfixturevalue(name).pixels


def resized(pixels, factor):
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=interpolation)


def by(box, factor):
    return Box(*(value * factor for value in box))


def same(first, second):
    return len(first) == len(second) and all(
        (a.id, a.box, a.score, a.pose) == (b.id, b.box, b.score, b.pose)
        and np.array_equal(a.landmarks, b.landmarks)
        for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("long_side", [100, 200, 512, 1500, 4000])
def test_one_face_at_any_size(detector, name, pixels, long_side):
    factor = long_side / max(pixels.shape[:2])
    (face,) = detector.detect(resized(pixels, factor))
    (reference,) = detector.detect(pixels)
    box = by(face.box, 1 / factor)
    assert box.overlap(reference.box) > 0.7
    assert box.overlap(BOXES[name]) > 0.7
    assert face.id == 0
    assert 0.35 < face.score <= 1
    assert face.landmarks.shape == (468, 2)
    center = face.mesh.mean(0) / factor
    np.testing.assert_allclose(center, box.center, atol=0.25 * box.width)


def test_a_face_of_16_pixels_is_found(detector, astronaut):
    pixels = np.full((800, 1000, 3), 120, np.uint8)
    small = resized(astronaut.pixels, 16 / 94)
    pixels[300 : 300 + len(small), 500 : 500 + len(small)] = small
    (face,) = detector.detect(pixels)
    expected = by(BOXES["astronaut"], 16 / 94)
    assert abs(face.box.center[0] - 500 - expected.center[0]) < 4
    assert abs(face.box.center[1] - 300 - expected.center[1]) < 4


@pytest.mark.parametrize("degrees", [-15, 15])
def test_a_tilted_head_is_still_found(detector, pixels, name, degrees):
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    (face,) = detector.detect(
        cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    )
    expected = matrix @ (*BOXES[name].center, 1)
    np.testing.assert_allclose(face.box.center, expected, atol=0.2 * BOXES[name].width)
    assert np.sign(face.pose.roll) == np.sign(degrees)


def test_a_mirrored_face_is_found_mirrored(detector, pixels):
    (face,) = detector.detect(pixels)
    (mirrored,) = detector.detect(np.ascontiguousarray(pixels[:, ::-1]))
    width = pixels.shape[1]
    back = Box(width - mirrored.box.x1, mirrored.box.y0, width - mirrored.box.x0, mirrored.box.y1)
    assert back.overlap(face.box) > 0.7


def test_faces_are_numbered_from_left_to_right(detector, couple):
    for pixels in (couple.pixels, np.ascontiguousarray(couple.pixels[:, ::-1])):
        faces = detector.detect(pixels)
        assert [face.id for face in faces] == [0, 1]
        assert faces[0].box.x1 < faces[1].box.x0
        assert all(face.mesh is not None for face in faces)
        assert faces[0].mesh[:, 0].max() < faces[1].mesh[:, 0].min()
    left, right = detector.detect(couple.pixels)
    assert left.box.overlap(BOXES["astronaut"]) > 0.7
    assert abs(right.box.center[0] - 512 - 0.55 * BOXES["hopper"].center[0]) < 15


def test_nine_faces_are_nine_faces(detector, astronaut):
    faces = detector.detect(np.tile(resized(astronaut.pixels, 0.5), (3, 3, 1)))
    assert [face.id for face in faces] == list(range(9))
    centers = np.array([face.box.center for face in faces])
    grid = (centers // 256).astype(int)
    assert {tuple(cell) for cell in grid} == {(x, y) for x in range(3) for y in range(3)}
    assert (np.diff(centers[:, 0]) >= 0).all()


def test_a_cup_of_coffee_has_no_face(detector):
    assert detector.detect(skimage.data.coffee()) == ()


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(300, 400), (1, 1), (2, 2), (3, 2000), (2000, 3), (1, 3000), (3000, 1)])
def test_a_blank_picture_of_any_shape_has_no_face(detector, shape, level):
    assert detector.detect(np.full((*shape, 3), level, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(2, 6000), (6000, 2), (3, 9000)])
def test_long_thin_pictures_are_reduced_without_harm(detector, shape):
    assert detector.detect(np.zeros((*shape, 3), np.uint8)) == ()


@pytest.mark.parametrize("shape", [(1, 5120), (5120, 1), (2, 7680)])
def test_very_long_thin_pictures_do_not_crash(detector, shape):
    assert detector.detect(np.zeros((*shape, 3), np.uint8)) == ()


@pytest.mark.parametrize("cut", [200, 210, 220, 230])
def test_a_face_cut_by_the_border_is_still_found(detector, astronaut, cut):
    (face,) = detector.detect(np.ascontiguousarray(astronaut.pixels[:, cut:]))
    visible = Box(0, 82, BOXES["astronaut"].x1 - cut, 176)
    assert face.box.overlap(visible) > 0.6


def test_the_same_picture_gives_the_same_faces(detector, couple):
    first = detector.detect(couple.pixels)
    assert same(first, detector.detect(couple.pixels))
    assert same(first, MultiScaleDetector().detect(couple.pixels))


def test_four_threads_share_a_detector(astronaut, hopper, couple):
    pictures = [astronaut.pixels, hopper.pixels, couple.pixels, skimage.data.coffee()]
    detector = MultiScaleDetector()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(detector.detect, pictures))
    assert [len(faces) for faces in found] == [1, 1, 2, 0]
    assert all(same(faces, detector.detect(each)) for faces, each in zip(found, pictures, strict=True))


def test_the_picture_is_left_alone(detector, couple):
    pixels = couple.pixels.copy()
    detector.detect(pixels)
    np.testing.assert_array_equal(pixels, couple.pixels)


FIVE = np.array([[40, 40], [60, 40], [50, 50], [42, 62], [58, 62]], np.float32)
GRID = np.stack(np.meshgrid(np.linspace(30, 70, 26), np.linspace(30, 70, 18)), -1).reshape(-1, 2)
FITTING = GRID.astype(np.float32)


@pytest.fixture
def staged(monkeypatch):
    """A detector whose passes see what a test says."""

    def build(center_face=0.0, blaze_face=0.0, confidence=0.0, points=FITTING):
        def seen(score):
            return [Candidate(Box(25.0, 25.0, 75.0, 75.0), score, FIVE)] if score else []

        def find_at_normal_size(pixels, side, threshold):
            return seen(center_face) if side == 640 else []

        detector = MultiScaleDetector()
        monkeypatch.setattr(detector._center_face, "find", find_at_normal_size)
        monkeypatch.setattr(detector._blaze_face, "find", lambda pixels, threshold: seen(blaze_face))
        monkeypatch.setattr(
            detector._mesh, "fit", lambda pixels, five: Mesh(points, Pose(5, 6, 7), confidence)
        )
        return detector.detect(np.zeros((100, 100, 3), np.uint8))

    return build


@pytest.mark.parametrize(
    ("shape", "sides", "seen"),
    [
        ((480, 640), [320, 640], (480, 640)),
        ((641, 20), [320, 640, 1280], (641, 20)),
        ((5119, 40), [320, 640, 1280], (5119, 40)),
        ((5120, 40), [320, 640, 1280], (2560, 20)),
        ((90, 7700), [320, 640, 1280], (30, 2566)),
    ],
)
def test_every_scale_sees_one_reduced_picture(monkeypatch, shape, sides, seen):
    calls = []
    spot = Candidate(Box(0.0, 0.0, 10.0, 10.0), 0.9, np.zeros((5, 2), np.float32))

    def find(pixels, *rest):
        calls.append((pixels.shape[:2], *rest))
        return [spot]

    detector = MultiScaleDetector()
    monkeypatch.setattr(detector._center_face, "find", find)
    monkeypatch.setattr(detector._blaze_face, "find", find)
    monkeypatch.setattr(detector._mesh, "fit", lambda pixels, five: Mesh(FITTING, Pose(), 0.0))
    (face,) = detector.detect(np.zeros((*shape, 3), np.uint8))
    assert calls == [(seen, side, 0.35) for side in sides] + [(seen, 0.35)]
    # What was seen in the reduced picture is told in pixels of the whole one.
    assert face.box == pytest.approx((0, 0, 10 * shape[1] / seen[1], 10 * shape[0] / seen[0]))


def test_a_weak_sighting_denied_by_the_mesh_is_dropped(staged):
    assert staged(center_face=0.4, confidence=0.1) == ()
    assert staged(blaze_face=0.59, confidence=0.49) == ()


@pytest.mark.parametrize(
    "sighting",
    [
        {"center_face": 0.6},
        {"blaze_face": 0.6},
        {"center_face": 0.4, "blaze_face": 0.36},
        {"center_face": 0.4, "confidence": 0.5},
    ],
    ids=["sure", "sure-of-the-other", "two-passes", "mesh-agrees"],
)
def test_one_good_reason_keeps_a_sighting(staged, sighting):
    (face,) = staged(**sighting)
    assert face.box == Box(25, 25, 75, 75)
    assert face.score == max(sighting.get("center_face", 0), sighting.get("blaze_face", 0))


def test_a_sure_mesh_that_fits_gives_landmarks_and_pose(staged):
    (face,) = staged(center_face=0.9, confidence=0.9)
    np.testing.assert_array_equal(face.mesh, FITTING)
    assert face.pose == Pose(5, 6, 7)


@pytest.mark.parametrize(
    ("confidence", "points"),
    [(0.4, FITTING), (0.9, FITTING + 30), (0.9, (FITTING - 50) * 0.3 + 50), (0.9, (FITTING - 50) * 3 + 50)],
    ids=["unsure", "slid-away", "collapsed", "blown-up"],
)
def test_a_mesh_that_cannot_be_trusted_leaves_the_five_points(staged, confidence, points):
    (face,) = staged(center_face=0.9, confidence=confidence, points=points)
    np.testing.assert_array_equal(face.landmarks, FIVE)
    assert face.mesh is None
    assert face.pose == Pose()

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.core.face import Box, Pose
from privateedit.core.ports import rest
from privateedit.vision import views, weights
from privateedit.vision.candidate import Candidate
from privateedit.vision.centerface import CenterFace
from privateedit.vision.detect import MultiScaleDetector, _further
from privateedit.vision.landmarks import Mesh
from privateedit.vision.second_opinion import Opinion

BOXES = {"astronaut": Box(178, 62, 276, 178), "hopper": Box(172, 144, 368, 340)}


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
    visible = Box(0, 62, BOXES["astronaut"].x1 - cut, 178)
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


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_lying_face_is_found_where_it_lies(detector, astronaut, turns):
    lying = np.ascontiguousarray(np.rot90(astronaut.pixels, turns))
    (face,) = detector.detect(lying)
    (upright,) = detector.detect(astronaut.pixels)
    corners = Candidate(upright.box, 1.0, upright.box.corners).turned_back(4 - turns, *lying.shape[1::-1])
    assert face.box.overlap(corners.box) > 0.65
    assert face.mesh is not None
    roll = (face.pose.roll - upright.pose.roll + 90 * turns + 180) % 360 - 180
    assert abs(roll) < 10


def test_an_upright_and_a_lying_face_share_a_photo(detector, astronaut):
    both = np.hstack([astronaut.pixels, np.rot90(astronaut.pixels, 2)])
    first, second = detector.detect(np.ascontiguousarray(both))
    assert first.box.overlap(BOXES["astronaut"]) > 0.7
    assert abs(second.box.center[0] - (1024 - 227)) < 15
    assert abs(second.box.center[1] - (512 - 120)) < 20
    assert abs(abs(second.pose.roll) - 180) < 10


def test_small_lying_faces_follow_from_large_ones(detector, astronaut):
    pixels = np.full((900, 1200, 3), 120, np.uint8)
    pixels[20:532, 20:532] = astronaut.pixels
    for left in (620, 900):
        small = resized(astronaut.pixels, 24 / 116)
        pixels[60 : 60 + len(small), left : left + len(small)] = small
    pixels[500:756, 700:956] = resized(astronaut.pixels, 0.5)
    middles = [(247, 140), (667, 85), (947, 85), (813, 560)]
    planted = [at(x - 2, y - 2, 4, 1.0) for x, y in middles]
    for turns in range(4):
        lying = np.ascontiguousarray(np.rot90(pixels, turns))
        expected = [each.turned_back(4 - turns, *lying.shape[1::-1]) for each in planted]
        faces = [Candidate(face.box, face.score, FIVE) for face in detector.detect(lying)]
        assert all(any(face.holds(each) for face in faces) for each in expected)
        assert len(faces) <= 5


@pytest.mark.parametrize(("across", "down"), [(0, 0), (0, 40), (7, -33), (13, 0), (20, 900), (29, -700)])
def test_tiny_faces_of_a_crowd_in_a_large_photo_are_found(detector, astronaut, across, down):
    pixels = np.full((2400, 3200, 3), 120, np.uint8)
    planted = []
    for index, size in enumerate([40, 40, 40, 40, 40, 40, 20, 20]):
        small = resized(astronaut.pixels, size / 116)
        x, y = 300 + 300 * index + across, 1200 + down
        pixels[y : y + len(small), x : x + len(small)] = small
        planted.append(at(x + 1.9 * size, y + 1.05 * size, size / 4, 1.0))
    faces = [Candidate(face.box, face.score, FIVE) for face in detector.detect(pixels)]
    assert all(any(face.holds(each) and face.size < 8 * each.size for face in faces) for each in planted)
    assert len(faces) <= 9  # a false alarm hides too much, and no more


@pytest.mark.parametrize("share", [0.7, 0.8, 1.0])
def test_a_face_that_fills_the_frame_is_found(detector, astronaut, share):
    half = round(share * 58)
    x, y = 227, 120
    close = np.ascontiguousarray(astronaut.pixels[y - half : y + half, x - half : x + half])
    faces = detector.detect(resized(close, 900 / len(close)))
    assert max(face.box.width for face in faces) > 600


FIVE = np.array([[40, 40], [60, 40], [50, 50], [42, 62], [58, 62]], np.float32)
GRID = np.stack(np.meshgrid(np.linspace(30, 70, 26), np.linspace(30, 70, 18)), -1).reshape(-1, 2)
FITTING = GRID.astype(np.float32)
SPOT = Box(25.0, 25.0, 75.0, 75.0)


@pytest.fixture
def staged(monkeypatch):
    """A detector whose views and closer looks see what a test says of a 100×100 picture."""

    def build(
        upright=0.0, turned=0.0, tiny=0.0, blaze_face=0.0, evidence=0.0, confidence=0.0, points=FITTING
    ):
        detector = MultiScaleDetector()
        mesh = Mesh(points, Pose(5, 6, 7), confidence)

        def seen(view, threshold):
            scores = {(544, 0): upright, (160, 0): tiny}
            score = scores.get((len(view.pixels), view.turns), turned if view.turns == 1 else 0.0)
            return [Candidate(SPOT, score, FIVE, view.turns)] if score > threshold else []

        def blaze(pixels, threshold):
            spot = Candidate(SPOT, blaze_face, FIVE).scaled(2.56, 2.56)
            return [spot] if blaze_face > threshold else []

        monkeypatch.setattr(detector, "_seen", seen)
        monkeypatch.setattr(detector._blaze_face, "find", blaze)
        monkeypatch.setattr(
            detector._opinion, "on", lambda _, each: Opinion(each.score + evidence, each.score, None)
        )
        monkeypatch.setattr(detector._mesh, "fit", lambda pixels, five, refine: mesh)
        return detector.detect(np.zeros((100, 100, 3), np.uint8))

    return build


@pytest.mark.parametrize(
    "sighting",
    [
        {"upright": 0.6},
        {"tiny": 0.6},
        {"upright": 0.3, "tiny": 0.6},
        {"upright": 0.3, "evidence": 0.91},
        {"turned": 0.6, "evidence": 0.81},
        {"blaze_face": 0.8, "evidence": 0.81},
    ],
    ids=str,
)
def test_one_good_reason_keeps_a_sighting(staged, sighting):
    (face,) = staged(**sighting)
    np.testing.assert_allclose(face.box, SPOT, atol=0.1)


@pytest.mark.parametrize(
    "sighting",
    [
        {"upright": 0.59, "evidence": 0.5},
        {"turned": 0.9, "evidence": 0.2},
        {"turned": 0.6, "evidence": 0.74},
        {"blaze_face": 0.99, "evidence": 0.6},
        {"upright": 0.11, "evidence": 2.0},
    ],
    ids=str,
)
def test_a_weak_sighting_that_a_closer_look_denies_is_dropped(staged, sighting):
    assert staged(**sighting) == ()


def test_a_sure_mesh_that_fits_gives_landmarks_and_pose(staged):
    (face,) = staged(upright=0.9, confidence=0.9)
    np.testing.assert_array_equal(face.mesh, FITTING)
    assert face.pose == Pose(5, 6, 7)


@pytest.mark.parametrize(
    ("confidence", "points"),
    [(0.4, FITTING), (0.9, FITTING + 30), (0.9, (FITTING - 50) * 0.3 + 50), (0.9, (FITTING - 50) * 3 + 50)],
    ids=["unsure", "slid-away", "collapsed", "blown-up"],
)
def test_a_mesh_that_cannot_be_trusted_leaves_the_five_points_and_their_roll(staged, confidence, points):
    (face,) = staged(upright=0.9, confidence=confidence, points=points)
    np.testing.assert_array_equal(face.landmarks, FIVE)
    assert face.mesh is None
    assert face.pose == Pose()


def at(x, y, size, score, turns=0):
    return Candidate(Box(x, y, x + size, y + size), score, FIVE, turns)


class Denying:
    """A closer look that believes nothing, and counts."""

    def __init__(self):
        self.asked = []

    def on(self, pixels, candidate):
        self.asked.append(candidate)
        return Opinion(candidate.score, candidate.score, None)


def judged(candidates, **more):
    detector = MultiScaleDetector()
    detector._opinion = Denying()
    kept = detector._judged(np.zeros((9, 9, 3), np.uint8), candidates, {}, **more)
    return [each.candidate for each in kept], detector._opinion.asked


def test_in_a_crowd_one_more_of_its_size_needs_no_closer_look():
    crowd = [at(40 * index, 0, 20, 0.8) for index in range(12)]
    more = [at(40 * index, 100, 24, 0.25) for index in range(14)]
    huge, turned = at(0, 300, 200, 0.3), at(900, 300, 20, 0.3, turns=1)
    kept, asked = judged([*crowd, *more, huge, turned])
    assert set(crowd + more) == set(kept)
    assert asked == [huge, turned]


def test_without_a_crowd_every_weak_sighting_is_looked_at_and_time_is_bounded():
    few = [at(40 * index, 0, 20, 0.8) for index in range(3)]
    weak = [at(40 * index, 100, 20, 0.3) for index in range(30)]
    kept, asked = judged([*few, *weak])
    assert kept == few
    assert asked == weak[:12]


def test_closer_looks_go_on_while_they_find_faces():
    detector, weak = MultiScaleDetector(), [at(40 * index, 0, 20, 0.5 - 0.01 * index) for index in range(40)]
    asked = []

    class BelievesTheFirst20:
        def on(self, pixels, candidate):
            asked.append(candidate)
            return Opinion(1.5 if candidate in weak[:20] else 0.0, 0.7, None)

    detector._opinion = BelievesTheFirst20()
    assert len(detector._judged(np.zeros((9, 9, 3), np.uint8), weak, {})) == 20
    assert asked == weak[:36]


def test_part_of_a_face_is_no_face_of_its_own():
    face, mouth, beside = at(100, 100, 100, 0.9), at(120, 150, 40, 0.8), at(180, 150, 60, 0.7)
    assert judged([face, mouth, beside])[0] == [face, beside]


def test_turned_sightings_are_sure_only_where_a_face_lies_so():
    lying = at(0, 0, 50, 0.8, turns=1)
    assert judged([lying])[0] == []
    assert judged([lying], ways={1})[0] == [lying]
    assert judged([lying], ways={2})[0] == []


def test_several_plain_sightings_turned_alike_tell_how_the_photo_lies():
    lying = [at(60 * index, 0, 50, 0.8, turns=3) for index in range(3)]
    wrong = [at(60 * index, 200, 50, 0.7, turns=1) for index in range(2)]
    kept, asked = judged([*lying, *wrong])
    assert kept == lying
    assert asked == wrong
    assert judged(lying[:2])[0] == []


def test_a_whole_group_that_lies_on_its_side_is_found(detector, astronaut):
    group = np.tile(resized(astronaut.pixels, 0.3), (3, 6, 1))
    for turns in (1, 2, 3):
        faces = detector.detect(np.ascontiguousarray(np.rot90(group, turns)))
        assert len({(int(f.box.center[0] // 154), int(f.box.center[1] // 154)) for f in faces}) >= 18


def test_no_view_is_taken_twice():
    main = views.whole(np.zeros((3000, 4000, 3), np.uint8), 0.3)
    lying, small = at(0, 0, 300, 0.9, turns=1), [at(90 * index, 0, 30, 0.9) for index in range(4)]
    looks = _further(main, [lying, *small], [], [])
    assert [each.turns for each in looks] == [1, 0]
    assert looks[1].region is not None
    assert _further(main, [lying, *small], [], looks) == []
    (whole,) = _further(main, [lying, lying, *small], [], looks)
    assert (whole.turns, whole.area) == (1, 0)
    assert len(_further(main, [], [], [])) == 4
    assert _further(main, [at(0, 0, 300, 0.9)], [], []) == []


def test_a_finer_view_holds_what_was_seen_weakly_beside_small_faces():
    main = views.whole(np.zeros((3000, 4000, 3), np.uint8), 0.3)
    small = [at(1000 + 90 * index, 500, 30, 0.9) for index in range(4)]
    weak, weaker, turned = at(3000, 500, 60, 0.3), at(1000, 2500, 60, 0.15), at(0, 500, 60, 0.3, turns=1)
    (look,) = _further(main, small, [*small, weak, weaker, turned], [])
    assert look.region.x1 > weak.box.x1
    assert look.region.y1 < weaker.box.y0
    assert look.region.x0 > turned.box.x1


def test_getting_ready_loads_every_network_and_changes_no_result(astronaut, monkeypatch):
    detector, loaded = MultiScaleDetector(), []
    verified = weights.verified
    monkeypatch.setattr(weights, "verified", lambda file: loaded.append(file) or verified(file))
    detector.get_ready()
    assert sorted(loaded) == ["centerface.onnx", "face_detection_short_range.tflite", "face_landmark.tflite"]
    (face,), (expected,) = (each.detect(astronaut.pixels) for each in (detector, MultiScaleDetector()))
    assert (face.box, face.score, face.pose) == (expected.box, expected.score, expected.pose)
    assert np.array_equal(face.mesh, expected.mesh)
    assert len(loaded) == 6


def test_it_rests_with_the_network_that_sees_large_views(monkeypatch):
    told, center_face = [], CenterFace()
    monkeypatch.setattr(center_face, "rest", lambda: told.append(1))
    rest(MultiScaleDetector(center_face))
    assert told == [1]

import cv2
import numpy as np
import pytest

from privateedit.vision.landmarks import _MIRRORED, FaceMesh, _crop_around_five, pose_of

LEFT_EYE, RIGHT_EYE, NOSE_TIP, FOREHEAD, CHIN = 33, 263, 1, 10, 152
FIVE = {
    "astronaut": [[203, 100], [249, 103], [224, 124], [203, 142], [243, 144]],
    "hopper": [[217, 196], [303, 184], [259, 230], [235, 279], [295, 270]],
}


@pytest.fixture(scope="module")
def network():
    return FaceMesh()


@pytest.fixture(params=["astronaut", "hopper"])
def portrait(request):
    """One portrait and the five points of its face."""
    photo = request.getfixturevalue(request.param)
    return photo.pixels, np.array(FIVE[request.param], np.float32)


def turned(pixels, points, degrees):
    """Rotate clockwise around the face, picture and points alike."""
    x, y = points.mean(0)
    matrix = cv2.getRotationMatrix2D((float(x), float(y)), -degrees, 1)
    height, width = pixels.shape[:2]
    rotated = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return rotated, (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def mirrored(pixels, points):
    flipped = (points * (-1, 1) + (pixels.shape[1], 0)).astype(np.float32)
    return np.ascontiguousarray(pixels[:, ::-1]), flipped[[1, 0, 2, 4, 3]]


def test_the_mesh_lies_on_the_face(network, portrait):
    pixels, five = portrait
    mesh = network.fit(pixels, five)
    assert mesh.points.shape == (468, 2)
    assert mesh.points.dtype == np.float32
    assert mesh.confidence > 0.9
    eye_distance = np.hypot(*(five[1] - five[0]))
    np.testing.assert_allclose(mesh.points[NOSE_TIP], five[2], atol=0.3 * eye_distance)
    for corners, eye in (((33, 133), five[0]), ((362, 263), five[1])):
        np.testing.assert_allclose(mesh.points[list(corners)].mean(0), eye, atol=0.2 * eye_distance)
    np.testing.assert_allclose(mesh.points[[61, 291]].mean(0), five[3:].mean(0), atol=0.2 * eye_distance)


def test_the_mesh_stays_near_the_box_of_the_face(network, astronaut, astronaut_face):
    mesh = network.fit(astronaut.pixels, np.array(FIVE["astronaut"], np.float32))
    box = astronaut_face.box
    reach = 0.4 * box.width
    assert (mesh.points > np.array(box[:2]) - reach).all()
    assert (mesh.points < np.array(box[2:]) + reach).all()


def test_the_mesh_is_drawn_as_seen_in_the_picture(network, portrait):
    points = network.fit(*portrait).points
    assert all(points[left, 0] < points[right, 0] for left, right in _MIRRORED)
    assert points[FOREHEAD, 1] < points[NOSE_TIP, 1] < points[CHIN, 1]


def test_a_roughly_placed_start_ends_at_the_same_mesh(network, portrait):
    pixels, five = portrait
    first = network.fit(pixels, five).points
    eye_distance = np.hypot(*(five[1] - five[0]))
    second = network.fit(pixels, five + np.float32(0.1 * eye_distance)).points
    assert np.hypot(*(second - first).T).mean() < 0.06 * eye_distance


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_turning_the_picture_changes_roll_by_as_much(network, portrait, degrees):
    upright = network.fit(*portrait).pose
    pose = network.fit(*turned(*portrait, degrees)).pose
    assert pose.roll - upright.roll == pytest.approx(degrees, abs=4)


def test_frontal_portraits_hardly_turn(network, portrait):
    pose = network.fit(*portrait).pose
    assert abs(pose.yaw) < 8
    assert abs(pose.roll) < 8
    assert abs(pose.pitch) < 20


def test_mirroring_the_picture_flips_yaw_and_roll(network, portrait):
    pose = network.fit(*portrait).pose
    flipped = network.fit(*mirrored(*portrait)).pose
    assert flipped.yaw + pose.yaw == pytest.approx(0, abs=4)
    assert flipped.roll + pose.roll == pytest.approx(0, abs=4)
    assert flipped.pitch == pytest.approx(pose.pitch, abs=4)


@pytest.mark.parametrize("factor", [0.5, 2, 5])
def test_eye_corners_scale_with_the_picture(network, portrait, factor):
    pixels, five = portrait
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=interpolation)
    first = network.fit(pixels, five).points[[LEFT_EYE, RIGHT_EYE]]
    second = network.fit(scaled, five * np.float32(factor)).points[[LEFT_EYE, RIGHT_EYE]] / factor
    distance = np.hypot(*(first[1] - first[0]))
    assert np.hypot(*(second[1] - second[0])) == pytest.approx(distance, rel=0.02)
    assert np.hypot(*(second - first).T).max() < 0.02 * distance + 0.5


def test_padding_the_picture_moves_the_mesh(network, portrait):
    pixels, five = portrait
    padded = np.pad(pixels, ((70, 0), (130, 0), (0, 0)), mode="edge")
    first = network.fit(pixels, five).points
    second = network.fit(padded, five + np.float32([130, 70])).points
    np.testing.assert_allclose(second - first, np.broadcast_to((130, 70), (468, 2)), atol=1.5)


def test_the_second_crop_is_placed_by_the_first_mesh(monkeypatch, network, portrait):
    pixels, five = portrait
    real, crops = network._run, []

    def recorded(pixels, to_crop):
        crops.append((to_crop, *real(pixels, to_crop)))
        return crops[-1][1:]

    monkeypatch.setattr(network, "_run", recorded)
    network.fit(pixels, five)
    (first, mesh, _), (second, _, _) = crops
    np.testing.assert_allclose(first, _crop_around_five(five))
    placed = mesh[:, :2] @ second[:, :2].T + second[:, 2]
    eyes = placed[[LEFT_EYE, RIGHT_EYE]]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1], abs=1e-6)  # upright
    low, high = placed.min(0), placed.max(0)
    np.testing.assert_allclose((low + high) / 2, (96, 96), atol=1e-6)
    assert (high - low).max() == pytest.approx(192 / 1.5)


def test_a_blank_picture_is_no_face(network):
    five = np.array(FIVE["astronaut"], np.float32)
    assert network.fit(np.full((512, 512, 3), 128, np.uint8), five).confidence < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3)])
@pytest.mark.parametrize("shift", [-500, 0, 500])
def test_points_far_outside_the_picture_still_give_a_finite_mesh(network, shape, shift):
    five = np.array(FIVE["astronaut"], np.float32) + np.float32(shift)
    mesh = network.fit(np.full((*shape, 3), 90, np.uint8), five)
    assert np.isfinite(mesh.points).all()
    assert np.isfinite(mesh.pose).all()
    assert 0 <= mesh.confidence <= 1


def test_a_profile_whose_eyes_coincide_gives_a_finite_mesh(network, astronaut):
    five = np.array([[226, 102], [226, 102], [240, 124], [226, 143], [226, 143]], np.float32)
    mesh = network.fit(astronaut.pixels, five)
    assert np.isfinite(mesh.points).all()
    assert abs(mesh.pose.roll) < 8


def rotation(yaw=0.0, pitch=0.0, roll=0.0):
    """Roll after yaw after pitch, with the documented signs (x right, y down, z away from the camera)."""
    y, p, r = np.radians([yaw, pitch, roll])
    # The camera-facing axis is −z: yaw sends it towards +x, pitch towards +y.
    about_x = [[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]]
    about_y = [[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    return np.array(about_z) @ np.array(about_y) @ np.array(about_x)


def frontal():
    """Zeros, but for the mirrored pairs, forehead and chin."""
    mesh = np.zeros((468, 3))
    for row, (left, right) in enumerate(_MIRRORED):
        half, y, z = 10 + 4 * row, 12 * row - 30, 3 * row
        mesh[left], mesh[right] = (-half, y, z), (half, y, z)
    mesh[FOREHEAD], mesh[CHIN] = (0, -80, 5), (0, 80, 5)
    return mesh


def head(**angles):
    return frontal() @ rotation(**angles).T


def test_the_signs_of_the_synthetic_head_are_the_documented_ones():
    forward = np.array([0, 0, -1.0])
    assert (rotation(yaw=20) @ forward)[0] > 0  # to the right edge
    assert (rotation(pitch=20) @ forward)[1] > 0  # down
    assert (rotation(roll=20) @ np.array([1.0, 0, 0]))[1] > 0  # clockwise as seen


@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
@pytest.mark.parametrize("degrees", [-60, -15, 0, 5, 40])
def test_one_rotation_is_measured_alone(axis, degrees):
    pose = pose_of(head(**{axis: degrees}))
    expected = {"yaw": 0, "pitch": 0, "roll": 0, axis: degrees}
    assert pose._asdict() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("yaw", "pitch"), [(30, 20), (-30, 20), (30, -20), (-50, -35)])
def test_yaw_and_pitch_together_are_told_apart(yaw, pitch):
    assert pose_of(head(yaw=yaw, pitch=pitch)) == pytest.approx((yaw, pitch, 0), abs=1e-6)


@pytest.mark.parametrize("roll", [-40, 25])
def test_with_roll_yaw_and_pitch_still_say_where_the_face_looks_in_the_picture(roll):
    x, y, z = rotation(yaw=30, pitch=20, roll=roll) @ (0, 0, -1)
    expected = (np.degrees(np.arctan2(x, -z)), np.degrees(np.arcsin(y)), roll)
    assert pose_of(head(yaw=30, pitch=20, roll=roll)) == pytest.approx(expected, abs=1e-6)


def test_size_and_place_of_the_head_do_not_matter():
    mesh = head(yaw=12, pitch=-8, roll=20)
    assert pose_of(mesh * 7 + (900, -40, 33)) == pytest.approx(pose_of(mesh), abs=1e-6)


def test_an_open_mouth_does_not_turn_the_head():
    mesh = frontal()
    mesh[CHIN] += (0, 40, 0)
    assert pose_of(mesh) == pytest.approx((0, 0, 0), abs=1e-6)

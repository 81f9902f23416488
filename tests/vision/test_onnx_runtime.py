import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import onnxruntime
import pytest

from privateedit.vision import network, weights
from privateedit.vision.centerface import CenterFace
from privateedit.vision.onnx_runtime import OnnxRuntime
from privateedit.vision.opencv_runtime import OpenCVRuntime

OUTPUTS = ("537", "538", "539", "540")


@pytest.fixture(scope="module")
def path():
    with weights.verified("centerface.onnx") as found:
        yield found


@pytest.fixture(scope="module")
def loaded(path):
    return OnnxRuntime(path.read_bytes())


@pytest.mark.parametrize("size", [(32, 32), (96, 64), (352, 480)], ids=str)
def test_it_says_what_opencv_says(path, loaded, size):
    picture = np.random.default_rng(1).integers(0, 256, (1, 3, *size)).astype(np.float32)
    for one, other in zip(
        loaded.run(picture, OUTPUTS), OpenCVRuntime(path).run(picture, OUTPUTS), strict=True
    ):
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 1e-3


def test_outputs_come_in_the_asked_order(loaded):
    picture = np.zeros((1, 3, 32, 64), np.float32)
    shapes = [each.shape[1] for each in loaded.run(picture, OUTPUTS[::-1])]
    assert shapes == [10, 2, 2, 1]


def test_one_thread_or_several_say_the_same(path):
    picture = np.random.default_rng(2).integers(0, 256, (1, 3, 224, 320)).astype(np.float32)
    threads, said = cv2.getNumThreads(), []
    try:
        for count in (1, 3):
            cv2.setNumThreads(count)
            said.append(OnnxRuntime(path.read_bytes()).run(picture, OUTPUTS))
    finally:
        cv2.setNumThreads(threads)
    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(*said, strict=True))


def test_memory_that_a_large_view_took_is_given_back_for_a_rest(path):
    """Read in a process of its own: others would fill what is given back."""
    code = (
        "import numpy as np, sys\n"
        "from pathlib import Path\n"
        "from privateedit.vision.onnx_runtime import OnnxRuntime\n"
        "kept = lambda: int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 2**20\n"
        "net = OnnxRuntime(Path(sys.argv[1]).read_bytes())\n"
        "show = lambda *size: net.run(np.zeros((1, 3, *size), np.float32), ['537'])\n"
        "show(32, 32); before = kept()\n"
        "show(960, 960); between = kept()\n"
        "net.rest(); print(between - before, kept() - before)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    taken, left = map(float, ran.stdout.split())
    assert taken > 50
    assert left < taken / 2


def test_it_runs_the_detector_where_it_is_installed():
    center_face = CenterFace()
    center_face.find(np.zeros((32, 32, 3), np.uint8), 32, 0.5)
    assert isinstance(center_face._network._net, OnnxRuntime)


@pytest.mark.parametrize("silent", [False, True])
def test_opencv_runs_the_detector_where_it_could_report_or_cannot_be_loaded(monkeypatch, silent):
    monkeypatch.setattr(network, "silent_onnx_runtime", lambda: silent)
    monkeypatch.setitem(sys.modules, "privateedit.vision.onnx_runtime", None)  # importing it fails
    center_face = CenterFace()
    center_face.find(np.zeros((32, 32, 3), np.uint8), 32, 0.5)
    assert isinstance(center_face._network._net, OpenCVRuntime)


def test_an_interrupt_while_it_is_loaded_is_no_lack_of_it(monkeypatch):
    class Interrupted:
        def __init__(self, *_):
            raise ImportError("initialization failed") from KeyboardInterrupt()

    monkeypatch.setattr("privateedit.vision.onnx_runtime.OnnxRuntime", Interrupted)
    with pytest.raises(ImportError, match="initialization"):
        CenterFace().find(np.zeros((32, 32, 3), np.uint8), 32, 0.5)


def test_a_lack_of_memory_is_called_one(path, monkeypatch):
    def fail(*_):
        raise RuntimeError("Failed to allocate memory for requested buffer of size 4096")

    loaded = OnnxRuntime(path.read_bytes())
    monkeypatch.setattr(loaded, "_session", SimpleNamespace(run=fail))
    with pytest.raises(MemoryError):
        loaded.run(np.zeros((1, 3, 32, 32), np.float32), OUTPUTS)


@pytest.mark.skipif(
    sys.platform != "linux", reason="reads the names that a Linux library asks the system for"
)
def test_the_installed_library_cannot_open_a_connection():
    """It asks the system for nothing that connects; 1.29, which uploads, asks for all four."""
    libraries = list(Path(onnxruntime.__file__).parent.rglob("*.so*"))
    assert libraries
    for library in libraries:
        names = library.read_bytes()
        asked = [
            each for each in (b"socket", b"connect", b"getaddrinfo", b"send") if b"\0" + each + b"\0" in names
        ]
        assert asked == []

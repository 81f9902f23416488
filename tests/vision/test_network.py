import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from tests.doubles import networks
from tests.doubles.networks import LOOKING

from privateedit.errors import WeightsMissing
from privateedit.vision import network, weights
from privateedit.vision.blazeface import BlazeFace
from privateedit.vision.centerface import CenterFace
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.landmarks import FaceMesh
from privateedit.vision.network import Network
from privateedit.vision.segment import SelfieSegmenter

MODELS = {
    "centerface.onnx": (("537", "538", "539", "540"), 64),
    "face_detection_short_range.tflite": (("regressors", "classificators"), 128),
    "face_landmark.tflite": (("conv2d_21", "conv2d_31"), 192),
    "selfie_segmentation.tflite": (("activation_10",), 256),
}
SHAPES = {
    "centerface.onnx": [(1, 1, 16, 16), (1, 2, 16, 16), (1, 2, 16, 16), (1, 10, 16, 16)],
    "face_detection_short_range.tflite": [(1, 896, 16), (1, 896, 1)],
    "selfie_segmentation.tflite": [(1, 1, 256, 256)],
}


def noise(side, seed=0):
    return np.random.default_rng(seed).random((1, 3, side, side), np.float32)


def same(first, second):
    return len(first) == len(second) and all(map(np.array_equal, first, second))


@contextmanager
def refused(file):
    raise WeightsMissing(f"{file} was touched")
    yield


@pytest.mark.parametrize("model", [CenterFace, BlazeFace, FaceMesh, SelfieSegmenter, MultiScaleDetector])
def test_building_a_part_loads_nothing(monkeypatch, model):
    monkeypatch.setattr(weights, "verified", refused)
    model()


@pytest.mark.parametrize("file", MODELS)
def test_the_first_run_verifies_the_file(monkeypatch, file):
    outputs, side = MODELS[file]
    monkeypatch.setattr(weights, "verified", refused)
    loaded = Network(file, outputs)
    with pytest.raises(WeightsMissing, match=file):
        loaded.run(noise(side))


def test_an_altered_file_never_reaches_the_parser(monkeypatch):
    parsed = []
    monkeypatch.setattr(weights, "state", lambda _: weights.State.ALTERED)
    monkeypatch.setattr(network, "_parse", parsed.append)
    with pytest.raises(WeightsMissing):
        Network("centerface.onnx", MODELS["centerface.onnx"][0]).run(noise(64))
    assert parsed == []


def test_a_network_recovers_when_its_file_is_back(monkeypatch):
    outputs, side = MODELS["centerface.onnx"]
    loaded = Network("centerface.onnx", outputs)
    with monkeypatch.context() as broken:
        broken.setattr(weights, "verified", refused)
        with pytest.raises(WeightsMissing):
            loaded.run(noise(side))
    assert len(loaded.run(noise(side))) == len(outputs)


@pytest.mark.parametrize("file", MODELS)
def test_outputs_come_back_in_the_asked_order_as_finite_float32(file):
    outputs, side = MODELS[file]
    found = Network(file, outputs).run(noise(side))
    assert all(output.dtype == np.float32 and np.isfinite(output).all() for output in found)
    if file in SHAPES:
        assert [output.shape for output in found] == SHAPES[file]
    else:
        assert [output.size for output in found] == [468 * 3, 1]


@pytest.mark.parametrize("file", MODELS)
def test_outputs_are_copies_that_the_next_run_leaves_alone(file):
    outputs, side = MODELS[file]
    loaded = Network(file, outputs)
    first = loaded.run(noise(side))
    kept = [output.copy() for output in first]
    other = loaded.run(noise(side, seed=1))
    assert same(first, kept)
    assert not same(first, other)


@pytest.mark.parametrize("file", MODELS)
def test_threads_sharing_a_network_load_it_once_and_get_their_own_results(monkeypatch, file):
    outputs, side = MODELS[file]
    inputs = [noise(side, seed) for seed in range(8)]
    serial = Network(file, outputs)
    expected = [serial.run(blob) for blob in inputs]
    real, opened = weights.verified, []

    def counted(name):
        opened.append(name)
        return real(name)

    monkeypatch.setattr(weights, "verified", counted)
    shared = Network(file, outputs)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(shared.run, inputs))
    assert all(map(same, found, expected))
    assert opened == [file]


def test_one_thread_at_a_time_runs_a_network(monkeypatch):
    running, most, lock = [], [], threading.Lock()

    class Counting:
        def run(self, blob, outputs):
            with lock:
                running.append(1)
                most.append(len(running))
            time.sleep(0.01)
            with lock:
                running.pop()
            return [blob]

    monkeypatch.setattr(network, "_parse", lambda _: Counting())
    shared = Network("centerface.onnx", ["537"])
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(shared.run, [noise(32)] * 20))
    assert max(most) == 1


@pytest.mark.parametrize("file", MODELS)
def test_after_a_rest_a_network_says_the_same(file):
    outputs, side = MODELS[file]
    loaded = Network(file, outputs)
    loaded.rest()  # nothing to give back yet, and nothing is loaded for it
    assert loaded._net is None
    first = loaded.run(noise(side))
    loaded.rest()
    assert same(loaded.run(noise(side)), first)


def test_elsewhere_a_loaded_network_remembers_and_hands_out_copies(monkeypatch):
    outputs, side = MODELS["centerface.onnx"]
    looked = []
    monkeypatch.setattr(networks, "LOOKING", lambda *given, real=LOOKING: looked.append(1) or real(*given))
    assert Network.run is LOOKING  # here it looks every time
    with networks.remembering():
        loaded = Network("centerface.onnx", outputs)
        first, again, third = (loaded.run(noise(side)) for _ in range(3))
        assert len(looked) == 2  # while it loads, and once more
        assert same(first, again) and same(again, third)
        again[0][:] = 7
        assert same(loaded.run(noise(side)), third)
        assert not same(loaded.run(noise(side, 1)), third)
    assert len(looked) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_process_goes_on_with_a_network_that_its_parent_used():
    """A process pool of somebody's own forks after a first photo; threads do not come along."""
    code = (
        "import os, signal, sys, numpy as np\n"
        "from privateedit.vision.centerface import CenterFace\n"
        "shown, net = np.zeros((640, 640, 3), np.uint8), CenterFace()\n"
        "net.find(shown, 640, 0.5)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(20)\n"
        "    net.find(shown, 640, 0.5)\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

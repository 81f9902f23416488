import numpy as np
import onnxruntime
import pytest

from privateedit.vision import weights
from privateedit.vision.onnx_graph import freed


@pytest.fixture(scope="module")
def model():
    with weights.verified("centerface.onnx") as path:
        return path.read_bytes()


def session(data):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, ["CPUExecutionProvider"])


def test_as_it_comes_the_model_takes_one_size_only(model):
    """Why there is anything to free."""
    picture = np.zeros((1, 3, 64, 96), np.float32)
    with pytest.raises(Exception, match="dimension"):
        session(model).run(None, {"input.1": picture})


@pytest.mark.parametrize("size", [(32, 32), (64, 96), (160, 32)])
def test_a_freed_model_takes_pictures_of_any_size(model, size):
    loaded = session(freed(model))
    assert [each.name for each in loaded.get_inputs()] == ["input.1"]
    heat = loaded.run(["537"], {"input.1": np.zeros((1, 3, *size), np.float32)})[0]
    assert heat.shape == (1, 1, size[0] // 4, size[1] // 4)


def test_outputs_keep_their_names(model):
    assert [each.name for each in session(freed(model)).get_outputs()] == ["537", "538", "539", "540"]


def test_not_a_weight_is_changed(model):
    """What leaves the header is nothing but names and sizes: every run of a kilobyte is still there."""
    free = freed(model)
    assert 0 < len(model) - len(free) < 20_000
    for start in range(len(model) // 2, len(model) - 1024, 250_000):
        assert model[start : start + 1024] in free


def test_freeing_twice_is_freeing_once(model):
    assert freed(freed(model)) == freed(model)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x08\x03",
        b"not a model at all",
        b"\x3a\xff\xff\xff\xff\x0f",
        b"\x3b",
        b"\x3a",
        b"\x38\x01",
        b"\xff" * 12,
    ],
    ids=["empty", "no graph", "text", "cut", "group", "no length", "a number for a graph", "endless number"],
)
def test_what_is_no_model_is_refused(data):
    with pytest.raises(ValueError, match=r"ONNX file"):
        freed(data)

import numpy as np
import pytest

from privateedit.vision import weights
from privateedit.vision.opencv_runtime import OpenCVRuntime


@pytest.mark.parametrize(
    ("file", "side", "outputs", "sizes"),
    [
        ("centerface.onnx", 64, ("537", "538", "539", "540"), [256, 512, 512, 2560]),
        ("face_detection_short_range.tflite", 128, ("regressors", "classificators"), [896 * 16, 896]),
        ("face_landmark.tflite", 192, ("conv2d_21", "conv2d_31"), [468 * 3, 1]),
        ("selfie_segmentation.tflite", 256, ("activation_10",), [256 * 256]),
    ],
)
def test_every_model_gives_all_its_outputs(file, side, outputs, sizes):
    with weights.verified(file) as path:
        loaded = OpenCVRuntime(path)
    said = loaded.run(np.zeros((1, 3, side, side), np.float32), outputs)
    assert [each.size for each in said] == sizes
    assert all(each.dtype == np.float32 for each in said)

import re
import shutil
from pathlib import Path

import pytest

from privateedit.errors import WeightsMissing
from privateedit.vision import weights
from privateedit.vision.weights import State

FOLDER = Path(weights.__file__).parent
FILES = (
    "centerface.onnx",
    "face_detection_short_range.tflite",
    "face_landmark.tflite",
    "selfie_segmentation.tflite",
)


@pytest.fixture(params=weights.manifest(), ids=lambda weight: weight.file)
def weight(request):
    return request.param


@pytest.fixture
def copied(monkeypatch, tmp_path):
    """The weights folder, copied to where a test may break it."""
    folder = tmp_path / "weights"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(weights, "files", lambda _: folder)
    return folder


def test_the_manifest_lists_exactly_the_model_files_in_the_folder():
    shipped = {path.name for path in FOLDER.iterdir() if path.suffix in {".onnx", ".tflite"}}
    assert tuple(weight.file for weight in weights.manifest()) == FILES
    assert shipped == set(FILES)


def test_every_entry_says_what_it_is_and_where_it_comes_from(weight):
    assert re.fullmatch(r"[0-9a-f]{64}", weight.sha256)
    assert weight.licence in {"MIT", "Apache-2.0"}
    assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", weight.wheel)
    assert Path(weight.member).name == weight.file
    assert weight.source.startswith("https://")
    assert weight.name
    assert weight.purpose


def test_names_and_digests_are_unique():
    for field in ("name", "file", "sha256"):
        assert len({getattr(weight, field) for weight in weights.manifest()}) == len(FILES)


def test_the_licence_texts_are_beside_the_files(weight):
    text = (FOLDER / f"LICENSE.{weight.wheel.partition('==')[0]}").read_text("utf-8")
    assert {"MIT": "Permission is hereby granted", "Apache-2.0": "Apache License"}[weight.licence] in text


def test_every_installed_file_is_ok_and_verified(weight):
    assert weights.state(weight) is State.OK
    with weights.verified(weight.file) as path:
        assert path.name == weight.file
        assert path.is_file()


def test_a_missing_file_is_named_with_its_repair(copied, weight):
    (copied / weight.file).unlink()
    assert weights.state(weight) is State.MISSING
    with pytest.raises(WeightsMissing) as caught, weights.verified(weight.file):
        pytest.fail("a missing file has no path")
    message = str(caught.value)
    assert weight.name in message
    assert weight.file in message
    assert "missing" in message
    assert weights.REPAIR in message


@pytest.mark.parametrize(
    "alter",
    [
        lambda data: data[:1000] + bytes([data[1000] ^ 1]) + data[1001:],
        lambda data: data + b"\0",
        lambda data: data[:-1],
        lambda _: b"",
    ],
    ids=["one-bit", "longer", "truncated", "empty"],
)
def test_an_altered_file_is_named_with_its_repair(copied, weight, alter):
    path = copied / weight.file
    path.write_bytes(alter(path.read_bytes()))
    assert weights.state(weight) is State.ALTERED
    with pytest.raises(WeightsMissing) as caught, weights.verified(weight.file):
        pytest.fail("an altered file has no path")
    message = str(caught.value)
    assert weight.name in message
    assert "altered" in message
    assert weights.REPAIR in message


def test_a_file_that_cannot_be_read_counts_as_missing(monkeypatch, weight):
    def refuse(path):
        raise PermissionError(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert weights.state(weight) is State.MISSING


def test_one_broken_file_leaves_the_others_usable(copied):
    (copied / FILES[0]).unlink()
    assert [weights.state(weight) for weight in weights.manifest()] == [State.MISSING] + [State.OK] * 3
    with weights.verified(FILES[1]) as path:
        assert path == copied / FILES[1]


def test_the_state_is_read_anew_each_time(copied, weight):
    path = copied / weight.file
    data = path.read_bytes()
    path.unlink()
    assert weights.state(weight) is State.MISSING
    path.write_bytes(data)
    assert weights.state(weight) is State.OK


def test_the_repair_command_reinstalls_this_package_only():
    # Not by name: a stranger may own that name on a public index.
    assert weights.REPAIR.startswith("pip install --force-reinstall --no-deps . ")

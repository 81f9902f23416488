import importlib
import subprocess
import sys

import pytest

from privateedit.vision import silence
from privateedit.vision.silence import silent_onnx_runtime

SAYS = "package_name = '{}'\n__version__ = '{}'\n"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Put a module of that name first, which ends the process if it is imported."""

    def install(told):
        capi = tmp_path / "onnxruntime" / "capi"
        capi.mkdir(parents=True)
        (tmp_path / "onnxruntime" / "__init__.py").write_text("raise SystemExit('it was imported')\n")
        if told is not None:
            (capi / "build_and_package_info.py").write_text(told)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
        importlib.invalidate_caches()

    return install


def test_the_one_that_is_installed_here_is_silent():
    assert silent_onnx_runtime()


@pytest.mark.parametrize("version", ["1.23.0", "1.28.0", "1.28.9"])
def test_versions_that_cannot_report(installed, version):
    installed(SAYS.format("onnxruntime", version))
    assert silent_onnx_runtime()


@pytest.mark.parametrize(
    "told",
    [
        SAYS.format("onnxruntime", "1.29.0"),
        SAYS.format("onnxruntime", "1.22.9"),
        SAYS.format("onnxruntime", "2.0.0"),
        SAYS.format("onnxruntime", "1"),
        SAYS.format("onnxruntime", "1.28.0rc1"),
        SAYS.format("onnxruntime", "1.28.0+cu"),
        SAYS.format("onnxruntime", ""),
        SAYS.format("onnxruntime-gpu", "1.28.0"),
        SAYS.format("ort-nightly", "1.28.0"),
        "__version__ = '1.28.0'\n",
        "",
        None,
    ],
)
def test_whatever_else_lies_where_an_import_would_look_is_not(installed, told):
    installed(told)
    assert not silent_onnx_runtime()


def test_one_that_somebody_else_has_loaded_is_asked_too(tmp_path, monkeypatch):
    """A program may import a later one beside this package; it is not used."""
    capi = tmp_path / "other" / "capi"
    capi.mkdir(parents=True)
    (capi / "build_and_package_info.py").write_text(SAYS.format("onnxruntime", "1.32.0"))
    loaded = type(sys)("onnxruntime")
    loaded.__spec__ = importlib.machinery.ModuleSpec(
        "onnxruntime", None, origin=str(tmp_path / "other/__init__.py")
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", loaded)
    assert not silent_onnx_runtime()
    loaded.__spec__ = None
    assert not silent_onnx_runtime()


def test_on_windows_none_is(monkeypatch):
    monkeypatch.setattr(silence.sys, "platform", "win32")
    assert not silent_onnx_runtime()


def test_where_none_is_installed(monkeypatch):
    monkeypatch.setattr(silence, "find_spec", lambda _: None)
    assert not silent_onnx_runtime()


def test_a_later_one_is_never_imported_whatever_the_lists_of_packages_say(tmp_path):
    """onnxruntime-gpu and others put a module of the same name over it."""
    (tmp_path / "onnxruntime/capi").mkdir(parents=True)
    (tmp_path / "onnxruntime/__init__.py").write_text("raise SystemExit('it was imported')\n")
    (tmp_path / "onnxruntime/capi/build_and_package_info.py").write_text(
        SAYS.format("onnxruntime-gpu", "1.32.0")
    )
    info = tmp_path / "onnxruntime-1.28.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: onnxruntime\nVersion: 1.28.0\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import numpy as np\n"
        "from privateedit.vision.centerface import CenterFace\n"
        "CenterFace().find(np.zeros((32, 32, 3), np.uint8), 32, 0.5)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

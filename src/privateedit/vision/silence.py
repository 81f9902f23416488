"""Whether ONNX Runtime is here in a version that cannot report its use to anybody."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path

_FIRST, _LAST = (1, 23), (1, 28)  # the versions that are asked for
_SAID = re.compile(r"^(package_name|__version__) *= *['\"]([^'\"]*)['\"]", re.MULTILINE)


def silent_onnx_runtime() -> bool:
    """Whether the module that an import would load, or has loaded, is one of those that report nothing.

    From 1.29 on it holds an uploader that is on by default; on Windows, earlier ones report to the system's
    tracing. Such a one is not even imported: nothing that can send belongs into a process with photos. Other
    packages install a module of the same name, so it is not their lists that are asked, but what the module
    says of itself in a file beside it, which is read and not run. Whatever is odd is not silent.
    """
    if sys.platform == "win32":
        return False
    try:
        spec = find_spec("onnxruntime")
        if spec is None or spec.origin is None:
            return False
        told = (Path(spec.origin).parent / "capi" / "build_and_package_info.py").read_text("utf-8")
    except (ImportError, OSError, ValueError):
        return False
    said = dict(_SAID.findall(told))
    version = re.fullmatch(r"(\d+)\.(\d+)\.\d+", said.get("__version__", ""))
    if version is None or said.get("package_name") != "onnxruntime":
        return False
    return _FIRST <= (int(version[1]), int(version[2])) <= _LAST

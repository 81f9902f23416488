import io
import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import typer.main
from PIL import Image

from privateedit.cli.app import run


@pytest.fixture(autouse=True)
def around_a_restore(restores_that_remember):
    """What is tested here is what goes on around it."""


_made_once = cache(typer.main.get_command)
"""Typer reads every option of every command anew for each line, which takes longer than many a line does."""


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def facts(self):
        return json.loads(self.out)


@pytest.fixture
def cli(capsys, monkeypatch):
    """Run a command line in this process and return exit code, stdout and stderr."""
    monkeypatch.setattr(typer.main, "get_command", _made_once)

    def call(*arguments):
        code = run([str(each) for each in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def portrait(tmp_path, astronaut_file):
    path = tmp_path / "portrait.png"
    path.write_bytes(astronaut_file)
    return path


@pytest.fixture
def small_portrait(tmp_path, small_astronaut):
    """For those that try many settings, none of which asks how large a photo is."""
    path = tmp_path / "small.png"
    path.write_bytes(packed(small_astronaut.pixels))
    return path


@pytest.fixture
def landscape(tmp_path, coffee_file):
    path = tmp_path / "coffee.png"
    path.write_bytes(coffee_file)
    return path


@pytest.fixture(scope="session")
def astronaut_file(astronaut):
    """Packed once; packing takes longer than most of what is then done with the file."""
    return packed(astronaut.pixels)


@pytest.fixture(scope="session")
def coffee_file(coffee):
    return packed(coffee.pixels)


def packed(pixels):
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def pixels_of(path):
    return np.asarray(Image.open(path).convert("RGB"))

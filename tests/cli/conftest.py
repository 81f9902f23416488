import json
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image
from skimage import data

from privateedit.cli.app import run


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def facts(self):
        return json.loads(self.out)


@pytest.fixture
def cli(capsys):
    """Run a command line in this process and return exit code, stdout and stderr."""

    def call(*arguments):
        code = run([str(each) for each in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def portrait(tmp_path):
    path = tmp_path / "portrait.png"
    Image.fromarray(data.astronaut()).save(path)
    return path


@pytest.fixture
def landscape(tmp_path):
    path = tmp_path / "coffee.png"
    Image.fromarray(data.coffee()).save(path)
    return path


def pixels_of(path):
    return np.asarray(Image.open(path).convert("RGB"))

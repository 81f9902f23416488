import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from privateedit.errors import WeightsMissing
from privateedit.vision import weights
from privateedit.vision.models import Models, shared


def test_one_network_of_each_kind_is_shared():
    models = Models.new()
    assert models.detector._center_face is models.searcher._center_face
    assert models.detector._mesh is models.searcher._mesh


def test_getting_ready_leaves_it_to_the_use_of_a_network_to_say_what_is_wrong(monkeypatch):
    @contextmanager
    def absent(file):
        raise WeightsMissing(f"The model {file} is missing.")
        yield

    models = Models.new()
    monkeypatch.setattr(weights, "verified", absent)
    models.get_ready()
    with pytest.raises(WeightsMissing, match="centerface"):
        models.detector.detect(np.zeros((64, 64, 3), np.uint8))


def test_a_thread_that_loads_the_networks_imports_nothing():
    code = (
        "import sys\n"
        "from privateedit import codec\n"
        "from privateedit.vision import models\n"
        "models.prepare()\n"
        "before = set(sys.modules)\n"
        "models.shared().get_ready()\n"
        "print(sorted(set(sys.modules) - before))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_a_process_has_one_set_of_models():
    assert shared() is shared()

from contextlib import contextmanager

import numpy as np
import pytest

from privateedit.errors import WeightsMissing
from privateedit.vision import weights
from privateedit.vision.models import Models


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

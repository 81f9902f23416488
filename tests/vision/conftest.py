"""Here networks look every time."""

import pytest
from tests.doubles.networks import LOOKING

from privateedit.vision.network import Network


@pytest.fixture(autouse=True)
def networks_that_look(monkeypatch):
    """Whether they say the same twice, and to several threads at once, is what is tested here."""
    monkeypatch.setattr(Network, "run", LOOKING)

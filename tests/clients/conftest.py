"""Clients that people use, in front of a proxy, in front of a strict stand-in that draws a stranger.

Whatever a test does, no picture in the stand-in's record may show the astronaut's eyes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.conftest import file_of, require_nothing_hidden_left, running, stranger_redraws
from tests.standins.openai import OpenAIStandIn

from privateedit.server.wishes import Policy

__all__ = ["stranger_redraws"]

CLIENTS = Path(__file__).parent
NODE = CLIENTS / "node"
LITELLM = Path(sys.prefix) / "clients" / "litellm" / "bin" / "python"
QUICK = Policy({}, {"harmonize": "0", "style_match": "off"})
"""Most of a restore's time goes into light and style, which are no concern of clients."""

NOT_MADE = "the clients' environments were not made (make clients makes them)"


class Photo:
    """The photo that clients edit: as pixels, as bytes, and as a file that is named after somebody."""

    def __init__(self, pixels, folder):
        self.pixels = pixels
        self.data = file_of(pixels)
        self.path = folder / "Eileen Collins é.png"
        self.path.write_bytes(self.data)


@pytest.fixture(scope="session")
def photo(astronaut, tmp_path_factory):
    return Photo(astronaut.pixels, tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="session")
def second(hopper, tmp_path_factory):
    """A picture to look at, which shows somebody else."""
    return Photo(hopper.pixels, tmp_path_factory.mktemp("second"))


@pytest.fixture(scope="session")
def faceless(coffee, tmp_path_factory):
    return Photo(coffee.pixels, tmp_path_factory.mktemp("faceless"))


@pytest.fixture(autouse=True)
def around_a_restore(restores_that_remember):
    """What is tested here is what goes on around it."""


@pytest.fixture
def service(monkeypatch, stranger_redraws, astronaut):
    """OpenAI, as strict as its document, which draws Grace Hopper wherever a face is hidden."""
    with OpenAIStandIn(redraw=stranger_redraws) as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        for name in ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
            monkeypatch.delenv(name, raising=False)
        yield found
        assert not found.problems
        if found.asked:
            require_nothing_hidden_left(found, astronaut.pixels)


@pytest.fixture
def proxy(service):
    with running(policy=QUICK) as found:
        yield found


def edits_at(service):
    """How many edits were asked of the service."""
    return sum(asked.method == "POST" for asked in service.asked)


def environment(proxy, **more):
    """The two lines that a client needs, in an environment that has nothing else to go by."""
    return {"PATH": os.defpath, "OPENAI_BASE_URL": proxy.url, "OPENAI_API_KEY": proxy.token, **more}


def require_made(place):
    if not place.exists():
        pytest.skip(NOT_MADE)


def told(command, env, folder=None):
    """Run a client to its end and return what it prints."""
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def node(script, *arguments, env):
    program = shutil.which("node")
    if program is None:
        pytest.skip("there is no node on this machine")
    require_made(NODE / "node_modules" / ".package-lock.json")
    return told([program, str(NODE / script), *map(str, arguments)], env)

"""Every example of the page about the server runs, and brings the face back."""

import base64
import json
import re
import shutil
import sys

import pytest
from tests.clients.conftest import CLIENTS, LITELLM, NODE, edits_at, environment, require_made, told
from tests.server.conftest import require_face_back

PAGE = (CLIENTS.parents[1] / "docs" / "guard-any-app.md").read_text("utf-8")
BLOCKS = [
    (kind, text)
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    if kind in ("python", "js") or text.startswith("curl ")
]


def command(kind, text, folder):
    """Return how a person would run an example that they saved."""
    if kind == "sh":
        require_tool("curl")
        return [require_tool("sh"), "-ec", text]
    if kind == "js":
        program = require_tool("node")
        require_made(NODE / "node_modules" / ".package-lock.json")
        (folder / "node_modules").symlink_to(NODE / "node_modules")
        (folder / "example.mjs").write_text(text)
        return [program, "example.mjs"]
    (folder / "example.py").write_text(text)
    if "import litellm" not in text:
        return [sys.executable, "example.py"]
    require_made(LITELLM)
    return [str(LITELLM), "example.py"]


def require_tool(name):
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name} on this machine")
    return program


def test_every_client_has_an_example():
    assert [kind for kind, _ in BLOCKS] == ["python", "js", "js", "python", "sh", "python", "sh"]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_example_runs(number, proxy, service, photo, tmp_path):
    kind, text = BLOCKS[number]
    assert "http://127.0.0.1:8787" in text
    assert "pe-..." in text
    own = text.replace("http://127.0.0.1:8787", proxy.root).replace("pe-...", proxy.token)
    (tmp_path / "me.png").write_bytes(photo.data)
    env = environment(proxy, LITELLM_LOCAL_MODEL_COST_MAP="True")
    del env["OPENAI_BASE_URL"], env["OPENAI_API_KEY"]  # it has them itself
    told(command(kind, own, tmp_path), env, tmp_path)
    if kind == "sh":
        (only,) = json.loads((tmp_path / "answer.json").read_text())["data"]
        final = base64.b64decode(only["b64_json"])
    else:
        final = (tmp_path / "edited.png").read_bytes()
    require_face_back(final, photo.pixels)
    assert edits_at(service) == 1

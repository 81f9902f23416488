"""The shape of the code, held by tests: who may mint, who may connect, how long things get."""

import ast
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

import privateedit

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "privateedit"


@cache
def parsed(path):
    """Every node of a module, the module first: walking through a tree takes far longer than looking."""
    return tuple(ast.walk(ast.parse((PACKAGE / path).read_text("utf-8"))))


class Trees(Mapping):
    """By the path of a module; parsed when first asked for: every process of a run collects all tests."""

    def __init__(self):
        self.paths = [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py"))]

    def __getitem__(self, path):
        return parsed(path)

    def __iter__(self):
        return iter(self.paths)

    def __len__(self):
        return len(self.paths)


TREES = Trees()
TESTED = [path for path in TREES if path.stem not in {"__init__", "__main__", "_version"}]


@pytest.fixture(scope="module", autouse=True)
def trees_are_felled():
    """They are a million objects, through which the garbage collector would look in all later tests too."""
    yield
    parsed.cache_clear()


def names_in(nodes):
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rsplit(".", 1)[-1]


def test_only_seal_mints_payloads():
    users = {str(path) for path, nodes in TREES.items() if {"_mint", "_MINT"} & set(names_in(nodes))}
    assert users == {"core/payload.py", "core/seal.py"}


def callers_of(name):
    return {
        str(path)
        for path, nodes in TREES.items()
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    }


def test_what_the_seal_holds_still_is_made_where_no_hidden_pixel_is_seen():
    """The proof keeps backdrop and guide as they are, so who makes them matters.

    A backdrop comes from a masked photo, whose hidden pixels are paint, or from what earlier uploads hid; a
    guide comes from a face's place, size and pose.
    """
    assert callers_of("Backdrop") == {"core/backdrop.py", "core/hide.py"}
    assert callers_of("backdrop_behind") == {"core/hide.py"}
    assert callers_of("hide_before") == {"server/page/sketches.py"}  # which seals nothing for a send
    assert callers_of("Guide") == set()
    guided = {str(path) for path, nodes in TREES.items() if "Guide" in set(names_in(nodes))}
    assert guided <= {"core/guide.py", "core/conceal.py", "core/backdrop.py", "core/hide.py"}


def modules_in(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http.client", "httpcore2", "httpx", "httpx2", "requests", "smtplib",
    "socket", "socketserver", "ssl", "urllib.request", "urllib3", "webbrowser", "websockets", "xmlrpc",
}  # fmt: skip


def test_one_file_opens_connections():
    users = {str(path) for path, nodes in TREES.items() if NETWORK & set(modules_in(nodes))}
    assert users == {"providers/egress.py"}
    calls = {"urlopen", "HTTPConnection", "create_connection", "HTTPTransport"}
    users = {str(path) for path, nodes in TREES.items() if calls & set(names_in(nodes))}
    assert users == {"providers/egress.py"}


def test_the_door_asks_the_guard_before_it_sends():
    """What is sent is what was checked: no other way leads to the transport."""
    nodes = TREES[Path("providers/egress.py")]
    functions = {node.name: tuple(ast.walk(node)) for node in nodes if isinstance(node, ast.FunctionDef)}
    senders = {name for name, inner in functions.items() if "handle_request" in set(names_in(inner))}
    assert senders == {"_once"}
    callers = {name for name, inner in functions.items() if {"_exchange"} & set(names_in(inner))}
    assert callers == {"carry", "ask"}
    said = list(names_in(functions["carry"]))
    assert said.index("require_sealed") < said.index("_exchange")


def test_only_wiring_names_concrete_parts():
    homes = {
        "MultiScaleDetector": "vision",
        "SelfieSegmenter": "vision",
        "PixelEncoder": "codec",
        "ByteInspector": "codec",
        "StudioEditor": "providers",
        "FileJournal": "records",
        "FileLedger": "records",
        "FileHandovers": "records",
    }
    users = {
        str(path)
        for path, nodes in TREES.items()
        for node in nodes
        if isinstance(node, ast.Call)
        for name in homes.keys() & set(names_in(ast.walk(node.func)))
        if path.parts[0] != homes[name]
    }
    assert users == {"wiring.py"}


def test_no_print_or_exit_inside_the_library():
    for path, nodes in TREES.items():
        if path.parts[0] == "cli" or path.name == "__main__.py":
            continue
        calls = {
            node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"print", "exit", "quit"}, path


def test_no_handler_swallows_everything():
    """An exception logged or passed while the flow continues is how peers fail open."""
    for path, nodes in TREES.items():
        for node in nodes:
            if not isinstance(node, ast.ExceptHandler):
                continue
            only_passes = all(isinstance(each, ast.Pass | ast.Continue) for each in node.body)
            assert not only_passes, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", TREES, ids=str)
def test_modules_and_functions_stay_short(path):
    lines = (PACKAGE / path).read_text("utf-8").count("\n")
    assert lines <= 300
    for node in TREES[path]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{path}: {node.name}"


@pytest.mark.parametrize("path", TREES, ids=str)
def test_no_grab_bag_modules(path):
    assert path.stem not in {"utils", "helpers", "manager", "base", "common", "misc", "util"}


@pytest.fixture(scope="module")
def names_of_test_files():
    return {path.name for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("path", TESTED, ids=str)
def test_every_source_file_has_its_test_file(path, names_of_test_files):
    assert f"test_{path.stem}.py" in names_of_test_files


def test_the_public_surface_is_one_sorted_list():
    assert privateedit.__all__ == sorted(privateedit.__all__)
    for name in privateedit.__all__:
        assert getattr(privateedit, name) is not None
    with pytest.raises(AttributeError):
        privateedit.nothing_of_that_name  # noqa: B018


def test_importing_the_package_is_light():
    code = (
        "import privateedit, sys; print(sorted({'cv2', 'numpy', 'PIL', 'typer', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_networks_libraries_wait_until_a_service_is_named():
    code = "import privateedit.wiring as w, sys; w.editor(); print(sorted({'httpx2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_restores_waits_until_something_is_restored():
    unwanted = {"privateedit.restoring", "privateedit.core.reintegrate", "privateedit.core.place"}
    code = f"import privateedit.api, sys; print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_whole_main_job_runs_without_a_network():
    """Offline after installation: the job still runs when no socket can be made."""
    code = (
        "import socket, numpy, privateedit\n"
        "from skimage import data\n"
        "pixels = numpy.ascontiguousarray(data.astronaut())\n"
        "def refuse(*a, **k): raise AssertionError('a socket was opened')\n"
        "socket.socket = refuse; socket.create_connection = refuse; socket.getaddrinfo = refuse\n"
        "done = privateedit.edit(privateedit.Photo(pixels), preset='warm')\n"
        "assert done.prepared.payload.sealed\n"
        "print(done.restored.report.faces[0].regime)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "hole"

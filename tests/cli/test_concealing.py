import inspect
from typing import get_args

import numpy as np
import pytest
import typer

from privateedit.choices import Choices, chosen_ids
from privateedit.cli import edit, mask, restore
from privateedit.cli.concealing import OPTIONS, Hiding, with_concealment
from privateedit.errors import InputError


def typed(**changes):
    return Hiding({name: default for name, (_, default) in OPTIONS.items()} | changes)


@pytest.mark.parametrize(
    ("text", "only", "left_out"),
    [
        ("all", None, ()),
        ("ALL", None, ()),
        ("none", (), ()),
        ("0", (0,), ()),
        ("0, 2", (0, 2), ()),
        ("-1", None, (1,)),
        ("-1, -3", None, (1, 3)),
    ],
)
def test_faces_are_chosen_by_words_and_numbers(text, only, left_out):
    assert chosen_ids(text) == (only, left_out)


@pytest.mark.parametrize("text", ["", "a", "0,", "0,-1", "-", "--1", "1.5", "٣"])
def test_anything_else_is_refused(text):
    with pytest.raises(InputError):
        chosen_ids(text)


def test_boxes_and_polygons_become_areas():
    made = typed(box=["1,2,30,40.5"], polygon=["0,0 10,0 5,8"]).concealment()
    assert made.areas[0].tolist() == [[1, 2], [30, 2], [30, 40.5], [1, 40.5]]
    assert made.areas[1].tolist() == [[0, 0], [10, 0], [5, 8]]
    assert typed().concealment().areas == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"box": ["1,2,3"]},
        {"box": ["1,2,3,x"]},
        {"box": ["5,0,1,9"]},
        {"polygon": ["0,0 1,1"]},
        {"polygon": ["0,0 1,1 2"]},
        {"polygon": [""]},
    ],
)
def test_areas_that_cannot_be_used(wrong):
    with pytest.raises(InputError):
        typed(**wrong).concealment()


def test_every_option_is_a_choice_of_the_python_functions():
    elsewhere = {"faces", "box", "polygon", "mask_in"}
    assert set(OPTIONS) - elsewhere <= set(Choices.__annotations__)


@pytest.mark.parametrize("command", [edit.edit, mask.mask, restore.restore])
def test_commands_have_all_the_options_and_no_bundle(command):
    parameters = inspect.signature(command).parameters
    assert set(OPTIONS) <= set(parameters)
    assert "how" not in parameters
    for name, (annotation, default) in OPTIONS.items():
        assert parameters[name].default == default
        assert get_args(parameters[name].annotation) == get_args(annotation)


def test_the_mask_that_is_read_is_an_input(tmp_path):
    assert typed().inputs == ()
    path = tmp_path / "mask.png"
    assert typed(mask_in=path).inputs == (str(path),)
    with pytest.raises(InputError):
        typed(mask_in=path).concealment()


def test_eyes_are_called_what_they_are(capsys):
    typed(coverage="eyes").concealment()
    assert "does not hide identity" in capsys.readouterr().err
    assert np.isclose(typed(grow=0.25).concealment().grow, 0.25)
    assert capsys.readouterr().err == ""


def test_hiding_knows_whether_any_option_was_typed():
    told = []

    @with_concealment
    def look(how: Hiding, name: str = "") -> None:
        told.append(how.any_typed)

    app = typer.Typer()
    app.command()(look)
    for arguments in ([], ["--name", "x"], ["--faces", "all"], ["--name", "x", "--expose-face"]):
        app(arguments, standalone_mode=False)
    assert told == [False, False, True, True]

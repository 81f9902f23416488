import pytest
from tests.doubles.batches import Stage, write_photos

from privateedit.batch.folder_check import require_folders, require_unused
from privateedit.batch.stored import workplace_at
from privateedit.batch.workplace import Workplace
from privateedit.errors import InputError


@pytest.mark.parametrize("name", ["outcomes.jsonl", "contact-sheet", "journals.jsonl"])
def test_a_folder_that_holds_a_name_of_the_batchs_is_refused(tmp_path, name):
    place = Workplace(tmp_path / "out")
    require_unused(place)
    place.folder.mkdir()
    require_unused(place)
    (place.folder / name).symlink_to("nowhere")
    with pytest.raises(InputError, match=f"{name}.*another"):
        require_unused(place)


def test_folders_in_which_outputs_would_follow_a_link_are_refused(tmp_path):
    stage = Stage(tmp_path, "2023/a.jpg", "2023/b.jpg", "2024/may/c.jpg")
    stage.out.joinpath("2024").mkdir()
    require_folders(stage.roll, stage.workplace)
    stage.out.joinpath("2024", "may").symlink_to(tmp_path)
    with pytest.raises(InputError, match="2024/may"):
        require_folders(stage.roll, stage.workplace)
    require_folders(stage.roll, workplace_at(stage.out, "memory://store"))


@pytest.mark.parametrize("taken", ["2024", "2024/may"])
def test_a_file_that_has_the_name_of_a_folder_is_refused(tmp_path, taken):
    stage = Stage(tmp_path, "2023/a.jpg", "2024/may/c.jpg")
    stage.out.joinpath("2023").mkdir()
    write_photos(stage.out, taken)
    with pytest.raises(InputError, match=r"2024/may.*no folder"):
        require_folders(stage.roll, stage.workplace)
    require_folders(stage.roll, workplace_at(stage.out, "memory://store"))


def test_outputs_that_are_done_are_not_looked_at(tmp_path):
    stage = Stage(tmp_path, "2023/a.jpg", "b.jpg")
    stage.work()
    stage.out.joinpath("2023").rename(tmp_path / "moved")
    stage.out.joinpath("2023").symlink_to(tmp_path / "moved")
    require_folders(stage.roll, stage.workplace)


def test_photos_that_are_not_among_the_inputs_any_more_are_not_looked_at(tmp_path):
    stage = Stage(tmp_path, "2023/a.jpg")
    stage.plan(write_photos(tmp_path / "more", "b.jpg"))
    stage.out.joinpath("2023").symlink_to(tmp_path)
    require_folders(stage.roll, stage.workplace)

import pytest
from tests.doubles.batches import Stage, write_photos

from privateedit.batch.partners import partner_in
from privateedit.errors import InputError


def test_partners_are_found_by_stem_and_never_guessed(tmp_path):
    stage = Stage(tmp_path, "a.heic.png", "b.jpg", "b.png")
    folder = tmp_path / "edited"
    write_photos(folder, "a.heic.PNG", "b.webp", "b-2.jpg")
    claimed = [stage.claim() for _ in range(3)]
    assert [partner_in(folder, each).name for each in claimed] == ["a.heic.PNG", "b.webp", "b-2.jpg"]
    write_photos(folder, "b.png", "b-2.tif")
    with pytest.raises(InputError, match=r"b-2\.jpg, b-2\.tif"):
        partner_in(folder, claimed[2])
    with pytest.raises(InputError, match="Several"):
        partner_in(folder, claimed[1])


@pytest.mark.parametrize("other", ["a.png", "a.JPG", "a.webp"])
def test_of_two_pictures_none_is_taken_though_one_is_called_exactly_like_the_photo(tmp_path, other):
    claimed = Stage(tmp_path, "a.jpg").claim()
    folder = write_photos(tmp_path / "edited", "a.jpg")
    assert partner_in(folder, claimed).name == "a.jpg"
    write_photos(folder, other)
    with pytest.raises(InputError, match=r"Several.*a\.jpg") as told:
        partner_in(folder, claimed)
    assert other in told.value.message


def test_one_picture_under_two_names_is_one(tmp_path):
    claimed = Stage(tmp_path, "a.jpg").claim()
    folder = write_photos(tmp_path / "edited", "a.jpg")
    (folder / "a.png").symlink_to(folder / "a.jpg")
    assert partner_in(folder, claimed).samefile(folder / "a.jpg")


def test_a_photo_with_an_ending_of_its_own_is_paired_with_its_like(tmp_path):
    stage = Stage(tmp_path, "z.jpg")
    stage.plan(write_photos(tmp_path / "more", "scan.001") / "scan.001")
    claimed = stage.claim()
    folder = write_photos(tmp_path / "edited", "scan.001", "scan.002")
    assert partner_in(folder, claimed).name == "scan.001"
    write_photos(folder, "scan.tif")
    with pytest.raises(InputError, match="Several"):
        partner_in(folder, claimed)


def test_a_name_of_which_only_some_endings_fit_is_paired(tmp_path):
    claimed = Stage(tmp_path, "x" * 251 + ".jpg").claim()
    folder = write_photos(tmp_path / "edited", "x" * 251 + ".png")
    assert partner_in(folder, claimed) == folder / ("x" * 251 + ".png")

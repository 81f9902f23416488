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

import hashlib

import numpy as np
import pytest
from tests.server.conftest import file_of, likeness
from tests.standins.pictures import pixels

from privateedit import wiring
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult
from privateedit.core.finish import Finish
from privateedit.errors import CannotAlign, InputError, NotServed, UnreadablePhoto
from privateedit.server.asked import Attached
from privateedit.server.page import photo_story
from privateedit.server.page.open_photo import Returned


@pytest.fixture
def photo(portrait_file):
    return photo_story.opened(Attached(portrait_file, "Brandauer 7431"), wiring.parts())


@pytest.fixture
def sealed(photo):
    return photo_story.sealed(photo, Concealment(), "studio", "")


def test_faces_are_found_and_the_files_name_is_remembered(photo):
    assert len(photo.faces) == 1
    assert photo_story.words_found(photo, "make Brandauer smile", "studio")
    assert not photo_story.words_found(photo, "make her smile", "studio")
    assert "Brandauer" not in repr(photo.names)


def test_what_is_no_photo_is_refused():
    with pytest.raises(NotServed):
        photo_story.opened(Attached(b"", ""), wiring.parts())
    with pytest.raises(UnreadablePhoto):
        photo_story.opened(Attached(b"GIF89a", ""), wiring.parts())


def test_what_is_sealed_is_proven_and_known_by_its_digest(photo, sealed):
    payload = sealed.prepared.payload
    assert payload.sealed
    assert sealed.digest == hashlib.sha256(payload.data).hexdigest()
    assert photo_story.require_shown(photo, sealed.digest) is sealed
    for other in ("", "0" * 64, sealed.digest.upper()):
        with pytest.raises(NotServed) as caught:
            photo_story.require_shown(photo, other)
        assert caught.value.code == "preview_changed"


def test_the_face_comes_back_and_another_finish_starts_from_what_came(photo, sealed, astronaut):
    came = Returned("job", sealed, EditResult(sealed.prepared.concealed.masked.pixels, "studio"))
    first = photo_story.restored(photo, came, Finish())
    assert np.abs(first.pixels.astype(int) - astronaut.pixels).mean() < 0.5
    assert photo.result is first
    with pytest.raises(InputError):
        photo_story.restored(photo, came, Finish(size=Finish().size.parse("9000x16")))
    assert photo.result is None
    assert photo.returned is came


def test_a_misfit_says_that_it_was_sent(photo, sealed):
    noise = np.random.default_rng(1).integers(0, 255, (512, 512, 3), np.uint8)
    with pytest.raises(CannotAlign) as caught:
        photo_story.restored(photo, Returned("", sealed, EditResult(noise, "by hand")), Finish())
    assert caught.value.sent == "yes"
    assert photo_story.shown(photo, "returned")
    with pytest.raises(NotServed):
        photo_story.shown(photo, "final")
    with pytest.raises(NotServed):
        photo_story.downloaded(photo, "png", None, metadata=False)


def test_a_hand_over_gives_what_was_shown(photo, sealed):
    assert photo_story.handed_over(photo, sealed.digest) == sealed.prepared.payload.data
    with pytest.raises(NotServed):
        photo_story.handed_over(photo, "0" * 64)


def test_the_bars_of_a_frame_are_not_shown(portrait_file, astronaut, service):
    wide = np.concatenate([astronaut.pixels] * 3, 1)[:200]
    photo = photo_story.opened(Attached(file_of(np.ascontiguousarray(wide)), ""), wiring.parts())
    sealed = photo_story.sealed(photo, Concealment(), "openai", "gpt-image-1.5")
    height, width = sealed.prepared.payload.height, sealed.prepared.payload.width
    assert width / height < wide.shape[1] / wide.shape[0] - 0.5
    shown = pixels(photo_story.shown(photo, "sent"))
    assert shown.shape[1] / shown.shape[0] == pytest.approx(wide.shape[1] / wide.shape[0], rel=0.02)


def test_what_is_looked_at_is_small(astronaut):
    assert pixels(photo_story.looked_at(astronaut.pixels, 100)).shape == (100, 100, 3)
    assert likeness(pixels(photo_story.looked_at(astronaut.pixels, 512)), astronaut.pixels) > 0.99

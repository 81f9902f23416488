import anyio
import numpy as np
import pytest

from privateedit.codec.decode import Opened
from privateedit.codec.metadata import Metadata
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Box, Face
from privateedit.core.finish import Finish
from privateedit.core.mask import Mask
from privateedit.core.names import Names
from privateedit.core.photo import Photo
from privateedit.errors import NotServed, Refused
from privateedit.server.page.open_photo import VIEW, Job, KnownFaces, OpenPhoto, ReducedLedger, Returned
from privateedit.server.presence import Presence


class Kept:
    """A sealed picture, as far as it matters here."""

    def __init__(self, local):
        self.local = local


FACE = Face(0, Box(400.0, 300.0, 800.0, 900.0), 0.9)


@pytest.fixture
def large(parts):
    pixels = np.full((1500, 3000, 3), 120, np.uint8)
    return OpenPhoto(Opened(Photo(pixels), Metadata()), (FACE,), Names.of(), parts)


def job(sealed=None):
    return Job(sealed or Kept(True), Instruction("warmer"), Finish())


def test_a_view_is_small_and_its_faces_with_it(large):
    view = large.view()
    assert (view.photo.width, view.photo.height) == (VIEW, 512)
    (face,) = view.parts.detector.detect(view.photo.pixels)
    assert face.box.x0 == pytest.approx(400 * view.ratio, abs=0.5)
    assert large.view() is view
    assert large.view(100).photo.width == 100
    assert large.view(100) is large.view(100)


def test_in_a_view_nothing_can_be_sent(large):
    with pytest.raises(Refused):
        large.view().parts.ledger.reveal(large.photo, np.ones((1, 1), bool))
    assert ReducedLedger(None).protected(large.photo) is None
    assert ReducedLedger(None).name(large.photo) == "0" * 64


def test_what_earlier_uploads_hid_is_hidden_in_the_view_too(large, monkeypatch):
    hidden = np.zeros((1500, 3000), bool)
    hidden[700, 1500] = True
    monkeypatch.setattr(type(large.parts.ledger), "protected", lambda *_: Mask(hidden))
    large.forget_views()
    earlier = large.view().parts.ledger.protected(large.photo)
    assert earlier.hidden.any()  # a single pixel is not lost on the way
    assert earlier.hidden.shape == (512, VIEW)


def test_late_finds_are_taken_over(large):
    before = large.view()
    large.found((FACE,))
    assert large.view() is before
    large.found((FACE, Face(1, Box(1.0, 1.0, 90.0, 90.0), 0.5)))
    assert len(large.view().parts.detector.detect(before.photo.pixels)) == 2
    assert len(large.masking.detector.detect(large.photo.pixels)) == 2


def test_what_is_masked_for_a_send_is_searched_all_the_same(large):
    assert large.masking.searcher is large.parts.searcher
    assert large.masking.ledger is large.parts.ledger
    assert isinstance(large.view().parts.searcher, KnownFaces)


def test_an_edit_under_way_must_not_be_disturbed(large):
    async def story():
        large.job = job()
        async with large.lock:
            large.require_idle()  # an edit that was ordered, and a seal, are none under way
        large.job.listened = True
        assert large.left == "unknown"
        with pytest.raises(NotServed) as caught:
            large.require_idle()
        assert caught.value.status == 409
        large.job = None
        large.require_idle()
        assert large.left == "no"

    anyio.run(story)


def test_closing_stops_the_edit_and_drops_what_is_held(large):
    async def story():
        large.job = job()
        large.job.presence = Presence(None)
        large.sealed = Kept(True)
        large.close()
        assert large.job.cancelled
        assert large.job.presence.left.is_set()
        assert (large.sealed, large.returned, large.result) == (None, None, None)

    anyio.run(story)


def test_what_left_is_known_of_every_way():
    picture = EditResult(np.zeros((20, 20, 3), np.uint8), "x")
    assert Returned("job", Kept(local=True), picture).left == "no"
    assert Returned("job", Kept(local=False), picture).left == "yes"
    assert Returned("", Kept(local=True), picture).left == "yes"  # another app had it

from dataclasses import replace

import numpy as np
import pytest
from tests.server.conftest import EYES, file_of, likeness

from privateedit import pipeline, wiring
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.framing import Framing
from privateedit.errors import InputError
from privateedit.server.asked import Attached
from privateedit.server.page import photo_story, sketches


@pytest.fixture
def photo(portrait_file):
    return photo_story.opened(Attached(portrait_file, ""), wiring.parts())


def instruments(recognizer):
    found = wiring.instruments()
    return found if recognizer else replace(found, parts=replace(found.parts, likeness=None))


def test_a_sketch_is_the_masked_picture(photo):
    sketch = sketches.sketched(photo.view(), Concealment())
    assert np.array_equal(sketch, pipeline.hide(photo.photo, Concealment(), wiring.parts()).masked.pixels)


def test_a_sketch_of_nothing_hidden_is_refused(photo):
    for backdrop in (None, (190, 190, 190)):
        with pytest.raises(InputError):
            sketches.sketched(photo.view(), Concealment(only=(), backdrop=backdrop))


def test_the_background_is_told_once_for_the_same_faces(photo, monkeypatch):
    counted = []
    view = photo.view()
    segment = type(view.parts.segmenter).segment
    monkeypatch.setattr(
        type(view.parts.segmenter), "segment", lambda self, *given: counted.append(1) or segment(self, *given)
    )
    for grow in (0.0, 0.2, 0.4):
        sketch = sketches.sketched(view, Concealment(backdrop=(190, 190, 190), grow=grow))
        assert (sketch[:40, :40] == 190).mean() > 0.9
        assert likeness(sketch[EYES], photo.photo.pixels[EYES]) < 0.2
        if grow == 0:
            first = len(counted)
    assert first > 0
    assert len(counted) == first


def test_no_pixel_under_the_mask_shows_in_a_sketch(photo):
    for backdrop in (None, (190, 190, 190)):
        concealment = Concealment(grow=0.1, backdrop=backdrop)
        plain = pipeline.hide(photo.photo, replace(concealment, backdrop=None), photo.view().parts).masked
        sketch = sketches.sketched(photo.view(), concealment)
        assert (sketch[plain.mask.hidden] == 0).all()


@pytest.mark.parametrize("recognizer", [True, False])
def test_leaks_of_a_cover_and_of_none(photo, recognizer):
    covered = sketches.leaks_of(
        pipeline.mask(photo.photo, Concealment(), photo.view().parts), instruments(recognizer)
    )
    assert covered.recognizer is recognizer
    assert not covered.tells
    assert covered.faces[0].hidden
    assert (covered.faces[0].threshold is None) is not recognizer
    assert covered.faces[0].attempts[0].name == "search"


@pytest.mark.parametrize("recognizer", [True, False])
def test_a_face_that_is_shown_is_told(couple, recognizer):
    photo = photo_story.opened(Attached(file_of(couple.pixels), ""), wiring.parts())
    payload = pipeline.mask(photo.photo, Concealment(only=(1,)), photo.view().parts)
    shown, hidden = sketches.leaks_of(payload, instruments(recognizer)).faces
    assert (shown.told, hidden.told) == (True, False)


@pytest.mark.parametrize("recognizer", [True, False])
def test_a_frame_with_bars_is_looked_at_in_its_place(photo, recognizer):
    """Measured against the wrong part of the picture, an eye bar would seem to hide."""
    framed = Concealment()
    payload = pipeline.mask(
        photo.photo, replace(framed, framing=Framing(canvas=(900, 512))), photo.view().parts
    )
    assert not sketches.leaks_of(payload, instruments(recognizer)).tells
    if recognizer:
        bar = replace(framed, coverage=Coverage.EYES, framing=Framing(canvas=(900, 512)))
        assert sketches.leaks_of(pipeline.mask(photo.photo, bar, photo.view().parts), instruments(True)).tells


def test_a_planted_leak_moves_the_meter(photo, monkeypatch):
    """A see-through picture, as an error in concealing would make it."""
    prepared = pipeline.mask(photo.photo, Concealment(), photo.view().parts)
    seen = (0.94 * prepared.concealed.masked.pixels + 0.06 * photo.photo.pixels).astype(np.uint8)
    leaky = replace(instruments(True), decode=lambda _: seen)
    assert sketches.leaks_of(prepared, leaky).tells


def test_the_meter_looks_at_a_small_view(photo):
    told = sketches.leaks_of_sketch(
        photo, lambda view: Concealment(coverage=Coverage.HEAD), instruments(True)
    )
    assert len(told.faces) == 1
    assert not told.tells

"""What `test_edits` cannot see from outside; the story itself is told there."""

import numpy as np
import pytest
from tests.server.conftest import file_of

from privateedit import wiring
from privateedit.errors import NotServed, Refused, Sent, UnreadablePhoto
from privateedit.providers.studio import StudioEditor
from privateedit.server.asked import Attached, asked_of
from privateedit.server.story import finished, prepared, sent
from privateedit.server.upstream import Chosen
from privateedit.server.wishes import Policy, wish_of
from privateedit.settings import read_settings


@pytest.fixture
def chosen():
    from privateedit.core.edit import Instruction

    return Chosen(wiring.editor("studio"), "", Instruction("backdrop-navy"), ("user",))


def ask(data, stem="", **fields):
    said = {"prompt": "backdrop-navy", **fields}
    return asked_of([("image", Attached(data, stem)), *said.items()])


def wish(*headers):
    return wish_of(headers, Policy({}, {}), read_settings())


def test_three_stretches_make_an_edit(portrait_file, chosen, parts):
    asked = ask(portrait_file)
    ready = prepared(asked, wish(), chosen, parts)
    assert ready.dropped == ("user",)
    assert ready.all == (ready.main,)
    returned = sent(ready, asked, chosen, parts)
    done = finished(ready, returned, asked, wish(), chosen, parts)
    assert len(done.files) == len(done.restored) == 1
    assert done.withheld == 0
    assert isinstance(chosen.editor, StudioEditor)


def test_a_size_means_nothing_to_who_has_no_frames(portrait_file, chosen, parts):
    ready = prepared(ask(portrait_file, size="1024x1024"), wish(), chosen, parts)
    assert ready.dropped == ("user", "size")


def test_names_in_metadata_count(astronaut, chosen, parts):
    from PIL import Image

    exif = Image.Exif()
    exif[0x013B] = "Mathilda Brandauer"
    data = file_of(astronaut.pixels, "JPEG", exif=exif)
    asked = ask(data, prompt="backdrop-navy for Mathilda")
    from privateedit.core.edit import Instruction

    named = Chosen(chosen.editor, "", Instruction(asked.prompt))
    assert prepared(asked, wish(), named, parts).findings == 1
    with pytest.raises(Refused):
        prepared(asked, wish(("x-privateedit-trust", "none")), named, parts)


def test_what_is_no_picture_is_told_before_anything_is_sent(chosen, parts):
    for data, kind in ((b"", NotServed), (b"nonsense", UnreadablePhoto)):
        with pytest.raises(kind) as caught:
            prepared(ask(data), wish(), chosen, parts)
        assert caught.value.sent is Sent.NO


def test_a_picture_beside_that_is_none_stops_all_of_it(portrait_file, chosen, parts):
    asked = asked_of(
        [
            ("prompt", "x"),
            ("image", Attached(portrait_file)),
            ("image", Attached(file_of(np.zeros((9, 9, 3), np.uint8)))),
        ]
    )
    from privateedit.errors import PrivateEditError

    with pytest.raises(PrivateEditError) as caught:
        prepared(asked, wish(), chosen, parts)
    assert caught.value.sent is Sent.NO

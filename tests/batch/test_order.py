from dataclasses import replace
from pathlib import Path

import pytest
from tests.doubles.batches import an_order

from privateedit.batch.order import Kind, Order, place_of
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.edit import Instruction
from privateedit.core.finish import Finish, Size
from privateedit.core.framing import Framing
from privateedit.errors import InputError


def test_masks_are_png_unless_said_and_edits_keep_their_ending():
    assert an_order().ending_of("a.JPG") == ".png"
    assert an_order(ending=".webp").ending_of("a.JPG") == ".webp"
    edits = an_order(Kind.EDIT)
    assert edits.ending_of("a.JPG") == ".JPG"
    assert edits.ending_of("a.gif") == edits.ending_of("a") == ".png"
    assert an_order(Kind.EDIT, ending=".tif").ending_of("a.jpg") == ".tif"


@pytest.mark.parametrize(("kind", "wrong"), [(Kind.MASK, ".tif"), (Kind.MASK, ".gif"), (Kind.EDIT, ".gif")])
def test_an_ending_that_cannot_be_written_is_refused(kind, wrong):
    with pytest.raises(InputError, match="png"):
        an_order(kind, ending=wrong)


def test_masks_leave_in_the_format_of_their_ending():
    assert [Order.format_of(each) for each in ("", ".jpg", ".webp")] == ["png", "jpeg", "webp"]
    with pytest.raises(InputError):
        Order.format_of(".tif")


ORDER = Order(Kind.EDIT, Concealment(), instruction=Instruction(prompt="warm"), provider="openai")
OTHERS = [
    replace(ORDER, kind=Kind.RESTORE),
    replace(ORDER, concealment=Concealment(coverage=Coverage.HEAD)),
    replace(ORDER, concealment=Concealment(backdrop=(1, 2, 3))),
    replace(ORDER, concealment=Concealment(framing=Framing("png", None, (512, 512)))),
    replace(ORDER, concealment=Concealment(framing=Framing("png", 512))),
    replace(ORDER, finish=Finish(size=Size("original"))),
    replace(ORDER, finish=Finish(harmonize=0.5)),
    replace(ORDER, ending=".png"),
    replace(ORDER, keep_metadata=True),
    replace(ORDER, recalling=True),
    replace(ORDER, edited=Path("x")),
    replace(ORDER, instruction=Instruction(prompt="warmer")),
    replace(ORDER, instruction=Instruction(preset="warm")),
    replace(ORDER, provider="xai"),
    replace(ORDER, model="m"),
    replace(ORDER, options={"quality": "low"}),
    replace(ORDER, store="s3://bucket"),
]


def test_every_option_that_changes_outputs_changes_the_digest():
    salt = bytes(16)
    digests = {each.digest(salt) for each in (ORDER, *OTHERS)}
    assert len(digests) == 1 + len(OTHERS)
    assert ORDER.digest(salt) == replace(ORDER).digest(salt)
    assert ORDER.digest(b"x" * 16) != ORDER.digest(salt)


def test_an_order_does_not_show_its_words_or_options():
    order = replace(ORDER, options={"key": "hush"})
    assert "hush" not in repr(order)
    assert "warm" not in repr(order)


def test_a_place_is_told_to_nobody():
    digest = place_of(bytes(16), "/home/ann/a.jpg")
    assert len(digest) == 16
    assert digest != place_of(b"x" * 16, "/home/ann/a.jpg")
    assert digest != place_of(bytes(16), "/home/ann/b.jpg")

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from tests.doubles.ports import Nobody, seeded
from tests.doubles.scenes import box_face, noise, oval, scenery

from privateedit.core.backdrop import backdrop_behind
from privateedit.core.conceal import Backdrop, Fill, MaskedPhoto, Paint, conceal
from privateedit.core.guide import Guide
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.errors import InputError, Refused

HIDDEN = oval(160, 200, 100, 50, 24, 30)
BODY = oval(160, 200, 100, 140, 50, 70)
MASK = Mask(HIDDEN)
PAINT = Paint.mixed(Fill(), MASK, seeded(0))
GUIDES = (Guide.of(box_face(80, 25, 120, 75)),)
GREY = (190, 190, 190)


@dataclass
class Bodies:
    """A segmenter that sees these areas as people, and keeps the pictures it was shown."""

    areas: np.ndarray
    seen: list = field(default_factory=list)

    def segment(self, pixels):
        self.seen.append(pixels)
        matte = cv2.resize(self.areas.astype(np.float32), pixels.shape[1::-1])
        return np.asarray(matte, np.float32)


def behind(pixels, areas=BODY):
    segmenter = Bodies(areas)
    masked = conceal(Photo(pixels), MASK, PAINT)
    return backdrop_behind(masked, GUIDES, segmenter, GREY), segmenter


def test_everything_but_person_and_mask_is_replaced():
    backdrop, _ = behind(scenery(160, 200))
    area = backdrop.area.hidden
    assert not (area & HIDDEN).any()
    assert (area != ~(BODY | HIDDEN)).mean() < 0.01
    assert backdrop.color == GREY


def test_scraps_are_nobody_and_a_second_person_stays():
    scrap, second = oval(160, 200, 15, 15, 8, 8), oval(160, 200, 180, 120, 15, 35)
    backdrop, _ = behind(scenery(160, 200), BODY | scrap | second)
    assert backdrop.area.hidden[15, 15]
    assert not backdrop.area.hidden[120, 180]


def test_wisps_of_hair_go_with_the_background():
    wisp = np.zeros_like(BODY)
    wisp[60:100, 20:22] = True
    wisp[99:101, 20:60] = True
    backdrop, _ = behind(scenery(160, 200), BODY | wisp)
    assert backdrop.area.hidden[70, 20]


def test_hidden_pixels_have_no_say():
    """The segmenter sees a mannequin in the hole, whatever the photo showed there."""
    first = scenery(160, 200)
    second = first.copy()
    second[HIDDEN] = noise(160, 200)[HIDDEN]
    (one, seen), (two, again) = behind(first), behind(second)
    assert len(seen.seen) == len(again.seen)
    assert all(np.array_equal(*pair) for pair in zip(seen.seen, again.seen, strict=True))
    assert np.array_equal(one.area.hidden, two.area.hidden)
    head, hole = seen.seen[0], seen.seen[-1]
    assert (head[HIDDEN] != 0).all()
    assert head[HIDDEN].std() > 10
    assert (hole[HIDDEN] == 0).all()


def test_nobody_to_keep_is_refused():
    masked = conceal(Photo(scenery(160, 200)), MASK, PAINT)
    with pytest.raises(Refused, match="background"):
        backdrop_behind(masked, GUIDES, Nobody(), GREY)


def test_a_close_up_of_a_head_has_no_body_to_keep():
    mask = Mask(oval(160, 200, 100, 80, 90, 78))
    masked = conceal(Photo(scenery(160, 200)), mask, Paint.mixed(Fill(), mask, seeded(0)))
    backdrop = backdrop_behind(masked, GUIDES, Nobody(), GREY)
    assert np.array_equal(backdrop.area.hidden, ~mask.hidden)


def test_a_backdrop_hides_what_it_covers_and_the_mask_lies_over_it():
    area = Mask(~BODY)
    pixels = scenery(160, 200)
    masked = conceal(Photo(pixels), MASK, PAINT, Backdrop(area, (1, 2, 3)))
    assert (masked.pixels[HIDDEN] == 0).all()
    assert (masked.pixels[~BODY & ~HIDDEN] == (1, 2, 3)).all()
    assert np.array_equal(masked.pixels[BODY & ~HIDDEN], pixels[BODY & ~HIDDEN])
    assert np.array_equal(masked.concealed.hidden, HIDDEN | ~BODY)


def test_every_pixel_of_the_backdrop_must_have_its_color():
    area = Mask(~BODY & ~HIDDEN)
    good = conceal(Photo(scenery(160, 200)), MASK, PAINT, Backdrop(area)).pixels
    for row, column in np.argwhere(area.hidden)[::997]:
        leaky = good.copy()
        leaky[row, column, 0] ^= 1
        with pytest.raises(Refused, match="hidden pixel"):
            MaskedPhoto(leaky, MASK, PAINT, Backdrop(area))


def test_a_backdrop_has_the_photos_size():
    with pytest.raises(InputError):
        conceal(Photo(scenery(160, 200)), MASK, PAINT, Backdrop(Mask(np.ones((3, 3), np.bool_))))

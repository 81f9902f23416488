from dataclasses import dataclass, field

import numpy as np
from tests.doubles.scenes import noise

from privateedit.core.silhouette import silhouette

HEAD, HOLE = noise(40, 60, 1), noise(40, 60, 2)


@dataclass
class Opinions:
    """A segmenter that says these values one after the other, and keeps what it was shown."""

    values: list
    seen: list = field(default_factory=list)

    def segment(self, pixels):
        self.seen.append(pixels)
        return np.full(pixels.shape[:2], self.values[len(self.seen) - 1], np.float32)


def test_the_median_of_several_views_is_believed():
    matte = silhouette(HEAD, HOLE, Opinions([0.2, 0.4, 0.6, 1.0]))
    assert matte.shape == (40, 60)
    assert matte.dtype == np.float32
    assert np.allclose(matte, 0.5)


def test_the_head_is_shown_from_ever_farther_and_the_hole_once():
    segmenter = Opinions([0.0] * 4)
    silhouette(HEAD, HOLE, segmenter)
    sizes = [picture.shape[0] for picture in segmenter.seen]
    assert sizes[0] < sizes[1] < sizes[2]
    assert np.array_equal(segmenter.seen[0], HEAD)
    assert np.array_equal(segmenter.seen[3], HOLE)
    top, side = round(0.3 * 40), round(0.3 * 60 * 2 / 3)
    assert np.array_equal(segmenter.seen[1][top:, side : side + 60], HEAD)


def test_nonsense_counts_as_background():
    assert (silhouette(HEAD, HOLE, Opinions([np.nan, np.nan, -3.0, np.nan])) == 0).all()
    assert (silhouette(HEAD, HOLE, Opinions([9.0] * 4)) == 1).all()

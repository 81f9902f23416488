import numpy as np

from privateedit.core.similarity import scaling
from privateedit.core.visible_person import on_grid, person_in

GRID = (slice(0, 128), slice(0, 128))


class Halves:
    """Sees somebody on the left, and half of somebody on the right."""

    def segment(self, pixels):
        self.size = pixels.shape[:2]
        matte = np.full(self.size, 0.4, np.float32)
        matte[:, : self.size[1] // 2] = 0.9
        return matte


def test_a_person_is_told_in_a_reduced_picture():
    segmenter = Halves()
    person = person_in(np.zeros((600, 1200, 3), np.uint8), segmenter)
    assert segmenter.size == person.shape == (256, 512)
    assert person.dtype == np.bool_
    assert person[:, :256].all()
    assert not person[:, 256:].any()


def test_a_grid_shows_the_person_and_its_outline():
    person = np.zeros((64, 64), np.bool_)
    person[16:48, 16:48] = True
    shown = on_grid(person, (640, 640), scaling(0.2, 0.2), GRID)
    rows, columns = np.nonzero(shown)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 97, 30, 97)

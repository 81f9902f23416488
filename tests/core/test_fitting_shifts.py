import numpy as np
import pytest
from tests.doubles.scenes import noise, oval

from privateedit.core.fitting_shifts import fitting_shifts, moved

GAP = oval(120, 160, 80, 60, 20, 20)


def test_a_pattern_is_shifted_by_whole_periods():
    rows, columns = np.mgrid[:120, :160]
    wave = 100 + 50 * np.sin(2 * np.pi * rows / 30) + 50 * np.sin(2 * np.pi * columns / 40)
    picture = np.repeat(wave[..., None], 3, axis=2).astype(np.float32)
    shifts = fitting_shifts(picture, ~GAP, GAP)
    assert shifts
    for down, across in shifts[::3]:
        assert min(down % 30, -down % 30) <= 1
        assert min(across % 40, -across % 40) <= 1


def test_every_shift_leads_to_known_pixels_somewhere():
    for shift in fitting_shifts(noise(120, 160).astype(np.float32), ~GAP, GAP):
        assert (moved((~GAP).astype(np.float32), shift)[GAP] > 0).any()


def test_nothing_known_gives_no_shift():
    nothing = np.zeros_like(GAP)
    assert fitting_shifts(noise(120, 160).astype(np.float32), nothing, GAP) == []


@pytest.mark.parametrize("shift", [(0, 0), (3, -5), (-7, 2), (200, 0), (0, -200)])
def test_moved_reads_at_the_shifted_place(shift):
    plane = np.random.default_rng(0).random((20, 30), np.float32)
    result = moved(plane, shift)
    for row in range(20):
        for column in range(30):
            r, c = row + shift[0], column + shift[1]
            inside = 0 <= r < 20 and 0 <= c < 30
            assert result[row, column] == (plane[r, c] if inside else 0)

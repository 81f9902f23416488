import io

import numpy as np
import pytest
from PIL import Image
from tests.doubles.scenes import scenery, similarity

from privateedit.audit.contact_sheet import TILE, sheet, strip
from privateedit.core.face import Box


def opened(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def flat(color, height=200, width=300):
    return np.full((height, width, 3), color, np.uint8)


def test_pictures_lie_side_by_side():
    row = opened(strip([flat(40), flat((200, 0, 0)), None, flat(90)], Box(100, 50, 200, 150), similarity()))
    assert row.shape[0] == TILE
    middles = [row[TILE // 2, (TILE + 4) * index + TILE // 2] for index in range(4)]
    assert [tuple(each) for each in middles] == [
        pytest.approx(expected, abs=4) for expected in ((40,) * 3, (200, 0, 0), (225,) * 3, (90,) * 3)
    ]


def test_a_tile_is_cut_around_the_face_where_it_was_moved():
    picture = flat(0)
    picture[80:120, 180:220] = 255
    row = opened(strip([picture], Box(60, 40, 100, 80), similarity(1, 0, 120, 40)))
    bright = np.argwhere(row.mean(2) > 128)
    assert bright.mean(0) == pytest.approx(np.array([TILE / 2, TILE / 2]), abs=3)
    assert 0.4 * TILE < np.ptp(bright[:, 0]) < 0.6 * TILE


@pytest.mark.parametrize("size", [(60, 80), (900, 1200)])
def test_without_a_face_the_whole_picture_is_shown(size):
    picture = scenery(*size)
    row = opened(strip([picture], None, similarity()))
    shown = np.argwhere((np.abs(row - 225) > 20).any(2))
    assert np.ptp(shown[:, 1]) == pytest.approx(TILE, abs=4)
    assert np.ptp(shown[:, 0]) == pytest.approx(0.75 * TILE, abs=4)


def test_a_sheet_has_a_captioned_row_a_case():
    data = strip([flat(40)] * 4, None, similarity())
    page = opened(sheet([("one", data), ("two", data)]))
    assert page.shape[0] > 2 * TILE
    assert (page[:20, :60] < 100).any()
    assert opened(sheet([])).size

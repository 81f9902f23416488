import cv2
import numpy as np
from tests.doubles.batches import Stage, marked

from privateedit.batch.contact_pages import ON_A_PAGE, TILE, glimpse_of, write_pages
from privateedit.codec import decode


def page(stage, number=1):
    return cv2.imread(str(stage.workplace.sheets / f"{number:04}.jpg"))[..., ::-1].astype(int)


def test_a_glimpse_is_small_and_of_the_same_shape():
    small = decode(glimpse_of(marked(width=400, height=100))).photo
    assert (small.width, small.height) == (TILE, TILE // 4)
    tiny = decode(glimpse_of(marked(width=30, height=20))).photo
    assert (tiny.width, tiny.height) == (30, 20)


def test_the_page_shows_what_left_and_not_the_face(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.broken.jpg", "c.jpg")
    stage.work()
    write_pages(stage.roll, stage.workplace)
    drawn = page(stage)
    left = decode((stage.out / "a.png").read_bytes()).photo.pixels
    tile = drawn[: left.shape[0], : left.shape[1]]
    assert np.abs(tile - left).mean() < 12
    assert tile[35:55, 45:65].mean() < 30
    blank = drawn[:TILE, TILE + 6 : 2 * TILE]
    assert blank.min() > 240
    assert not list((stage.workplace.home / "left").iterdir())


def test_what_was_not_sent_is_not_shown(tmp_path):
    stage = Stage(tmp_path, "a.broken.jpg")
    stage.work()
    stage.workplace.glimpse(1).write_bytes(glimpse_of(marked()))
    write_pages(stage.roll, stage.workplace)
    assert not stage.workplace.sheets.exists()


def shown(stage, count):
    """Note so many photos as done, each with a small picture."""
    for _ in range(count):
        number = stage.claim().number
        stage.workplace.write_glimpse(number, glimpse_of(marked(number)))
        stage.roll.done(number, {})


def test_a_later_run_adds_to_the_page_and_pages_hold_so_many(tmp_path):
    stage = Stage(tmp_path, *(f"{number:03}.jpg" for number in range(ON_A_PAGE + 2)))
    shown(stage, 3)
    write_pages(stage.roll, stage.workplace)
    before = page(stage)
    assert before.shape[0] < 2 * TILE
    shown(stage, ON_A_PAGE - 1)
    write_pages(stage.roll, stage.workplace)
    after = page(stage)
    assert np.abs(after[: before.shape[0], : 3 * TILE] - before[:, : 3 * TILE]).mean() < 8
    assert after.shape[0] > before.shape[0]
    assert page(stage, 2).shape[0] == before.shape[0]
    assert sorted(path.name for path in stage.workplace.sheets.iterdir()) == ["0001.jpg", "0002.jpg"]


def test_a_page_or_a_glimpse_that_a_crash_cut_off_is_drawn_anew(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.jpg")
    stage.work()
    stage.workplace.sheets.mkdir()
    (stage.workplace.sheets / "0001.jpg").write_bytes(b"half a page")
    stage.workplace.glimpse(1).write_bytes(b"")
    write_pages(stage.roll, stage.workplace)
    assert page(stage)[:96, TILE + 6 : TILE + 126].mean() < 200

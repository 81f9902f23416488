import numpy as np
from tests.core.test_fill_hole import HOLE, NEW, OLD, patch, scene

from privateedit.core.grade import Grade
from privateedit.core.look import Look
from privateedit.core.taken_out import closed_over, taken_out

PLAIN = Look((slice(0, 200), slice(0, 200)))


def emptied(backdrop=NEW):
    """The editor took the person out; only the hole was left."""
    original, body = scene(OLD)
    edited = np.broadcast_to(np.asarray(backdrop, np.uint8), original.shape).copy()
    edited[HOLE] = 0
    return patch(original, edited, body)


def test_a_hole_in_the_middle_of_a_new_backdrop_has_nobody_around_it():
    assert taken_out(emptied(), PLAIN)
    done = closed_over(emptied())
    assert np.abs(done.astype(int) - NEW).max() <= 3


def test_the_old_backdrop_or_a_neck_is_enough_to_come_back_to():
    assert not taken_out(emptied(OLD), PLAIN)
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    edited[HOLE] = 0
    neck = edited.copy()
    neck[155:200, 85:115] = (190, 140, 115)
    assert not taken_out(patch(original, neck, body), PLAIN)


def test_a_textured_backdrop_proves_nothing():
    random = np.random.default_rng(0)
    assert not taken_out(emptied(random.integers(0, 255, (200, 200, 3))), PLAIN)


def test_nothing_changes_beyond_the_rim():
    before = emptied()
    done = closed_over(before)
    changed = (done != before.edited.astype(np.uint8)).any(2)
    rows, columns = np.nonzero(changed & ~HOLE)
    assert np.array_equal(changed & HOLE, HOLE)
    assert not rows.size or np.hypot(rows - 100, columns - 100).max() < 70


def test_a_wall_that_became_darker_is_the_same_wall():
    darker = Grade(np.column_stack([0.5 * np.eye(3), np.zeros(3)]))
    assert taken_out(emptied(OLD // 2), PLAIN)
    assert not taken_out(emptied(OLD // 2), Look(PLAIN.window, darker))

import threading

import cv2
import pytest

from privateedit.core.side_by_side import both


@pytest.fixture(params=[1, 2])
def threads(request):
    before = cv2.getNumThreads()
    cv2.setNumThreads(request.param)
    yield request.param
    cv2.setNumThreads(before)


def test_both_are_returned_in_their_order(threads):
    assert both(lambda: "first", lambda: 2) == ("first", 2)


def test_they_run_at_the_same_time_only_where_threads_are_allowed(threads):
    one, two = both(threading.get_ident, threading.get_ident)
    assert (one == two) == (threads == 1)
    assert one == threading.get_ident()


def _failing(error):
    def fail():
        raise error

    return fail


def test_the_first_error_is_raised(threads):
    with pytest.raises(ValueError, match="one"):
        both(_failing(ValueError("one")), _failing(KeyError("two")))
    with pytest.raises(KeyError):
        both(lambda: 1, _failing(KeyError("two")))

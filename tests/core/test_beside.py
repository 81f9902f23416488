import threading
import time

import cv2
import pytest

from privateedit.core.beside import beside, side_by_side


@pytest.fixture
def threads():
    """Set how many threads OpenCV may use, and put it back."""
    before = cv2.getNumThreads()
    yield cv2.setNumThreads
    cv2.setNumThreads(before)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_the_result_comes_when_it_is_asked_for(threads, count):
    threads(count)
    with beside(lambda: 7) as result:
        assert result() == 7


def test_work_goes_on_meanwhile(threads):
    threads(2)
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        return go_on.wait(10)

    with beside(work) as result:
        assert begun.wait(10)
        go_on.set()
        assert result() is True


def test_one_thread_does_its_work_itself_and_only_when_it_is_asked(threads):
    threads(1)
    done = []
    with beside(lambda: done.append(threading.current_thread())) as result:
        assert done == []
        result()
    assert done == [threading.current_thread()]


@pytest.mark.parametrize("count", [1, 2])
def test_what_the_work_raises_is_raised_where_its_result_is_asked_for(threads, count):
    threads(count)

    def work():
        raise KeyError("work")

    with pytest.raises(KeyError, match="work"), beside(work) as result:
        result()


@pytest.mark.parametrize("count", [1, 2])
def test_what_the_block_raises_comes_first_and_the_work_has_ended_by_then(threads, count):
    threads(count)
    ended = []

    def work():
        time.sleep(0.05)
        ended.append(1)
        raise KeyError("work")

    with pytest.raises(ValueError, match="block"), beside(work):
        raise ValueError("block")
    assert ended == ([1] if count > 1 else [])
    assert threading.active_count() == len(threading.enumerate())
    assert not any(each.name.startswith("ThreadPoolExecutor") for each in threading.enumerate())


def test_without_a_thread_to_be_had_the_work_is_done_all_the_same(threads, monkeypatch):
    threads(2)

    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with beside(lambda: 7) as result:
        assert result() == 7


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("items", [0, 1, 2, 7])
def test_results_come_in_the_order_of_their_items(threads, count, items):
    threads(count)

    def work(number):
        time.sleep(0.02 if number == 0 else 0)
        return number * number

    assert list(side_by_side(work, range(items))) == [number * number for number in range(items)]


def test_items_are_worked_on_at_once(threads):
    threads(2)
    meeting = threading.Barrier(2)
    assert sorted(side_by_side(lambda _: meeting.wait(10), range(2))) == [0, 1]


@pytest.mark.parametrize("count", [1, 2])
def test_what_an_item_raises_comes_in_its_place(threads, count):
    threads(count)

    def work(number):
        return 1 / (2 - number)

    results = side_by_side(work, range(4))
    assert [next(results), next(results)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert not any(each.name.startswith("ThreadPoolExecutor") for each in threading.enumerate())


@pytest.mark.parametrize("given", [0, 1, 2, 3])
def test_without_threads_to_be_had_each_item_is_worked_on_all_the_same_and_once(threads, monkeypatch, given):
    threads(4)
    real, started, worked = threading.Thread.start, [], []

    def start(thread):
        if len(started) >= given:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    def work(number):
        time.sleep(0.01)
        worked.append(number)
        return number

    monkeypatch.setattr(threading.Thread, "start", start)
    assert list(side_by_side(work, range(9))) == list(range(9))
    assert sorted(worked) == list(range(9))


@pytest.mark.parametrize("end", ["error", "closed"])
def test_nothing_is_begun_once_it_is_over(threads, end):
    threads(2)
    worked = []

    def work(number):
        worked.append(number)
        time.sleep(0.02)
        if end == "error" and number == 0:
            raise MemoryError
        return number

    results = side_by_side(work, range(150))  # all would take a second and a half
    if end == "error":
        with pytest.raises(MemoryError):
            next(results)
    else:
        assert next(results) == 0
        results.close()
    seen = len(worked)
    assert seen < 150
    time.sleep(0.1)
    assert len(worked) == seen
    assert not any(each.name.startswith("ThreadPoolExecutor") for each in threading.enumerate())

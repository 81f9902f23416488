import pytest
from tests.doubles.audit import simple_instruments, write_people

from privateedit.audit.grid import CONTEXT, preset
from privateedit.audit.people import people_in
from privateedit.audit.workers import portray_all
from privateedit.core.trust import Trust

CASES = (preset(Trust.LOW), CONTEXT)


def broken_instruments():
    raise RuntimeError("no model")


@pytest.fixture
def people(tmp_path):
    return people_in(write_people(tmp_path, 3))


@pytest.mark.slow
def test_processes_measure_what_one_process_does(people):
    alone = {each.name: each for each in portray_all(people, CASES, frozenset(), simple_instruments, 1)}
    # A view of a dictionary's keys cannot travel to another process as it is.
    shared = list(portray_all(people, CASES, {}.keys(), simple_instruments, 2))
    assert {each.name for each in shared} == set(alone)
    for each in shared:
        assert each.photos == alone[each.name].photos
        for mine, theirs in zip(each.seen, alone[each.name].seen, strict=True):
            assert (mine.photo, mine.case, mine.hidden) == (theirs.photo, theirs.case, theirs.hidden)
            for name, values in mine.descriptors.items():
                assert values.tolist() == theirs.descriptors[name].tolist()


@pytest.mark.slow
def test_a_worker_that_cannot_start_is_an_error_and_not_a_wait(people):
    with pytest.raises(Exception, match=r"process pool|no model"):
        list(portray_all(people, CASES, frozenset(), broken_instruments, 2))


def test_people_come_one_by_one(people):
    stream = portray_all(people, CASES, frozenset(), simple_instruments, 1)
    assert next(stream).name == "person00"
    assert next(stream).name == "person01"
    stream.close()

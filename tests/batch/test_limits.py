import errno

import pytest

from privateedit.batch.limits import Limits, is_hopeless, pause_after
from privateedit.errors import InputError, OutputError, QuotaExceeded, RateLimited


@pytest.mark.parametrize("wrong", [{"at_most": -1}, {"per_minute": 0}, {"failures": -1}])
def test_numbers_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError):
        Limits(**wrong)


def test_a_service_is_given_the_time_it_asks_for_else_more_each_time():
    assert pause_after(1, 7.0) == 7.0
    assert pause_after(4, 0.0) == 0.0
    assert pause_after(1, -3.0) == 0.0
    assert [pause_after(tries, None) for tries in (1, 2, 3)] == [5.0, 10.0, 20.0]
    assert pause_after(1, 10**9) == pause_after(99, None) == 3600.0


def test_what_every_further_photo_would_meet_is_hopeless():
    full, taken = OutputError("No room."), OutputError("There is one.")
    full.__cause__ = OSError(errno.ENOSPC, "full")
    taken.__cause__ = OSError(errno.EISDIR, "a folder")
    assert is_hopeless(full)
    assert is_hopeless(QuotaExceeded("No credit."))
    for error in (taken, OutputError("x"), RateLimited("x"), InputError("x"), OSError(errno.ENOSPC, "x")):
        assert not is_hopeless(error)

import pytest

from privateedit.batch.trouble import Trouble
from privateedit.errors import OutputError


def test_the_first_error_is_kept_and_raised_when_asked_for():
    trouble, reached = Trouble(), []
    trouble.raise_first()
    for error in (OutputError("First."), ValueError("second")):
        with trouble.keeping():
            raise error
        reached.append(error)
    trouble.note(OutputError("Third."))
    assert len(reached) == 2
    with pytest.raises(OutputError, match="First"):
        trouble.raise_first()


def test_an_interrupt_is_not_kept():
    trouble = Trouble()
    with pytest.raises(KeyboardInterrupt), trouble.keeping():
        raise KeyboardInterrupt
    assert trouble.first is None


def test_nothing_more_begins_once_somebody_asks_or_there_is_trouble():
    trouble = Trouble()
    assert not trouble.stops(lambda: False)
    assert trouble.stops(lambda: True)
    assert not trouble.stops(lambda: False)

    def broken():
        raise OutputError("The state cannot be read.")

    assert trouble.stops(broken)
    assert trouble.stops(lambda: False)  # from then on
    with pytest.raises(OutputError, match="cannot be read"):
        trouble.raise_first()

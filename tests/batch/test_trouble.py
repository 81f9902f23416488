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

import threading
import warnings

import pytest

from privateedit.codec.strictness import _RULE, STRICT_AND_QUIET


def warn_as(module):
    warnings.warn_explicit("odd file", UserWarning, "file.py", 1, module=module, registry={})


def test_silences_pillow_and_nobody_else():
    with STRICT_AND_QUIET:
        warn_as("PIL.TiffImagePlugin")
        with pytest.raises(UserWarning):
            warn_as("somebody")
    with pytest.raises(UserWarning):
        warn_as("PIL.TiffImagePlugin")


def test_stays_quiet_until_the_last_thread_leaves():
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with STRICT_AND_QUIET:
            inside.set()
            leave.wait(5)

    other = threading.Thread(target=stay)
    other.start()
    inside.wait(5)
    with STRICT_AND_QUIET:
        pass
    warn_as("PIL.Image")
    leave.set()
    other.join()
    assert _RULE not in warnings.filters


def test_survives_someone_elses_swap_of_the_filters():
    with warnings.catch_warnings():
        STRICT_AND_QUIET.__enter__()
    STRICT_AND_QUIET.__exit__(None, None, None)
    assert _RULE not in warnings.filters

import inspect
from unittest import mock

import pytest

from privateedit.batch.watcher import MayBeGone, Watcher

HEARD = {"waiting": (), "planned": (3, 2, 1), "ended": ("outcome",), "paused": (2.0,), "stopping": ()}


def test_all_that_can_be_heard_is_tried():
    assert {name for name, _ in inspect.getmembers(Watcher, inspect.isfunction) if name[0] != "_"} == set(
        HEARD
    )


@pytest.mark.parametrize("name", HEARD)
def test_what_is_heard_arrives_and_a_pipe_that_is_gone_is_no_error(name):
    watcher = mock.Mock(spec=Watcher)
    getattr(MayBeGone(watcher), name)(*HEARD[name])
    assert watcher.mock_calls == [getattr(mock.call, name)(*HEARD[name])]
    getattr(watcher, name).side_effect = BrokenPipeError
    getattr(MayBeGone(watcher), name)(*HEARD[name])


@pytest.mark.parametrize("name", HEARD)
def test_other_errors_are_raised(name):
    watcher = mock.Mock(spec=Watcher)
    getattr(watcher, name).side_effect = ValueError
    with pytest.raises(ValueError):
        getattr(MayBeGone(watcher), name)(*HEARD[name])

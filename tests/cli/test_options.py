"""The shared arguments mean the same in every command that has them."""

import inspect

import pytest

from privateedit.cli import app, options
from privateedit.errors import InputError

SHARED = {"photo": options.PhotoArgument, "json": options.Json, "debug": options.Debug}


@pytest.mark.parametrize("command", app.app.registered_commands, ids=lambda each: each.callback.__name__)
def test_shared_parameters_are_the_shared_ones(command):
    parameters = inspect.signature(command.callback, eval_str=True).parameters
    assert "debug" in parameters
    for name in SHARED.keys() & parameters.keys():
        assert parameters[name].annotation == SHARED[name]


def test_workers_are_one_for_each_core_unless_asked():
    assert options.worker_count(None) >= 1
    assert options.worker_count(3) == 3
    for wrong in (0, -1):
        with pytest.raises(InputError, match="worker"):
            options.worker_count(wrong)

import pytest

from privateedit import wiring
from privateedit.errors import InputError


def test_parts_are_made_once():
    assert wiring.parts() is wiring.parts()


def test_the_default_editor_runs_on_the_device():
    editor = wiring.editor()
    assert editor.name == wiring.DEFAULT_PROVIDER == "studio"
    assert editor.local is True


def test_an_unknown_provider_lists_those_there_are():
    with pytest.raises(InputError, match="studio"):
        wiring.editor("nobody")


def test_the_registry_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        wiring.PROVIDERS["leak"] = wiring.editor

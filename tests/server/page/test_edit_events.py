import pytest
from tests.server.page.conftest import events

from privateedit.errors import NotServed
from privateedit.server.page.edit_events import job_in
from privateedit.server.page.open_photo import Job


class Waiting:
    """A photo whose edit was ordered."""

    def __init__(self):
        self.job = Job(sealed=None, instruction=None, finish=None)


def refusal(photo, number):
    with pytest.raises(NotServed) as caught:
        job_in(photo, number)
    assert caught.value.sent == "unknown"
    return caught.value.status


def test_an_edit_is_listened_to_by_its_name_and_once():
    photo = Waiting()
    number = photo.job.id
    assert refusal(photo, "other") == 404
    assert job_in(photo, number) is photo.job
    assert refusal(photo, number) == 409
    photo.job = None
    assert refusal(photo, number) == 404


def test_something_unexpected_says_what_left_and_nothing_else(photo, service, monkeypatch, caplog):
    from privateedit.server.page import photo_story

    def broken(*_):
        raise RuntimeError("Brandauer 7431")

    sealed = photo.sealed("openai")
    monkeypatch.setattr(photo_story, "restored", broken)
    told = photo.edited(sealed["digest"])
    said = told[-1][1]["error"]
    assert (told[-1][0], said["sent"]) == ("failed", "yes")
    assert "7431" not in str(told) + caplog.text
    assert photo.page.held[0].job is None


def test_something_unexpected_before_a_send_sends_nothing(photo, service, monkeypatch):
    from privateedit import pipeline

    def broken(*_, **__):
        raise RuntimeError("Brandauer 7431")

    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    monkeypatch.setattr(pipeline, "names_in", broken)
    told = events(photo.post(f"edits/{job}/events").text)
    assert (told[-1][0], told[-1][1]["error"]["sent"]) == ("failed", "no")
    assert not service.asked


def test_a_busy_server_says_so_in_an_event(photo, service, monkeypatch):
    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    monkeypatch.setattr(photo.page.proxy.guardian.desk, "inside", 10_000)
    ((name, said),) = events(photo.post(f"edits/{job}/events").text)
    assert (name, said["error"]["code"], said["error"]["sent"]) == ("failed", "busy", "no")
    assert not service.asked

import re
import threading
import time

import cv2
import numpy as np
import pytest
from tests.server.conftest import EYES, file_of, likeness, require_face_back, require_nothing_hidden_left
from tests.server.page.conftest import error, events
from tests.standins.pictures import found_in, pixels
from tests.standins.raw_client import eventually
from tests.standins.server import Fault


def names(told):
    return [name for name, _ in told]


def test_what_was_shown_is_what_leaves_and_the_face_comes_back(
    photo, service, sends, astronaut, stranger_redraws
):
    service.redraw = stranger_redraws
    sealed = photo.sealed("openai")
    shown = photo.get("payload").content
    told = photo.edited(sealed["digest"])
    assert names(told) == ["progress", "progress", "progress", "done"]
    assert [said["stage"] for _, said in told[:-1]] == ["waiting", "sending", "restoring"]
    require_nothing_hidden_left(service, astronaut.pixels)
    (asked,) = service.asked
    assert any(data.startswith(shown) for data in found_in(asked.body))
    (send,) = sends()
    assert send.facts["payload"] == sealed["digest"]
    result = told[-1][1]
    assert result["sent"] == "yes"
    assert result["report"][0]["regime"] == "face"
    require_face_back(photo.get("download?format=png").content, astronaut.pixels)


def left_of(page, service, pixels):
    """Everything that an edit of a photo sends while a box in it is hidden: head and body of each request."""
    photo = page.opened(file_of(pixels), "photo.png")
    before = len(service.asked)
    sealed = photo.sealed("openai", boxes=[[100, 60, 260, 200]])
    photo.post("leaks", {"boxes": [[100, 60, 260, 200]]})
    photo.edited(sealed["digest"], prompt="a warmer evening")
    page.delete(photo.path)
    asked = service.asked[before:]
    border = {
        found.group() for each in asked for found in re.finditer(rb"privateedit-[0-9a-f]{24}", each.body)
    }
    assert len(border) == 1
    return [each.body.replace(*border, b"=") for each in asked]


def test_photos_that_differ_under_the_mask_leave_the_same_bytes(page, service, coffee):
    other = coffee.pixels.copy()
    noise = np.random.default_rng(11).integers(0, 255, (140, 160, 3), np.uint8)
    other[60:200, 100:260] = noise
    first, second = left_of(page, service, coffee.pixels), left_of(page, service, other)
    assert len(first) == 1
    assert first == second
    assert b"a warmer evening\r\n" in first[0]


def test_an_edit_on_this_device_sends_nothing(photo, service):
    sealed = photo.sealed("studio")
    told = photo.edited(sealed["digest"], prompt=None, preset="backdrop-navy")
    assert told[-1][1]["sent"] == "no"
    assert not service.asked


def test_whatever_was_changed_since_it_was_shown_is_not_sent(photo, service):
    old = photo.sealed("openai")
    new = photo.sealed("openai", coverage="head")
    assert old["digest"] != new["digest"]
    assert error(photo.ordered(old["digest"])) == (409, "preview_changed")
    assert error(photo.ordered("")) == (409, "preview_changed")
    assert not service.asked
    assert photo.edited(new["digest"])[-1][0] == "done"


def test_without_a_preview_nothing_is_sent(photo, service):
    assert error(photo.ordered("0" * 64)) == (409, "preview_changed")
    assert not service.asked


@pytest.mark.parametrize(
    "more",
    [{"prompt": None}, {"prompt": " "}, {"preset": "warm"}, {"size": "huge"}, {"harmonize": 3}],
)
def test_an_edit_that_makes_no_sense_is_refused(photo, service, more):
    sealed = photo.sealed("openai")
    assert photo.ordered(sealed["digest"], **more).status_code == 400
    assert not service.asked


def test_an_edit_nobody_listens_to_never_begins(photo, service):
    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    time.sleep(0.3)
    assert not service.asked
    assert photo.page.delete(f"{photo.path}/edits/{job}").status_code == 204
    ((name, said),) = events(photo.post(f"edits/{job}/events").text)
    assert (name, said["error"]["code"], said["error"]["sent"]) == ("failed", "cancelled", "no")
    assert not service.asked


def test_after_a_send_no_error_says_that_nothing_was_sent(photo, service, monkeypatch):
    photo.edited(photo.sealed("openai")["digest"])
    monkeypatch.setattr(photo.page.proxy.guardian.desk, "inside", 10_000)
    for answer in (photo.post("finish", {}), photo.get("download"), photo.get("pictures/final")):
        assert error(answer) == (503, "busy")
        assert answer.json()["error"]["sent"] == "yes"
        assert "Nothing was sent" not in answer.text


def test_words_that_may_name_somebody_are_sent_only_once_they_were_seen(page, portrait_file, service):
    photo = page.opened(portrait_file, "Brandauer 7431.png")
    sealed = photo.sealed("openai")
    answer = photo.ordered(sealed["digest"], prompt="make Brandauer smile")
    assert error(answer) == (409, "names_found")
    assert "Brandauer" not in answer.text
    assert not service.asked
    told = photo.edited(sealed["digest"], prompt="make Brandauer smile", names_seen=True)
    assert told[-1][0] == "done"


def test_an_order_waits_for_the_edit_before_it(photo, service):
    """A job that was replaced while it waited could not be stopped any more."""
    sealed = photo.sealed("openai")
    first = photo.ordered(sealed["digest"]).json()["job"]
    held = photo.page.held[0]
    held.job.listened = True
    assert error(photo.ordered(sealed["digest"])) == (409, "under_way")
    assert held.job.id == first
    held.job.listened = False
    assert photo.ordered(sealed["digest"]).status_code == 202


def test_an_edit_is_listened_to_once(photo, service):
    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    assert events(photo.post(f"edits/{job}/events").text)[-1][0] == "done"
    again = photo.post(f"edits/{job}/events")
    assert error(again)[0] == 404
    assert again.json()["error"]["sent"] == "unknown"  # whoever listened first knows
    assert photo.get(f"edits/{job}/events").status_code == 405  # no browser repeats it by itself
    assert len(service.asked) == 1


def test_a_name_is_not_told_to_a_service_that_is_not_trusted(page, portrait_file, service):
    photo = page.opened(portrait_file, "Brandauer 7431.png")
    sealed = photo.sealed("openai", trust="none")
    told = photo.edited(sealed["digest"], prompt="make Brandauer smile", names_seen=True)
    assert told[-1][0] == "failed"
    assert told[-1][1]["error"]["sent"] == "no"
    assert "Brandauer" not in str(told)
    assert not service.asked


def test_a_providers_error_says_what_was_sent(photo, service):
    service.status = 500
    sealed = photo.sealed("openai")
    told = photo.edited(sealed["digest"])
    assert told[-1][0] == "failed"
    assert told[-1][1]["error"]["sent"] == "yes"
    assert len(service.asked) == 1
    service.status = None
    assert photo.edited(sealed["digest"])[-1][0] == "done"  # and may be tried again by a person


def test_a_cancel_stops_the_send_and_tells(photo, service):
    service.fault = Fault.SILENT_AFTER
    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    heard = []
    listener = threading.Thread(target=lambda: heard.append(photo.post(f"edits/{job}/events").text))
    listener.start()
    assert eventually(lambda: service.carried)
    assert error(photo.post("seal", {"service": "openai"})) == (409, "under_way")
    assert error(photo.ordered(sealed["digest"])) == (409, "under_way")
    begun = time.monotonic()
    photo.page.delete(f"{photo.path}/edits/{job}")
    listener.join(10)
    assert time.monotonic() - begun < 8
    (*_, (name, said)) = events(heard[0])
    assert (name, said["error"]["code"]) == ("failed", "cancelled")
    assert said["error"]["sent"] in ("yes", "unknown")
    service.fault = None
    assert photo.edited(sealed["digest"])[-1][0] == "done"


def test_whoever_hangs_up_or_closes_the_photo_stops_the_send(photo, service, sends):
    service.fault = Fault.SILENT_AFTER
    sealed = photo.sealed("openai")
    job = photo.ordered(sealed["digest"]).json()["job"]
    with photo.page.client.stream("POST", f"{photo.path}/edits/{job}/events") as answer:
        for _ in answer.iter_bytes():
            if service.carried:
                break
            assert eventually(lambda: service.carried)
            break
    assert eventually(lambda: photo.page.proxy.guardian.desk.inside == 0)
    assert [each.outcome["sent"] for each in sends()] in (["yes"], ["unknown"])


def test_a_result_that_does_not_fit_is_an_error_and_what_came_back_can_be_seen(photo, service):
    service.redraw = lambda picture, hidden: np.random.default_rng(3).integers(
        0, 255, picture.shape, np.uint8
    )
    sealed = photo.sealed("openai")
    told = photo.edited(sealed["digest"])
    assert told[-1][0] == "failed"
    assert told[-1][1]["error"]["code"] == "cannot_align"
    assert told[-1][1]["error"]["sent"] == "yes"
    assert photo.get("pictures/returned").status_code == 200
    assert error(photo.get("pictures/final")) == (404, "not_found")
    assert error(photo.get("download")) == (404, "not_found")
    assert error(photo.get("result")) == (404, "not_found")


def test_pictures_of_a_result_lie_over_each_other(photo, service, astronaut):
    sealed = photo.sealed("openai")
    photo.edited(sealed["digest"])
    shown = {name: pixels(photo.get(f"pictures/{name}").content) for name in ("original", "sent", "final")}
    for name in ("sent", "final"):
        shown[name] = cv2.resize(shown[name], astronaut.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(shown[name][300:].astype(int) - shown["original"][300:]).mean() < 6
    assert likeness(shown["sent"][EYES], astronaut.pixels[EYES]) < 0.2
    assert likeness(shown["final"][EYES], astronaut.pixels[EYES]) > 0.9
    assert error(photo.get("pictures/other")) == (404, "not_found")


def test_a_result_is_finished_again_without_a_send(photo, service):
    sealed = photo.sealed("openai")
    assert error(photo.post("finish", {})) == (404, "not_found")
    photo.edited(sealed["digest"])
    told = photo.post("finish", {"harmonize": 0, "style_match": "off", "size": "300x300"}).json()
    assert (told["width"], told["height"]) == (300, 300)
    assert told == photo.get("result").json()
    assert len(service.asked) == 1
    assert photo.post("finish", {"size": "4x4"}).status_code == 400


def test_a_later_seal_changes_nothing_of_a_result(photo, service, astronaut):
    sealed = photo.sealed("openai")
    photo.edited(sealed["digest"])
    before = photo.get("pictures/sent").content
    photo.sealed("openai", coverage="head")
    assert photo.get("pictures/sent").content == before
    assert photo.post("finish", {}).status_code == 200
    require_face_back(photo.get("download").content, astronaut.pixels)


MAGIC = {"png": b"\x89PNG", "jpeg": b"\xff\xd8", "webp": b"RIFF"}


def test_it_is_taken_home_in_every_format(photo):
    photo.edited(photo.sealed("studio")["digest"], prompt=None, preset="warm")
    for name, magic in MAGIC.items():
        answer = photo.get(f"download?format={name}&quality=80")
        assert answer.content.startswith(magic)
        assert answer.headers["content-type"] == f"image/{name}"
        assert answer.headers["content-disposition"] == "attachment"
    for wrong in ("format=exe", "format=jpeg&quality=101", "format=png&quality=x", "metadata=maybe"):
        assert photo.get(f"download?{wrong}").status_code == 400


def test_metadata_goes_home_only_if_that_is_wanted(page, astronaut):
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "Maker 7431"
    photo = page.opened(file_of(astronaut.pixels, "JPEG", exif=exif.tobytes(), quality=95), "a.jpg")
    photo.edited(photo.sealed("studio")["digest"], prompt=None, preset="warm")
    assert b"Maker 7431" not in photo.get("download?format=jpeg").content
    assert b"Maker 7431" in photo.get("download?format=jpeg&metadata=keep").content


def test_another_app_can_edit_in_between(photo, astronaut, service):
    assert error(photo.post("returned", files={"picture": ("a.png", b"x")})) == (409, "nothing_sealed")
    sealed = photo.sealed("studio")
    data = photo.post("hand-over", {"digest": sealed["digest"]}).content
    warmer = np.clip(pixels(data) * np.float32([1.06, 1, 0.92]), 0, 255).astype(np.uint8)
    answer = photo.post(
        "returned", files={"picture": ("b.png", file_of(warmer))}, data={"harmonize": "0.5", "size": "edited"}
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["job"], answer.json()["sent"]) == ("", "yes")
    require_face_back(photo.get("download").content, astronaut.pixels)
    for wrong in (b"", b"no picture"):
        assert photo.post("returned", files={"picture": ("b.png", wrong)}).status_code == 400
    more = {"picture": ("b.png", file_of(warmer))}
    assert photo.post("returned", files=more, data={"colour": "red"}).status_code == 400


def test_what_another_app_edited_is_what_was_handed_over_whatever_was_shown_since(page, couple):
    photo = page.opened(file_of(couple.pixels))
    taken = photo.sealed("studio", hide=[0])
    data = photo.post("hand-over", {"digest": taken["digest"]}).content
    photo.sealed("studio", hide=[1])
    answer = photo.post("returned", files={"picture": ("b.png", data)})
    assert [each["id"] for each in answer.json()["report"]] == [0]
    require_face_back(photo.get("download").content, couple.pixels)


def test_a_picture_taken_from_the_screen_is_written_down_when_it_comes_back(photo, sends):
    photo.sealed("studio")
    taken = photo.get("payload").content
    assert sends() == []
    assert photo.post("returned", files={"picture": ("b.png", taken)}).status_code == 200
    (send,) = sends()
    assert send.facts["provider"] == "by hand"
    later = photo.sealed("studio", coverage="inner")
    assert later["kept"] > 0


def test_a_visit_that_ends_stops_its_edit(page, portrait_file, service):
    service.fault = Fault.SILENT_AFTER
    photo = page.opened(portrait_file)
    job = photo.ordered(photo.sealed("openai")["digest"]).json()["job"]
    heard = []
    listener = threading.Thread(target=lambda: heard.append(photo.post(f"edits/{job}/events").text))
    listener.start()
    assert eventually(lambda: service.carried)
    assert page.delete("/api/session").status_code == 204
    listener.join(10)
    assert events(heard[0])[-1][1]["error"]["code"] == "cancelled"
    assert page.held == []
    assert error(page.get("/api/session")) == (401, "unknown_key")


def test_edits_of_the_page_are_counted(photo, service):
    photo.edited(photo.sealed("openai")["digest"])
    counted = photo.page.get("/metrics").text
    assert 'privateedit_answers_total{status="200"} 1.0' in counted
    assert "privateedit_results_total 1.0" in counted
    assert 'privateedit_seconds_count{stage="send"} 1.0' in counted

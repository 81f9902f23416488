import hashlib
import io

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.server.conftest import EYES, file_of, likeness
from tests.server.page.conftest import LOOK, Page, error
from tests.standins.pictures import pixels


def test_a_photo_is_opened_and_its_faces_told(photo, astronaut):
    told = photo.told
    assert (told["width"], told["height"]) == (astronaut.width, astronaut.height)
    (face,) = told["faces"]
    x0, y0, x1, y1 = face["box"]
    assert x0 < 225 < x1
    assert y0 < 112 < y1
    outline = np.array(face["outline"])
    assert (outline.min(0) < (x0, y0)).all()
    assert (outline.max(0) > (x1, y1)).all()
    assert not told["several"]
    assert not told["metadata"]


def test_a_turned_phone_photo_is_upright(page, astronaut):
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(astronaut.pixels, 1)[:400]))
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    turned.save(written, "JPEG", exif=exif.tobytes(), quality=95)
    told = page.opened(written.getvalue()).told
    assert (told["width"], told["height"]) == (400, 512)
    assert told["metadata"]
    assert len(told["faces"]) == 1


def test_a_photo_without_a_face_can_be_opened_and_painted(page):
    noise = np.random.default_rng(1).integers(100, 140, (200, 300, 3), np.uint8)
    photo = page.opened(file_of(noise))
    assert photo.told["faces"] == []
    assert error(photo.post("preview", {})) == (400, "no_face_found")
    assert error(photo.post("seal", {"service": "studio"})) == (400, "no_face_found")
    painted = {"strokes": [{"kind": "brush", "radius": 30, "points": [[100, 100]]}]}
    assert photo.post("preview", painted).status_code == 200
    assert photo.sealed("studio", **painted)["hidden"] == []


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({"photo": ("a.png", b"")}, (400, "invalid_image_file")),
        ({"photo": ("a.png", b"no picture")}, (400, "invalid_image_file")),
        ({"picture": ("a.png", b"x")}, (400, "invalid_form")),
        ([("photo", ("a.png", b"x")), ("photo", ("b.png", b"x"))], (400, "invalid_form")),
    ],
)
def test_what_is_no_photo_is_refused(page, files, wrong):
    assert error(page.post("/api/photos", files=files)) == wrong
    assert page.get("/api/session").json()["photos"] == []


def test_a_preview_shows_everything_but_the_face(photo, astronaut):
    shown = pixels(photo.post("preview", LOOK).content)
    assert shown.shape == astronaut.pixels.shape
    assert likeness(shown[EYES], astronaut.pixels[EYES]) < 0.2
    assert np.abs(shown[300:].astype(int) - astronaut.pixels[300:]).mean() < 6


@pytest.mark.parametrize(
    "look",
    [{"trust": "none"}, {"trust": "high"}, {"fill": "noise"}, {"shape": "contour", "coverage": "head"}],
)
def test_a_preview_looks_like_what_is_sealed(photo, look):
    shown = pixels(photo.post("preview", look).content).astype(int)
    photo.sealed("studio", **look)
    sent = pixels(photo.get("payload").content).astype(int)
    apart = np.abs(cv2.blur(shown.astype(np.float32), (9, 9)) - cv2.blur(sent.astype(np.float32), (9, 9)))
    assert apart.mean() < 6


def test_moving_sliders_keeps_the_replaced_background(photo):
    small = pixels(photo.post("preview", {"trust": "none", "grow": 0.0}).content).astype(int)
    large = pixels(photo.post("preview", {"trust": "none", "grow": 0.4}).content).astype(int)
    again = pixels(photo.post("preview", {"trust": "none", "grow": 0.0}).content).astype(int)
    assert np.abs(small - again).max() <= 2
    assert np.abs(small - large).max() > 100


def test_faces_can_be_kept_and_hidden(page, couple):
    photo = page.opened(file_of(couple.pixels))
    assert [each["id"] for each in photo.told["faces"]] == [0, 1]
    sealed = photo.sealed("studio", hide=[1])
    assert (sealed["hidden"], sealed["shown"]) == ([1], [0])
    sent = pixels(photo.get("payload").content)
    assert likeness(sent[EYES], couple.pixels[EYES]) > 0.99
    assert photo.sealed("studio")["hidden"] == [0, 1]
    assert error(photo.post("seal", {"look": {"hide": []}, "service": "studio"}))[0] == 400
    assert error(photo.post("seal", {"look": {"hide": [7]}, "service": "studio"}))[0] == 400


def test_the_payload_is_what_the_digest_says_and_stays_so(photo):
    sealed = photo.sealed("openai")
    first, second = photo.get("payload"), photo.get("payload")
    assert hashlib.sha256(first.content).hexdigest() == sealed["digest"]
    assert first.content == second.content
    assert first.headers["etag"] == f'"{sealed["digest"]}"'
    assert (len(first.content), sealed["sealed"]) == (sealed["bytes"], True)
    assert first.headers["content-type"] == "image/png"


def test_nothing_is_sent_by_looking(photo, service, sends):
    photo.post("preview", LOOK)
    photo.post("leaks", LOOK)
    photo.sealed("openai")
    photo.get("payload")
    photo.post("audit")
    photo.post("words", {"prompt": "a warmer evening", "service": "openai"})
    assert not service.asked
    assert sends() == []


def test_the_leak_meter_tells_an_eye_bar_from_a_cover(photo):
    bare = photo.post("leaks", {"coverage": "eyes"}).json()
    covered = photo.post("leaks", {"coverage": "head"}).json()
    assert bare["recognizer"]
    assert bare["tells"]
    assert bare["faces"][0]["told"]
    assert not covered["tells"]
    names = {each["name"] for each in covered["faces"][0]["attacks"]}
    assert {"search", "as-sent", "stretch"} <= names


def test_a_face_that_is_kept_is_told_as_shown(page, couple):
    photo = page.opened(file_of(couple.pixels))
    kept, hidden = photo.post("leaks", {"hide": [1]}).json()["faces"]
    assert (kept["hidden"], hidden["hidden"]) == (False, True)
    assert kept["told"]
    assert not hidden["told"]


def test_the_payload_itself_is_audited(photo):
    assert error(photo.post("audit")) == (404, "not_found")
    photo.sealed("openai")  # a frame of the service's own, with bars
    told = photo.post("audit").json()
    assert not told["tells"]
    photo.sealed("openai", coverage="eyes")
    assert photo.post("audit").json()["tells"]


def test_names_in_words_are_told(page, portrait_file):
    photo = page.opened(portrait_file, "Brandauer 7431.png")
    told = photo.post("words", {"prompt": "make Brandauer smile"}).json()["findings"]
    assert len(told) == 1
    assert "Brandauer" not in told[0]
    assert photo.post("words", {"prompt": "make her smile"}).json()["findings"] == []
    assert photo.post("words", {"prompt": " "}).json()["findings"] == []


def test_a_missing_key_of_a_service_is_no_missing_key_of_the_page(photo, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    assert error(photo.post("seal", {"service": "openai"})) == (424, "service_key_missing")
    assert error(photo.post("seal", {"service": "nobody"}))[0] == 400


def test_handing_over_is_written_down_and_gives_the_same_bytes(photo, sends):
    sealed = photo.sealed("studio")
    assert error(photo.post("hand-over", {"digest": "0" * 64})) == (409, "preview_changed")
    assert sends() == []
    answer = photo.post("hand-over", {"digest": sealed["digest"]})
    assert hashlib.sha256(answer.content).hexdigest() == sealed["digest"]
    (send,) = sends()
    assert send.facts["payload"] == sealed["digest"]
    assert send.facts["provider"] == "by hand"


def test_a_closed_photo_is_gone(photo):
    assert photo.page.delete(photo.path).status_code == 204
    assert photo.page.delete(photo.path).status_code == 204
    assert error(photo.get("view")) == (404, "no_such_photo")
    assert photo.page.held == []


def test_nobody_gets_at_the_photo_of_another(photo):
    with Page(photo.page.proxy) as other:
        for path in ("view", "payload", "pictures/original", "result", "download"):
            assert error(other.get(f"{photo.path}/{path}")) == (404, "no_such_photo")
        assert other.delete(photo.path).status_code == 204
    assert photo.get("view").status_code == 200


def test_what_an_earlier_upload_hid_stays_hidden_and_that_is_told(photo, service):
    first = photo.sealed("openai", coverage="head")
    assert photo.edited(first["digest"])[-1][0] == "done"
    later = photo.sealed("openai", coverage="face")
    assert later["kept"] > 0
    shown = pixels(photo.post("preview", {"coverage": "face"}).content)
    assert (shown[60:170, 190:260] < 20).mean() > 0.95

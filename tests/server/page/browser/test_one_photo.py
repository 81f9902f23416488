"""One photo, from the file to the result, as a person sees and does it."""

import io

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.server.conftest import file_of, likeness, require_face_back, require_nothing_hidden_left
from tests.server.page.browser.screen import sha256
from tests.standins.pictures import pixels

from privateedit.core.photo import Photo

HALF = 0.5  # of its size: enough for a face to be found


@pytest.fixture
def service(service, stranger_redraws):
    service.redraw = stranger_redraws
    return service


def test_what_is_shown_is_what_is_sent_and_nothing_else(opened, service, portrait_file, astronaut, sends):
    screen = opened(measured=True)
    screen.pick(portrait_file)
    screen.page.locator("#meter .verdict.good").wait_for()
    assert screen.standing == "Nothing has been sent"
    assert screen.faces() == ["Face 1 hidden"]
    screen.ask("a warmer evening, same pose and framing")
    assert screen.page.locator("#services .notes").inner_text().count("abuse logs are kept for 30 days") == 1
    screen.see()
    assert sha256(screen.payload) == screen.digest
    assert screen.page.locator("#send").inner_text() == "Send to OpenAI"
    screen.page.locator("#sealed-meter .verdict.good").wait_for()
    assert not service.asked
    shown = screen.payload
    screen.send()

    (asked,) = service.asked
    assert asked.body.count(shown) == 1
    require_nothing_hidden_left(service, astronaut.pixels)
    assert screen.standing.startswith("Sent to OpenAI at ")
    assert "Face 1 replaced the face the editor drew." in screen.page.locator("#report").inner_text()

    look_at_the_pair(screen)
    screen.one.get_by_label("Light and color: automatic").uncheck()
    with screen.page.expect_response(is_finished_with(0.3)) as finished:
        screen.one.get_by_label("Light and color", exact=True).fill("0.3")
    assert finished.value.status == 200
    data, name = screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    assert name == "portrait-edited.png"
    require_face_back(data, astronaut.pixels)
    assert len(service.asked) == len(sends()) == 1


def is_finished_with(amount):
    """Whether a response is to what was set last, and not to something on the way there."""
    return lambda each: each.url.endswith("/finish") and each.request.post_data_json["harmonize"] == amount


def look_at_the_pair(screen):
    """Every picture beside every other, with the divider moved by keys."""
    page = screen.page
    for left, right in (("Sent", "Returned"), ("Final", "Original")):
        page.locator("#left").select_option(left.lower())
        page.locator("#right").select_option(right.lower())
        expect(page.locator("#side-left")).to_have_text(left)
        expect(page.locator("#side-right")).to_have_text(right)
        for side in ("#over", "#under"):
            assert screen.width_of(page.locator(side)) > 100
    page.locator("#divider").focus()
    screen.key("Home", "ArrowRight")
    assert page.locator("#divider").input_value() == "1"
    assert "99%" in page.locator("#over").evaluate("(each) => each.style.clipPath")


def test_a_face_is_shown_by_a_click_and_hidden_by_the_keyboard(screen, couple):
    screen.pick(file_of(six_of(couple).pixels), "group.png")
    assert screen.faces() == [f"Face {number} hidden" for number in range(1, 7)]
    screen.click_photo(0.284, 0.073)
    (shown,) = [each for each in screen.faces() if each.endswith("shown")]
    assert "1 face stays visible" in screen.page.locator("#faces .warning").inner_text()
    screen.page.locator('#faces [data-face="5"]').focus()
    screen.key("Space")
    assert [each for each in screen.faces() if each.endswith("shown")] == [shown, "Face 6 shown"]
    assert screen.page.evaluate("document.activeElement.dataset.face") == "5"
    screen.key("Control+z")
    assert screen.faces()[5] == "Face 6 hidden"
    screen.see()
    assert screen.page.locator("#gist-hide").inner_text() == "5 of 6 faces"
    sent, original = pixels(screen.payload), six_of(couple).pixels
    for down, least, most in ((0, 0.99, 1), (256, 0, 0.2), (512, 0, 0.2)):  # one is shown, as was asked
        eyes = (slice(48 + down, 65 + down), slice(98, 127))
        assert least <= likeness(sent[eyes], original[eyes]) <= most


def six_of(couple):
    """The couple three times: six faces."""
    small = cv2.resize(couple.pixels, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA)
    return Photo(np.concatenate([small] * 3))


def test_a_rotated_phone_photo_is_dropped_and_its_place_is_not_kept(screen, astronaut):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    turned = np.rot90(astronaut.pixels[:, :480])
    screen.drop(file_of(turned, "JPEG", quality=92, exif=exif), "IMG_0042.JPG")
    screen.opened()
    assert screen.photo_size == [480, 512]
    assert screen.faces() == ["Face 1 hidden"]
    screen.preset()
    screen.see().send()
    assert screen.standing == "Edited on this device. Nothing was sent"
    data, name = screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    final = Image.open(io.BytesIO(data))
    assert (name, final.size, final.format) == ("IMG_0042-edited.jpg", (480, 512), "JPEG")
    assert not final.getexif()
    screen.one.get_by_label("Keep camera, date and place").check()
    data, _ = screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    assert Image.open(io.BytesIO(data)).getexif()[0x010F] == "PhoneMaker"


def test_without_a_face_one_paints_with_brush_eraser_and_box(screen, coffee):
    small = np.ascontiguousarray(coffee.pixels[::2, ::2])
    screen.pick(file_of(small), "coffee.png")
    assert "No face was found" in screen.page.locator("#faces").inner_text()
    screen.page.locator("#stage-note").wait_for()
    assert screen.page.locator("#stage-note").inner_text() == "Nothing is hidden yet"
    screen.drag_photo((0.3, 0.5), (0.7, 0.5))  # the brush is chosen where there is no face
    screen.drag_photo((0.3, 0.2), (0.7, 0.2))
    screen.page.locator("#undo").click()
    screen.key("e")
    screen.drag_photo((0.6, 0.35), (0.6, 0.65))
    screen.key("r")
    screen.page.locator("#canvas").focus()
    screen.key("Enter", "ArrowUp", "ArrowUp", "Shift+ArrowRight", "Enter", "Control+z", "Control+Shift+z")
    assert marks_of(screen) == (["brush", "eraser"], 1)
    screen.page.locator("#stage-note").wait_for(state="hidden")

    screen.preset()
    screen.see()
    sent = pixels(screen.payload)
    height, width = sent.shape[:2]
    at = lambda x, y: sent[round(y * height), round(x * width)].tolist()  # noqa: E731
    assert at(0.35, 0.5) == [0, 0, 0]
    assert at(0.6, 0.56) != [0, 0, 0]  # erased
    assert np.array_equal(sent[: height // 4], small[: height // 4])  # undone
    assert at(0.5, 0.48) == [0, 0, 0]
    screen.send()
    assert "region painted by hand" in screen.page.locator("#report").inner_text()


def marks_of(screen):
    marks = screen.page.evaluate("import('/static/state.js').then(({state}) => state.marks)")
    return [each["kind"] for each in marks["strokes"]], len(marks["boxes"])


def test_a_phone_s_heic_is_pasted(screen, astronaut):
    small = cv2.resize(astronaut.pixels, (400, 400), interpolation=cv2.INTER_AREA)
    written = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(small)).save(written, quality=90)
    screen.paste(written.getvalue(), "IMG_1.HEIC", "image/heic")
    screen.opened()
    assert screen.faces() == ["Face 1 hidden"]
    screen.see()
    assert sha256(screen.payload) == screen.digest


def test_another_app_edits_it(screen, portrait, astronaut):
    screen.pick(portrait)
    screen.see()
    screen.one.get_by_text("I’ll use another app").click()
    data, name = screen.saved(lambda: screen.one.get_by_role("button", name="Download the masked").click())
    assert sha256(data) == screen.digest
    assert "portrait" not in name  # a file's name tells too
    assert screen.standing.startswith("You took the masked picture with you")
    edited = file_of((pixels(data) * np.float32([1.0, 0.95, 0.85])).astype(np.uint8))
    screen.drop(edited, "edited.png", "image/png", place="#return-zone")
    screen.page.locator("#report h3").wait_for()
    data, _ = screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    require_face_back(data, astronaut.pixels)

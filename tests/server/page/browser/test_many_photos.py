"""A folder of photos: one setting, a sheet of what would leave, and only what was chosen is sent."""

import json

import cv2
from tests.server.conftest import file_of, require_face_back, require_nothing_hidden_left
from tests.standins.server import Fault


def shrunk(photo, side=320):
    return cv2.resize(photo.pixels, (side, side), interpolation=cv2.INTER_AREA)


def reviewed(screen, files):
    """Pick files, ask OpenAI in words, and wait for the sheet."""
    page = screen.page
    page.locator("#to-many").click()
    page.set_input_files(
        "#pick-files", [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    )
    panel = page.locator(".many-panel")
    panel.get_by_label("Editor").select_option("openai")
    panel.get_by_label("In words").check(force=True)
    panel.get_by_label("Instruction").fill("a warmer evening, same pose and framing")
    page.locator("#many-review").click()
    page.locator("#many-review:enabled").wait_for()
    return page


def test_words_that_name_somebody_are_told_in_the_review_or_not_sent(screen, service, portrait):
    page = reviewed(screen, [("Brandauer 7431.png", portrait)])
    words = page.locator(".many-panel").get_by_label("Instruction")
    words.fill("make Brandauer smile")
    page.locator("#many-send").click()
    page.locator(".card[data-state=changed]").wait_for()
    assert "file's name" in page.locator(".card").inner_text().replace("’", "'")
    assert not service.asked
    page.locator("#many-review").click()
    page.locator(".card[data-state=ready]").wait_for()
    assert "look at the words" in page.locator(".card").inner_text()
    page.locator("#many-review:enabled").wait_for()
    data, _ = screen.saved(page.locator("#many-send").click)
    assert data
    assert len(service.carried) == 1


def states(page):
    return [each.get_attribute("data-state") for each in page.locator(".card").all()]


def test_only_what_was_reviewed_and_chosen_is_sent(screen, service, portrait, astronaut, hopper, coffee):
    files = [
        ("a.png", portrait),
        ("b.png", file_of(shrunk(coffee))),
        ("c.png", file_of(shrunk(hopper))),
        ("d.png", b"no picture"),
    ]
    page = reviewed(screen, files)
    assert states(page) == ["ready", "error", "ready", "error"]
    assert not service.asked
    assert "No face was found" in page.locator(".card").nth(1).inner_text()
    assert page.locator(".card").nth(1).locator("input").is_disabled()
    assert page.locator(".card img:not([hidden])").count() == 2
    page.get_by_label("Send c.png").uncheck()
    assert page.locator("#many-count").inner_text() == "1 of 4 photos chosen"
    send = page.locator("#many-send")
    assert send.inner_text() == "Send 1 photo to OpenAI"

    page.locator(".many-panel").get_by_label("High", exact=True).check(force=True)
    assert send.is_disabled()
    assert "Review the photos again" in page.locator("#many-why").inner_text()
    page.locator(".many-panel").get_by_label("Low", exact=True).check(force=True)
    data, name = screen.saved(send.click)
    assert name == "a-edited.png"
    require_face_back(data, astronaut.pixels)
    page.get_by_text("1 masked picture was sent.").first.wait_for()
    assert states(page) == ["done", "error", "ready", "error"]
    assert len(service.asked) == 1
    require_nothing_hidden_left(service, astronaut.pixels)
    visits = screen.server.guardian.visits._visits.values()
    assert not any(each.photos for each in visits)  # none is held


def test_what_changed_since_the_review_is_not_sent(screen, service, hopper):
    page = reviewed(screen, [("c.png", file_of(shrunk(hopper)))])

    def other(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps({**answer.json(), "digest": "0" * 64}))

    page.route("**/seal", other)
    page.locator("#many-send").click()
    page.get_by_text("1 photo was not sent.").first.wait_for()
    assert states(page) == ["changed"]
    assert not service.asked
    assert screen.standing == "Nothing has been sent"


def test_an_error_of_the_service_is_told_for_its_photo(screen, service, hopper):
    service.status = 500
    page = reviewed(screen, [("c.png", file_of(shrunk(hopper)))])
    page.locator("#many-send").click()
    page.locator(".card[data-state=failed], .card[data-state=unknown]").wait_for()
    assert page.locator(".card-said").inner_text()
    assert len(service.asked) == 1


def test_a_cancel_stops_with_the_present_photo(screen, service, hopper):
    service.fault = Fault.SILENT_AFTER
    small = file_of(shrunk(hopper))
    page = reviewed(screen, [("c.png", small), ("d.png", small)])
    page.locator("#many-send").click()
    for _ in range(200):
        if service.asked:
            break
        page.wait_for_timeout(50)
    page.locator("#many-cancel").click()
    page.get_by_text("1 photo was not sent.").first.wait_for()
    first, second = states(page)
    assert first in ("failed", "unknown")
    assert second == "cancelled"
    assert "masked picture" in screen.standing
    assert len(service.asked) == 1

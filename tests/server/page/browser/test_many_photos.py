"""A folder of photos: one setting, a sheet of what would leave, and only what was chosen is sent."""

import json

import cv2
from tests.server.conftest import file_of, require_face_back, require_nothing_hidden_left
from tests.server.page.browser.screen import as_text
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
    words.fill("let Brandauer frown")  # which names as much, and was not shown
    page.locator("#many-send").click()
    page.locator(".card[data-state=changed]").wait_for()
    assert not service.carried
    page.locator("#many-review:enabled").click()
    page.locator(".card[data-state=ready]").wait_for()
    with page.expect_request("**/edits") as ordered:
        data, _ = screen.saved(page.locator("#many-send").click)
    assert data
    assert ordered.value.post_data_json["names_seen"] is True
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
    look_at_all_of_one(screen)
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
    screen.wait_until(lambda: not screen.visit.photos)  # none is held


def look_at_all_of_one(screen):
    """Open a card's picture: the very bytes, what they tell, and nothing is held when it is closed."""
    page = screen.page
    whole = page.locator("#whole")
    page.get_by_label("See all of a.png").click()
    whole.get_by_text("The very picture of the review").wait_for()
    whole.locator(".verdict").wait_for()
    image = whole.locator("img")
    assert screen.width_of(image) > 320
    assert image.get_attribute("draggable") == "false"
    before = image.bounding_box()["width"]
    whole.get_by_label("Zoom").fill("4")
    assert image.bounding_box()["width"] > 3 * before
    page.get_by_role("button", name="Close").click()
    whole.wait_for(state="detached")

    def other(route):
        said = route.request.post_data_json
        route.continue_(post_data=json.dumps({**said, "look": {"coverage": "head"}}))

    page.route("**/seal", other)
    page.get_by_label("See all of a.png").click()
    whole.get_by_text("differently than in the review").wait_for()
    screen.key("Escape")
    whole.wait_for(state="detached")
    page.unroute("**/seal")


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
    page.locator(".card[data-state=failed]").wait_for()
    assert page.locator(".card-said").inner_text() == (
        "OpenAI has a fault of its own (500) [some_error]; try again later. The masked picture was sent."
    )
    assert screen.standing == "Sent to OpenAI: 1 masked picture and your words"
    assert len(service.asked) == 1


def test_a_cancel_stops_with_the_present_photo(screen, service, hopper):
    service.fault = Fault.SILENT_AFTER
    small = file_of(shrunk(hopper))
    page = reviewed(screen, [("c.png", small), ("d.png", small)])
    page.locator("#many-send").click()
    screen.wait_until(lambda: service.asked)
    page.locator("#many-cancel").click()
    page.get_by_text("1 photo was not sent.").first.wait_for()
    first, second = states(page)
    assert first in ("failed", "unknown")
    assert second == "cancelled"
    assert "masked picture" in screen.standing
    assert len(service.asked) == 1


DROPPED = """
async ([bytes, names]) => {
  const content = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
  const file = (name) => ({
    isFile: true, isDirectory: false, name, fullPath: '/holiday/' + name,
    file: (done) => done(new File([content], name, {type: ''})),
  });
  const folder = (name, inside) => ({
    isFile: false, isDirectory: true, name, fullPath: '/' + name,
    createReader: () => ({readEntries: (done) => done(inside.splice(0, 2))}),
  });
  const entry = folder('holiday', [...names.map(file), folder('.thumbnails', [file('x.jpg')])]);
  const event = new Event('drop', {bubbles: true, cancelable: true});
  const item = {kind: 'file', webkitGetAsEntry: () => entry};
  Object.defineProperty(event, 'dataTransfer', {value: {items: [item], files: []}});
  document.getElementById('many-drop').dispatchEvent(event);
}
"""


def test_a_folder_is_dropped(screen, portrait):
    page = screen.page
    page.locator("#to-many").click()
    page.evaluate(DROPPED, [as_text(portrait), ["b10.jpg", "b2.JPG", "notes.txt", "a.png", ".hidden.png"]])
    page.locator(".card").first.wait_for()
    assert page.locator(".card-name").all_inner_texts() == [
        "holiday/a.png",
        "holiday/b2.JPG",
        "holiday/b10.jpg",
    ]
    assert page.locator("#many-review").inner_text() == "Review 3 photos"

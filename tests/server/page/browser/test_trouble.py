"""What goes wrong, and whether the page says what was sent."""

import numpy as np
import pytest
from tests.server.conftest import file_of, running
from tests.server.page.browser.screen import Screen
from tests.standins.server import Fault

from privateedit.server.wishes import Policy

WORDS = "a warmer evening, same pose and framing"


def ready(screen, portrait):
    screen.pick(portrait)
    screen.ask(WORDS)
    return screen.see()


def test_a_change_after_the_look_makes_a_new_look_necessary(screen, service, portrait):
    page = ready(screen, portrait).page
    send = page.locator("#send")
    assert send.is_enabled()
    screen.step("hide")
    screen.one.get_by_label("None", exact=True).check(force=True)
    assert send.is_disabled()
    assert "See again what leaves" in page.locator("#why").inner_text()
    screen.one.get_by_label("Low", exact=True).check(force=True)
    assert send.is_enabled()  # back to what was shown, byte for byte
    page.locator("#tab-photo").click()
    screen.click_photo(0.44, 0.22)
    assert screen.faces() == ["Face 1 shown"]
    assert send.is_disabled()
    screen.key("Control+z")
    assert send.is_enabled()
    screen.step("ask")
    page.locator("#services select").nth(1).select_option("gpt-image-1.5")
    assert send.is_disabled()
    assert not service.asked


def sealed_elsewhere(screen):
    """What the page shows is not what the server holds any more."""
    screen.page.evaluate(
        "Promise.all([import('/static/api.js'), import('/static/state.js')])"
        ".then(([api, {state}]) => api.seal(state.photo.id, {coverage: 'head'}, 'openai', ''))"
    )


def test_a_seal_made_elsewhere_is_refused_by_the_server(screen, service, portrait):
    page = ready(screen, portrait).page
    sealed_elsewhere(screen)
    screen.send()
    assert "changed since it was shown" in screen.notice
    assert screen.standing == "Nothing has been sent"
    assert page.locator("#send").is_disabled()
    assert not service.asked


def test_bytes_that_are_not_the_sealed_ones_are_not_shown_and_not_sent(screen, service, portrait):
    screen.pick(portrait)
    screen.ask(WORDS)
    other = file_of(np.zeros((512, 512, 3), np.uint8))
    screen.page.route("**/payload", lambda route: route.fulfill(body=other, content_type="image/png"))
    screen.page.locator("#see").click()
    screen.page.locator("#notice").wait_for()
    assert "is not the one that was sealed" in screen.notice
    assert screen.page.locator("#send").is_disabled()
    assert not service.asked


def test_a_name_in_the_instruction_is_told_and_without_trust_refused(screen, service, portrait):
    screen.pick(portrait)
    screen.one.get_by_label("None", exact=True).check(force=True)
    screen.ask("make Eileen Collins smile, write to eileen@example.org")
    screen.page.locator(".names li").first.wait_for()
    screen.see().send()
    assert screen.notice
    assert screen.standing == "Nothing has been sent"
    assert not service.asked


def test_an_error_of_the_service(screen, service, portrait):
    service.status = 500
    ready(screen, portrait).send()
    assert "OpenAI" in screen.notice
    assert "masked picture" in screen.standing
    assert screen.page.locator("#send").is_enabled()
    assert screen.page.locator("#tab-result").is_disabled()
    sealed_elsewhere(screen)
    screen.send()
    assert "changed since it was shown" in screen.notice
    assert screen.standing.startswith("Sent to OpenAI at ")  # the first time, whatever the second did
    assert len(service.asked) == 1


def test_a_cancel_says_what_was_sent(screen, service, portrait):
    service.fault = Fault.SILENT_AFTER
    page = ready(screen, portrait).page
    page.locator("#send").click()
    assert screen.standing == "Sending the masked picture to OpenAI…"
    for _ in range(200):
        if service.asked:
            break
        page.wait_for_timeout(50)
    page.locator("#cancel").click()
    page.locator("#notice").wait_for()
    page.locator("#progress").wait_for(state="hidden")
    assert "masked picture" in screen.standing
    assert not screen.standing.startswith("Nothing")
    assert page.locator("#send").is_enabled()
    assert len(service.asked) == 1


def test_a_face_that_was_found_late_can_be_seen_and_chosen(screen, portrait):
    def one_more(route):
        said = route.fetch()
        sealed = said.json()
        late = {"id": 1, "box": [10, 10, 40, 40], "outline": [[10, 10], [40, 10], [40, 40], [10, 40]]}
        sealed.update(faces=[*sealed["faces"], late], hidden=[0, 1])
        route.fulfill(response=said, json=sealed)

    screen.pick(portrait)
    screen.page.route("**/seal", one_more)
    screen.see()
    assert "1 more face was found" in screen.page.locator("#leaves-facts").inner_text()
    screen.step("hide")
    assert screen.faces() == ["Face 1 hidden", "Face 2 hidden"]
    assert screen.page.locator("#send").is_enabled()
    screen.page.locator('#faces [data-face="1"]').uncheck()
    assert screen.page.locator("#send").is_disabled()


@pytest.fixture
def passing(browser):
    """A page and a server that is started anew on the same port."""
    made = []

    def at(server):
        made.append(Screen(browser, server))
        return made[-1].enter()

    yield at
    for each in made:
        each.close()


def test_a_server_that_was_started_anew_knows_no_photo(passing, portrait):
    with running(upstream="studio") as first:
        screen = passing(first)
        screen.pick(portrait)
        port = first.port
    screen.page.locator("#see").click()
    screen.page.locator("#notice").wait_for()
    assert "does not answer" in screen.notice
    with running(upstream="studio", port=port) as second:
        screen.page.locator("#see").click()
        screen.page.locator("#door").wait_for()
        assert (
            "was started anew and has forgotten the photo" in screen.page.locator("#door-reason").inner_text()
        )
        screen.page.get_by_label("Token of the server").fill("pe-wrong")
        screen.key("Enter")
        screen.page.get_by_text("used already or is too old").wait_for()
        screen.page.get_by_label("Token of the server").fill(second.token)
        screen.key("Enter")
        screen.page.locator("#empty").wait_for()
        screen.pick(portrait)
        assert screen.faces() == ["Face 1 hidden"]
        assert screen.page.url == f"{second.root}/"
        screen.require_clean()


def test_a_server_with_a_fixed_policy_is_obeyed(passing, portrait):
    with running(upstream="studio", policy=Policy({"coverage": "head"}, {}, True)) as server:
        screen = passing(server)
        screen.pick(portrait)
        assert "fixed by whoever started the server" in screen.page.locator("#looks").inner_text()
        assert screen.page.locator("#faces input").is_disabled()
        screen.click_photo(0.44, 0.22)
        screen.drag_photo((0.1, 0.9), (0.2, 0.9))
        assert screen.faces() == ["Face 1 hidden"]
        screen.see()
        assert "coverage" not in screen.page.evaluate(
            "import('/static/state.js').then(({state}) => state.look)"
        )
        screen.require_clean()


def test_what_is_no_photo_is_told_in_one_sentence(screen):
    screen.drop(b"GIF89a but not really", "broken.gif", "image/gif")
    screen.page.locator("#notice").wait_for()
    assert screen.notice.endswith(".")
    assert screen.standing == "Nothing has been sent"
    screen.page.get_by_role("button", name="Dismiss").click()
    assert screen.page.locator("#notice").is_hidden()


def test_a_closed_page_is_forgotten(browser, server, portrait):
    before = dict(server.guardian.visits._visits)
    screen = Screen(browser, server).enter()
    assert "#" not in screen.page.url
    screen.pick(portrait)
    (new,) = [each for key, each in server.guardian.visits._visits.items() if key not in before]
    assert len(new.photos) == 1
    screen.page.goto("about:blank")
    for _ in range(100):
        if not new.photos:
            break
        screen.page.wait_for_timeout(50)
    assert not new.photos
    screen.close()

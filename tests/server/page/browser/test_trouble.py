"""What goes wrong, and whether the page says what was sent."""

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.server.conftest import file_of, running
from tests.server.page.browser.screen import Screen
from tests.standins.pictures import pixels
from tests.standins.server import Fault

from privateedit import pipeline
from privateedit.errors import CannotAlign
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


def test_a_look_that_was_overtaken_leaves_no_picture_that_seems_to_be_what_would_leave(screen, portrait):
    page, held = ready(screen, portrait).page, []
    stale = page.locator("#view-leaves.stale")
    caption = page.locator("#payload-caption")
    assert stale.count() == 0
    assert caption.inner_text().startswith("Exactly these bytes would leave")
    page.route("**/seal", lambda route, _: held.append(route))
    page.locator("#see").click()
    screen.wait_until(lambda: held)
    assert page.locator("#why").inner_text() == "Making the exact bytes and proving them…"
    screen.step("hide")
    screen.one.get_by_label("None", exact=True).check(force=True)
    page.unroute("**/seal")
    held[0].continue_()
    page.locator("#see:not([aria-busy])").wait_for()
    assert stale.count() == 1
    assert caption.inner_text().startswith("Not what would leave now")
    assert "See again what leaves" in page.locator("#why").inner_text()
    assert page.locator("#see").inner_text() == "See it again"
    assert page.locator("#send").is_disabled()
    screen.see()
    assert stale.count() == 0
    assert caption.inner_text().startswith("Exactly these bytes would leave")


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
    assert page.locator("#view-leaves.stale").count() == 1
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


SAID_AT_ONCE = """
(words) => {
  const field = document.querySelector('#words textarea');
  field.value = words;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  document.getElementById('send').click();
}
"""


def test_words_that_were_not_looked_through_yet_are_told_before_they_leave(screen, service, portrait):
    page = ready(screen, portrait).page
    orders = []
    page.on("request", lambda each: each.url.endswith("/edits") and orders.append(each.post_data_json))
    for words, blind in (("write to eileen@example.org", False), ("call 030 1234567 8", True)):
        if blind:  # the page finds nothing, and the server does
            page.route("**/words", lambda route: route.fulfill(json={"findings": []}))
        before = len(service.carried)
        page.evaluate(SAID_AT_ONCE, words)
        page.get_by_text("Send all the same").wait_for()
        assert page.locator("#step-ask .names li").is_visible()
        assert "may name somebody" in page.locator("#why").inner_text()
        assert len(service.carried) == before
        assert page.evaluate("document.activeElement.id") == "send"
        if blind:
            break
        page.locator("#send:enabled").click()  # from here on its progress is there
        page.locator("#progress").wait_for(state="hidden")
        assert len(service.carried) == before + 1
        assert orders[-1]["names_seen"] is True
        screen.step("leaves")
    assert [each.get("names_seen") for each in orders] == [True, None]
    page.evaluate(SAID_AT_ONCE.replace("document.getElementById('send').click();", ""), WORDS)
    assert page.locator("#send").inner_text() == "Send to OpenAI"


def test_a_face_that_does_not_fit_can_be_tried_otherwise(screen, service, portrait, monkeypatch):
    def refuse(*_):
        raise CannotAlign("The face does not fit the edited picture.")

    page = ready(screen, portrait).page
    monkeypatch.setattr(pipeline, "restore", refuse)
    page.locator("#send").click()
    page.get_by_text(
        "The face does not fit the edited picture. The masked picture was sent."
    ).first.wait_for()
    page.locator("#progress").wait_for(state="hidden")
    assert screen.standing.startswith("Sent to OpenAI at ")
    assert page.locator("#tab-result").get_attribute("aria-selected") == "true"
    assert page.locator("#left").input_value() == "sent"
    assert page.locator("#right").input_value() == "returned"
    assert page.locator('#right option[value="final"]').is_disabled()
    for side in ("#over", "#under"):
        assert screen.width_of(page.locator(side)) > 100
    assert page.get_by_role("button", name="Download the final").count() == 0
    monkeypatch.undo()
    screen.one.get_by_label("Light and color: automatic").uncheck()
    page.locator("#report h3").wait_for()
    page.get_by_role("button", name="Download the final").wait_for()
    assert page.locator('#right option[value="final"]').is_enabled()
    one, many = finishing_of(screen)
    assert (one["harmonize"], many["harmonize"]) == (1, "auto")  # many photos take nothing of it
    assert len(service.carried) == 1


def test_a_picture_that_comes_late_is_not_shown_for_a_later_one(screen, portrait):
    screen.pick(portrait)
    screen.preset()
    page, held = screen.page, []
    page.route("**/pictures/final", lambda route, _: held.append(route))
    screen.see().send()
    screen.wait_until(lambda: held)
    page.unroute("**/pictures/final")
    with page.expect_response("**/pictures/final"):
        screen.one.get_by_label("Light and color: automatic").uncheck()
    under = page.locator("#under")
    assert screen.width_of(under) > 64
    late = file_of(np.zeros((64, 64, 3), np.uint8))
    held[0].fulfill(body=late, content_type="image/png")
    for name in ("sent", "final"):
        page.locator("#right").select_option(name)
        expect(page.locator("#side-right")).to_have_text(name.capitalize())
    assert screen.width_of(under) > 64


def test_the_meter_says_no_more_than_was_measured(screen, portrait):
    attack = {"explanation": "", "distance": None, "threshold": None, "psnr": 8.0}
    search = {**attack, "name": "search", "told": False}
    hidden = {"id": 0, "hidden": True, "told": False, "attacks": [search]}
    unaided = {"recognizer": False, "tells": False, "found": 0, "faces": [hidden]}
    page = screen.page
    page.route("**/leaks", lambda route: route.fulfill(json=unaided))
    screen.pick(portrait)
    page.locator("#meter .verdict.warn").wait_for()
    said = page.locator("#meter .verdict").inner_text()
    assert said.startswith("No recognizer looked at it (pip install 'privateedit[audit]')")
    assert "bring no hidden face back" in said
    assert page.locator("#meter .good").count() == 0
    assert "recognizes" not in page.locator("#meter").inner_text()

    unaided["faces"] = [{**hidden, "told": True, "attacks": [{**search, "told": True}]}]
    screen.step("hide")
    screen.one.get_by_label("High", exact=True).check(force=True)
    page.locator("#meter .verdict.bad").wait_for()
    assert "recognized" not in page.locator("#meter").inner_text()
    assert "finds a face" in page.locator("#meter").inner_text()

    error = {
        "message": "The device is out of memory. Nothing was sent.",
        "code": "internal_error",
        "sent": "no",
    }
    page.unroute("**/leaks")
    page.route("**/leaks", lambda route: route.fulfill(status=500, json={"error": error}))
    screen.one.get_by_label("Low", exact=True).check(force=True)
    page.locator("#meter").get_by_text("out of memory").wait_for()
    assert "Nothing is hidden" not in page.locator("#meter").inner_text()
    page.unroute("**/leaks")
    page.unroute("**/api/photos/*/leaks")
    page.locator('#faces [data-face="0"]').uncheck()
    page.locator("#meter").get_by_text("Nothing is hidden").wait_for()
    page.locator("#stage-note:not([hidden])").wait_for()


def test_what_leaves_is_told_as_it_is(screen, portrait):
    def nothing_hidden(route):
        said = route.fetch()
        route.fulfill(response=said, json={**said.json(), "hidden": []})

    screen.pick(portrait)
    screen.page.route("**/seal", nothing_hidden)
    screen.see()
    facts = screen.page.locator("#leaves-facts")
    assert "a second and a third time from a photo whose hidden pixels were random" in facts.inner_text()
    assert facts.locator("dd").nth(1).inner_text() == "none"
    payload = screen.page.locator("#payload")
    assert payload.get_attribute("draggable") == "false"
    menu = "(each) => each.dispatchEvent(new MouseEvent('contextmenu', {cancelable: true, bubbles: true}))"
    assert payload.evaluate(menu) is False  # a copy from there would be in no journal
    screen.page.locator("#tab-photo").click()
    screen.key("r")
    screen.drag_photo((0.1, 0.8), (0.3, 0.95))
    screen.see()
    expect(facts.locator("dd").nth(1)).to_have_text("none; only what you painted")


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
    screen.wait_until(lambda: service.asked)
    page.locator("#cancel").click()
    page.locator("#notice").wait_for()
    page.locator("#progress").wait_for(state="hidden")
    assert "masked picture" in screen.standing
    assert not screen.standing.startswith("Nothing")
    assert page.locator("#send").is_enabled()
    assert len(service.asked) == 1


@pytest.mark.parametrize(("path", "heard"), [("**/words", True), ("**/edits", True), ("**/edits", False)])
def test_a_cancel_before_anything_was_ordered_sends_nothing(screen, service, portrait, path, heard):
    """While the words are looked through, and while the order is on its way, heard by the server or not."""
    held = []
    page = ready(screen, portrait).page
    if not heard:
        page.route("**/edits/*", lambda route: route.abort())
    page.route(path, lambda route, _: held.append(route))
    page.locator("#send").click()
    screen.wait_until(lambda: held)
    page.locator("#cancel").click()
    assert page.locator("#progress-text").inner_text() == "Stopping…"
    page.unroute(path)
    for each in held:
        each.continue_()
    page.locator("#progress").wait_for(state="hidden")
    assert screen.standing == "Nothing has been sent"
    assert screen.notice == "The edit was cancelled."
    assert page.locator("#send").is_enabled()
    assert not service.asked


def test_a_warning_about_other_words_is_not_shown_for_those_typed_since(screen, service, portrait):
    page, held = ready(screen, portrait).page, []
    page.route("**/words", lambda route, _: held.append(route))
    page.evaluate(SAID_AT_ONCE, "call 030 1234567 8")
    screen.wait_until(lambda: held)
    page.evaluate(
        SAID_AT_ONCE.replace("document.getElementById('send').click();", ""), "write to eileen@example.org"
    )
    page.unroute("**/words")
    for each in held:
        each.continue_()
    page.locator("#step-ask .names li", has_text="e-mail address").wait_for()
    assert "number" not in page.locator("#step-ask .names").inner_text()
    assert not service.asked


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


def test_undo_shows_no_face_that_nobody_chose_to_show(screen, portrait):
    def one_more(route):
        said = route.fetch()
        sealed = said.json()
        late = {**sealed["faces"][0], "id": len(sealed["faces"])}
        sealed.update(faces=[*sealed["faces"], late], hidden=[late["id"]])
        route.fulfill(response=said, json=sealed)

    screen.pick(portrait)
    screen.page.locator('#faces [data-face="0"]').uncheck()
    screen.page.locator("#tools [data-tool=box]").click()
    screen.drag_photo((0.1, 0.8), (0.3, 0.95))
    screen.page.route("**/seal", one_more)
    screen.see()
    screen.step("hide")
    assert screen.faces() == ["Face 1 shown", "Face 2 hidden"]
    assert screen.page.locator("#send").is_enabled()
    screen.page.locator("#tab-photo").click()
    screen.page.locator("#undo").click()
    assert screen.faces() == ["Face 1 shown", "Face 2 hidden"]
    hide = "import('/static/state.js').then(({wholeLook}) => wholeLook().hide)"
    assert screen.page.evaluate(hide) == [1]
    screen.page.locator("#undo").click()
    assert screen.faces() == ["Face 1 hidden", "Face 2 hidden"]
    assert screen.page.evaluate(hide) is None


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
            "left alone too long, or PrivateEdit was started anew"
            in screen.page.locator("#door-reason").inner_text()
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


def test_the_page_begins_with_the_server_s_own_settings(passing, portrait):
    finishes = {"size": "original", "harmonize": 0.4}
    with running(upstream="studio", policy=Policy({"coverage": "head", "fill": "white"}, finishes)) as server:
        screen = passing(server)
        page = screen.page
        said = []
        page.on(
            "request",
            lambda each: each.url.endswith("/seal") and said.append(each.post_data_json),
        )
        screen.pick(portrait)
        screen.one.get_by_text("Fine-tune").click()
        assert checked(screen) == ["low", "head", "superellipse", "white", "keep"]
        screen.preset()
        screen.see()
        assert said[0]["look"] == {"hide": None, "strokes": [], "boxes": []}
        assert (pixels(screen.payload) == 255).all(2).mean() > 0.05
        screen.step("hide")
        screen.one.get_by_label("Grey", exact=True).evaluate("(each) => each.click()")
        assert look_of(screen) == {"fill": "grey"}
        screen.one.get_by_label("White", exact=True).evaluate("(each) => each.click()")
        assert look_of(screen) == {}
        screen.one.get_by_label("None", exact=True).check(force=True)
        assert look_of(screen) == {"trust": "none"}
        screen.one.get_by_label("Low", exact=True).check(force=True)
        assert look_of(screen) == {"trust": "low"}  # which sets the server's single values aside
        assert checked(screen) == ["low", "face", "superellipse", "black", "keep"]
        assert finishing_of(screen)[0] == {"style_match": "auto", "blend": "auto", **finishes}
        screen.require_clean()


def checked(screen):
    return screen.page.evaluate(
        "[...document.querySelectorAll('#looks input:checked')].map((each) => each.value)"
    )


def finishing_of(screen):
    """The finishing of one photo, and of many."""
    both = "import('/static/result.js').then((found) => [found.finishing(), found.usualFinishing()])"
    return screen.page.evaluate(both)


def look_of(screen):
    return screen.page.evaluate("import('/static/state.js').then(({state}) => state.look)")


def test_what_is_no_photo_is_told_in_one_sentence(screen):
    screen.drop(b"GIF89a but not really", "broken.gif", "image/gif")
    screen.page.locator("#notice").wait_for()
    assert screen.notice.endswith(".")
    assert screen.standing == "Nothing has been sent"
    screen.page.get_by_role("button", name="Dismiss").click()
    assert screen.page.locator("#notice").is_hidden()


def test_a_closed_page_is_forgotten(browser, server, portrait):
    screen = Screen(browser, server).enter()
    assert "#" not in screen.page.url
    screen.pick(portrait)
    assert len(screen.visit.photos) == 1
    screen.leave()
    screen.wait_until(lambda: not screen.visit.photos)
    screen.context.close()

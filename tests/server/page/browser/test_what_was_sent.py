"""The line at the top, and every sentence beside it: what they say of what was sent stays true."""

from playwright.sync_api import expect
from tests.server.conftest import file_of
from tests.server.page.browser.test_many_photos import reviewed, shrunk

WORDS = "a warmer evening, same pose and framing"
NOTHING = "Nothing was sent"


def gone(route):
    route.abort()


def chosen(screen, portrait, name="other.png"):
    """Open a photo in place of the one that is open."""
    screen.page.set_input_files("#pick", {"name": name, "mimeType": "image/*", "buffer": portrait})


def test_a_send_is_remembered_for_the_whole_page(screen, service, portrait):
    page = screen.page
    screen.beat()
    assert ("GET", f"{screen.server.root}/api/session") in screen.asked  # with no photo open too
    page.route("**/api/session", gone)
    screen.beat()
    assert "does not answer" in screen.notice
    assert NOTHING in screen.notice  # the page knows it
    page.get_by_role("button", name="Dismiss").click()

    screen.pick(portrait)
    screen.ask(WORDS)
    assert not screen.asks_before_it_closes()
    screen.see().send()
    assert screen.standing.startswith("Sent to OpenAI at ")
    assert screen.asks_before_it_closes()
    screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    assert not screen.asks_before_it_closes()

    chosen(screen, portrait)
    page.locator("#ask-yes").click()
    page.locator("#tab-photo[aria-selected=true]").wait_for()
    page.locator("#tab-result:disabled").wait_for()
    assert screen.standing.startswith("Sent to OpenAI at ")
    page.locator("#to-many").click()
    page.set_input_files("#pick-files", [{"name": "a.png", "mimeType": "image/png", "buffer": portrait}])
    page.locator("#many-review").click()
    page.locator(".card[data-state=ready]").wait_for()
    assert screen.standing.startswith("Sent to OpenAI at ")
    screen.beat()
    assert "does not answer" in screen.notice
    assert NOTHING not in screen.notice

    said = {"message": "The page was forgotten, for a test. Nothing was sent.", "code": "unknown_key"}
    page.unroute("**/api/session")
    page.route("**/api/session", lambda route: route.fulfill(status=401, json={"error": said}))
    screen.beat()
    assert page.locator("#door-reason").inner_text() == "The page was forgotten, for a test."
    assert screen.standing.startswith("Sent to OpenAI at ")


def test_one_edit_at_a_time_and_what_is_unknown_stays(screen, service, hopper, portrait):
    small = file_of(shrunk(hopper))
    page = reviewed(screen, [("c.png", small), ("d.png", small)])
    held = []
    page.route("**/events", lambda route, _: held.append(route))
    page.locator("#many-send").click()
    screen.wait_until(lambda: held)
    assert screen.asks_before_it_closes()
    page.locator("#to-one").click()
    screen.pick(portrait)
    assert screen.standing == "Sending the masked picture to OpenAI…"
    assert page.locator("#see").is_disabled()
    assert "other tab is under way" in page.locator("#why").inner_text()
    page.route("**/api/session", gone)
    screen.beat()
    assert NOTHING not in screen.notice
    held[0].continue_()
    screen.wait_until(lambda: len(held) > 1)
    held[1].abort()
    expect(page.locator("#see")).to_be_enabled()
    assert screen.standing == (
        "Unknown for 1 masked picture whether it reached OpenAI. "
        "Sent to OpenAI: 1 masked picture and your words"
    )
    page.get_by_role("button", name="Dismiss").click()

    screen.ask(WORDS)
    screen.see()
    page.locator("#send").click()
    screen.wait_until(lambda: len(held) > 2)
    page.locator("#to-many").click()
    assert page.locator("#many-review").is_disabled()
    assert "other tab is under way" in page.locator("#many-why").inner_text()
    page.locator("#to-one").click()
    held[2].abort()
    page.locator("#notice-text", has_text="stopped answering during the edit").wait_for()
    screen.beat()
    assert "stopped answering during the edit" in screen.notice
    assert screen.standing.startswith("Unknown whether the masked picture reached OpenAI. Sent to OpenAI: 1 ")
    assert len(service.carried) == 1


def test_a_photo_that_is_still_being_opened_gives_way_to_a_send(screen, service, portrait):
    page, held, events = screen.page, [], []
    screen.pick(portrait)
    screen.ask(WORDS)
    screen.see()
    (first,) = screen.visit.photos
    page.route("**/api/photos", lambda route, _: held.append(route))
    page.route("**/events", lambda route, _: events.append(route))
    chosen(screen, portrait)
    page.locator("#ask-yes").click()
    screen.wait_until(lambda: held)
    page.locator("#send").click()
    screen.wait_until(lambda: events)
    with page.expect_request(lambda each: each.method == "DELETE") as closed:
        held[0].continue_()
    assert not closed.value.url.endswith(first)  # the edit under way is not stopped
    assert "The other photo was not opened" in screen.notice
    assert screen.standing == "Sending the masked picture to OpenAI…"
    events[0].continue_()
    page.locator("#report h3").wait_for()
    page.locator("#progress").wait_for(state="hidden")
    assert screen.standing.startswith("Sent to OpenAI at ")
    assert list(screen.visit.photos) == [first]
    _, name = screen.saved(lambda: screen.one.get_by_role("button", name="Download the final").click())
    assert name == "portrait-edited.png"
    assert len(service.carried) == 1


def test_what_another_app_edited_is_not_shown_for_another_photo(screen, portrait):
    page, held = screen.page, []
    screen.pick(portrait)
    screen.see()
    screen.one.get_by_text("I’ll use another app").click()
    screen.saved(lambda: screen.one.get_by_role("button", name="Download the masked").click())
    page.route("**/returned", lambda route, _: held.append((route, route.fetch())))
    screen.drop(screen.payload, "edited.png", "image/png", place="#return-zone")
    screen.wait_until(lambda: held)
    chosen(screen, portrait)
    page.locator("#ask-yes").click()
    expect(page.locator("#leaves-facts")).to_have_count(0)
    route, answer = held[0]
    route.fulfill(response=answer)
    screen.see()
    assert page.locator("#tab-result").is_disabled()
    assert page.locator("#report h3").count() == 0
    assert screen.standing.startswith("You took the masked picture with you")


def test_a_download_belongs_to_the_photo_it_was_asked_for(screen, portrait):
    page, held = screen.page, []
    page.route("**/download*", lambda route, _: held.append((route, route.fetch())))
    screen.pick(portrait)
    screen.preset()
    screen.see().send()
    button = screen.one.get_by_role("button", name="Download the final")
    with page.expect_download() as waited:
        button.click()
        screen.wait_until(lambda: held)
        screen.one.get_by_label("Format").select_option("jpeg")
        chosen(screen, portrait)
        page.locator("#ask-yes").click()
        expect(page.locator("#leaves-facts")).to_have_count(0)
        screen.preset()
        screen.see().send()
        route, answer = held[0]
        route.fulfill(response=answer)
    assert waited.value.suggested_filename == "portrait-edited.png"
    button.and_(page.locator(":enabled")).wait_for()
    assert screen.asks_before_it_closes()  # the second result was not downloaded

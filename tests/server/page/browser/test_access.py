"""The page for everybody: axe finds nothing, keys are enough, and no width cuts anything off."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path(__file__).with_name("node") / "node_modules" / "axe-core" / "axe.min.js"
SIZES = [(360, 760), (768, 1024), (1440, 900), (1920, 1080)]


RUN = """
(only) => axe.run(document, {resultTypes: ['violations'], ...(only ? {runOnly: only} : {})}).then(
  (found) => found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]))
"""


def require_no_violations(page):
    """Hold that axe finds nothing: everything in light, and what depends on colors in dark too."""
    for scheme, only in (("light", None), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(RUN, only)
        assert not found, (scheme, found)


def test_axe_finds_nothing_in_any_state(opened, portrait):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm was not there, or reached no registry")
    screen = opened(measured=True)
    page = screen.page
    page.evaluate(AXE.read_text("utf-8") + ";0")
    require_no_violations(page)
    screen.pick(portrait)
    page.locator("#meter .verdict").wait_for()
    screen.one.get_by_text("Fine-tune").click()
    require_no_violations(page)
    page.locator('#faces [data-face="0"]').uncheck()
    page.locator("#stage-note:not([hidden])").wait_for()
    require_no_violations(page)
    page.locator('#faces [data-face="0"]').check()
    screen.ask("make Eileen smile, eileen@example.org")
    page.locator(".names li").first.wait_for()
    require_no_violations(page)
    page.locator("#services select").first.select_option("studio")
    screen.one.get_by_label("Preset", exact=True).first.check(force=True)
    screen.preset()
    screen.see()
    page.locator("#sealed-meter .verdict").wait_for()
    screen.one.get_by_text("I’ll use another app").click()
    require_no_violations(page)
    screen.send()
    require_no_violations(page)
    page.locator("#to-many").click()
    require_no_violations(page)
    page.set_input_files("#pick-files", [{"name": "a.png", "mimeType": "image/png", "buffer": portrait}])
    page.locator("#many-review").click()
    page.locator(".card[data-state=ready]").wait_for()
    require_no_violations(page)
    page.evaluate("import('/static/session.js').then(({atDoor}) => atDoor('Why.'))")
    require_no_violations(page)


def test_keys_are_enough(screen, portrait):
    """From the opened photo to the result without a pointer."""
    screen.pick(portrait)
    page = screen.page
    screen.preset()
    screen.step("hide")
    page.locator("#canvas").focus()
    screen.key("+", "ArrowLeft", "0")
    seen = set()
    for _ in range(60):
        screen.key("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.face || ''"))
        if page.evaluate("document.activeElement.id") == "see":
            break
    assert {"0", "zoom-in", "peek"} <= seen
    screen.key("Enter")
    page.locator("#leaves-facts").wait_for()
    assert page.evaluate("document.activeElement.id") == "send"
    screen.key("Enter")
    page.locator("#report h3").wait_for()
    assert screen.standing == "Edited on this device. Nothing was sent"


def test_no_width_cuts_anything_off(opened, portrait):
    screen = opened()
    for size in SIZES:
        screen.resize(*size)
        assert wide(screen) <= size[0]
    screen.pick(portrait)
    for size in SIZES:
        screen.resize(*size)
        assert wide(screen) <= size[0]
        box = screen.page.locator("#send").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        if size[0] >= 1440:
            for step in ("hide", "ask", "leaves", "result"):  # all steps on one screen
                summary = screen.page.locator(f"#step-{step} > summary").bounding_box()
                foot = screen.page.locator("#actions").bounding_box()
                assert summary["y"] + summary["height"] <= foot["y"] + 1, step


def wide(screen):
    return screen.page.evaluate("document.documentElement.scrollWidth")


def test_every_string_is_in_one_file():
    """No markup, and no module but the one of strings, holds a sentence."""
    assert list(sentences("say('Not found'); // not this 'one here'")) == ["'Not found'"]
    assert list(sentences("a.closest('input, select'); b({ class: 'quiet small' })")) == []
    for each in (files("privateedit.server") / "static").iterdir():
        text = each.read_text("utf-8")
        if each.name.endswith(".js"):
            assert text.count("\n") < 400, each.name
            assert "innerHTML" not in text, each.name
            assert "Storage" not in text, each.name
            assert each.name == "strings.js" or not list(sentences(text)), each.name
        if each.name.endswith(".html"):
            assert "style=" not in text
            assert "onclick" not in text
            shown = re.sub(
                r"<noscript>.*?</noscript>|<[^>]*>", "|", text, flags=re.S
            )  # without scripts, no strings
            assert not re.findall(r"[A-Za-z]+ [A-Za-z]+", shown), each.name


LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.S
)
NO_SENTENCE = re.compile(r"(class: |closest\(|querySelector(All)?\()$")  # names of classes, and selectors


def sentences(module):
    """The literals of a module that hold two words or more and are no classes, selectors or comments."""
    for found in LITERAL.finditer(module):
        literal = found.group()
        bare = re.sub(r"\$\{[^}]*\}", "", literal)
        words = re.findall(r"(?<![\w.\[-])[A-Za-z]{2,}(?![\w\]=-])", bare)
        before = module[max(0, found.start() - 20) : found.start()]
        if literal[0] != "/" and " " in bare and len(words) > 1 and not NO_SENTENCE.search(before):
            yield literal


def test_a_phone_has_room_for_fingers(opened, portrait):
    screen = opened(size=(360, 760), phone=True)
    screen.pick(portrait)
    page = screen.page
    page.locator("#canvas").scroll_into_view_if_needed()
    page.touchscreen.tap(*screen.at(0.44, 0.22))
    page.locator("#faces").get_by_text("Face 1 shown").wait_for()
    page.touchscreen.tap(*screen.at(0.44, 0.22))
    page.locator("#faces").get_by_text("Face 1 hidden").wait_for()
    for each in page.locator("#one button:visible, #one summary:visible, #one .chip:visible").all():
        box = each.bounding_box()
        assert min(box["height"], box["width"]) >= 44, each.inner_text()
    x, y = screen.at(0.5, 0.5)
    fingers = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90), ("touchEnd", None)):
        points = [] if apart is None else [{"x": x - apart, "y": y}, {"x": x + apart, "y": y}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator("#zoom-level")).to_have_text(re.compile(r"^([2-9]|1\d)\d\d\b"))
    assert screen.faces() == ["Face 1 hidden"]  # a pinch is no click
    page.locator("#tool-kinds [data-tool=brush]").tap()
    expect(page.locator("#canvas")).to_have_css("touch-action", "none")

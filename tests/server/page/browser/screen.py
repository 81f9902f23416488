"""The page in a real browser, as a person uses it."""

import base64
import hashlib
import shutil
import time
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium")
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
NOTHING_TOLD = {
    "recognizer": True,
    "tells": False,
    "found": 0,
    "faces": [{"id": 0, "hidden": True, "told": False, "attacks": []}],
}
SOON = 20_000  # milliseconds that anything may take on a busy machine

NOTES = """
window.violations = [];
window.blobs = {};
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  const address = make(blob);
  window.blobs[address] = blob;
  return address;
};
const note = (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI);
document.addEventListener('securitypolicyviolation', note);
const every = window.setInterval;
window.setInterval = (task, ms) => {
  if (ms === 60000) window.beat = task;
  return every(task, ms);
};
"""
DROP = """
([bytes, name, type, place]) => {
  const file = new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], name, {type});
  const data = new DataTransfer();
  data.items.add(file);
  const target = document.querySelector(place);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
}
"""
PASTE = """
([bytes, name, type]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], name, {type}));
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}
"""
LAID_OUT = """
() => {
  const canvas = document.getElementById('canvas');
  const is = (pixels, side) => pixels === Math.round(side * devicePixelRatio);
  return is(canvas.width, canvas.clientWidth) && is(canvas.height, canvas.clientHeight);
}
"""
KEPT = """
async () => [localStorage.length, sessionStorage.length, document.cookie.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]
"""
SHOWN = """
() => new Promise((told) => {
  const reader = new FileReader();
  reader.onload = () => told(reader.result.split(',')[1]);
  reader.readAsDataURL(window.blobs[document.getElementById('payload').src]);
})
"""


def as_text(data):
    """Bytes on their way to the page: of a list Playwright looks at every number, ten seconds a megabyte."""
    return base64.b64encode(data).decode()


@contextmanager
def chromium():
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


class Screen:
    """One opened page, with everything it asked for and said."""

    def __init__(self, browser, server, *, size=(1440, 900), scheme="light", measured=False, phone=False):
        self.server = server
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=phone,
            is_mobile=phone,
        )
        self.context.set_default_timeout(SOON)
        self.page = self.context.new_page()
        self.one = self.page.locator("#one")
        self.asked, self.said = [], []
        if not measured:  # attacks take longer than all else; a few tests wait for real ones
            for name in ("leaks", "audit"):
                self.page.route(f"**/api/photos/*/{name}", lambda route: route.fulfill(json=NOTHING_TOLD))
        self.page.add_init_script(NOTES)
        self.page.on("request", lambda request: self.asked.append((request.method, request.url)))
        self.page.on("console", lambda line: self.said.append((line.type, line.text)))
        self.page.on("pageerror", lambda error: self.said.append(("error", str(error))))

    def enter(self, server=None):
        """Come in as `privateedit app` does."""
        self.server = server or self.server
        visits = self.server.guardian.visits
        before = set(visits._visits)
        self.page.goto(f"{self.server.root}/#{visits.ticket()}")
        self.page.locator("#empty").wait_for()
        (self.visit,) = [visit for key, visit in visits._visits.items() if key not in before]
        return self

    # a photo comes in

    def pick(self, data, name="portrait.png"):
        self.page.set_input_files("#pick", {"name": name, "mimeType": "image/*", "buffer": data})
        return self.opened()

    def drop(self, data, name, kind="image/jpeg", place="#empty"):
        self.page.evaluate(DROP, [as_text(data), name, kind, place])

    def paste(self, data, name, kind):
        self.page.evaluate(PASTE, [as_text(data), name, kind])

    def opened(self):
        self.page.locator("#one").wait_for()
        return self

    # what a person does

    def step(self, name):
        """Open one of the steps: hide, ask, leaves, result."""
        if self.page.locator(f"#step-{name}").get_attribute("open") is None:
            self.page.locator(f"#step-{name} > summary").click()

    def ask(self, words, service="openai"):
        """Ask a service for an edit in words."""
        self.step("ask")
        self.page.locator("#services select").first.select_option(service)
        self.one.get_by_label("In words").check(force=True)
        self.one.get_by_label("Instruction").fill(words)

    def preset(self, name="warm"):
        """Take a preset of the studio; this one is quick."""
        self.step("ask")
        self.page.locator("#words select").select_option(name)

    def see(self):
        """Look at what leaves; what an earlier look showed stands there until then."""
        self.page.locator("#see").click()
        self.page.locator("#see:not([aria-busy])").wait_for()
        self.page.locator("#leaves-facts").wait_for()
        return self

    def send(self):
        """Send it, and wait until it is done or has failed."""
        self.page.locator("#send").click()
        self.page.locator("#report h3, #notice:not([hidden])").first.wait_for()
        self.page.locator("#progress").wait_for(state="hidden")
        return self

    def beat(self):
        """Let the page tell the server now that it is open."""
        self.page.evaluate("window.beat()")

    def asks_before_it_closes(self):
        """Whether the browser would ask before it leaves the page."""
        return self.page.evaluate(
            "() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
        )

    def key(self, *names):
        for name in names:
            self.page.keyboard.press(name)

    def resize(self, width, height):
        """Give the window another size, and wait until the page has it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function("([x, y]) => innerWidth === x && innerHeight === y", arg=[width, height])

    def at(self, x, y):
        """Where a point of the photo, in shares of its sides, is on the screen while it is fitted."""
        self.page.wait_for_function(LAID_OUT)
        box = self.page.locator("#canvas").bounding_box()
        width, height = self.photo_size
        margin = min(20, box["width"] / 20)
        scale = min((box["width"] - 2 * margin) / width, (box["height"] - 2 * margin) / height)
        left = box["x"] + (box["width"] - width * scale) / 2
        top = box["y"] + (box["height"] - height * scale) / 2
        return left + x * width * scale, top + y * height * scale

    def click_photo(self, x, y):
        self.page.mouse.click(*self.at(x, y))

    def drag_photo(self, *points):
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point), steps=5)
        self.page.mouse.up()

    def wait_until(self, done):
        """Wait for what the page does not show; its requests are dealt with meanwhile."""
        until = time.monotonic() + SOON / 1000
        while not done():
            assert time.monotonic() < until, "it did not come so far"
            self.page.wait_for_timeout(50)

    # what is seen

    @property
    def standing(self):
        return self.page.locator("#standing").inner_text()

    @property
    def notice(self):
        return self.page.locator("#notice-text").inner_text()

    @property
    def photo_size(self):
        state = "import('/static/state.js').then(({state}) => [state.photo.width, state.photo.height])"
        return self.page.evaluate(state)

    @property
    def payload(self):
        """The bytes of the picture that is shown as leaving."""
        return base64.b64decode(self.page.evaluate(SHOWN), validate=True)

    @property
    def digest(self):
        return self.page.locator("#leaves-facts .digest").inner_text()

    def width_of(self, image):
        """How wide a picture is, once there is one: one without an address cannot be decoded, and says so."""
        image.and_(self.page.locator('[src^="blob:"]')).wait_for()
        return image.evaluate("(each) => each.decode().then(() => each.naturalWidth)")

    def faces(self):
        """What the list says of each face."""
        return [" ".join(each.split()) for each in self.page.locator("#faces .chip").all_inner_texts()]

    def saved(self, press):
        """The file that a press of a button saves, and its name."""
        with self.page.expect_download() as waited:
            press()
        return waited.value.path().read_bytes(), waited.value.suggested_filename

    # what must always hold

    def require_clean(self):
        """Hold that it asked nobody but its server, kept its policy, stored nothing and made no mistake."""
        assert not [url for _, url in self.asked if not url.startswith((f"{self.server.root}/", "blob:"))]
        answered = "Failed to load resource"  # how a browser notes a status of 4xx
        assert not [text for kind, text in self.said if kind in ("error", "warning") and answered not in text]
        assert self.page.evaluate("window.violations") == []
        assert self.page.evaluate(KEPT) == [0, 0, 0, 0, 0]

    def leave(self):
        """Go to another page of the server.

        A page that is left for another site, or closed, the browser gives half a second for its last words,
        which come to nothing on a slow machine.
        """
        self.page.unroute_all()
        self.page.goto(f"{self.server.root}/healthz")

    def close(self):
        """Leave as a person does, so that the server forgets the photo, and wait for that."""
        gone = self.page.is_closed() or not self.page.url.startswith("http")
        if not gone and not self.server.server.should_exit:
            known = self.page.evaluate("import('/static/api.js').then((api) => api.isSignedIn())")
            self.leave()
            self.wait_until(lambda: not (known and self.visit.photos))
        self.context.close()


def sha256(data):
    return hashlib.sha256(data).hexdigest()

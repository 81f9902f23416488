"""What any page that a person visits can try against a server on their machine: ask it, or read it."""

import json
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.standins.raw_client import EDITS, asked, file, form, head, text

CHROMIUM = shutil.which("chromium")
STALE = "pe-" + "a" * 43


def edit(proxy, portrait, *headers, host=None):
    kind, body = form([text("prompt", "a warmer evening"), file("image", portrait)])
    said = [("Content-Type", kind), ("Content-Length", len(body)), *headers]
    return asked(proxy.port, head(port=proxy.port, host=host, headers=said) + body)


def token(proxy):
    return ("Authorization", f"Bearer {proxy.token}")


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:{port}",
        "127.0.0.1.nip.io:{port}",
        "127.0.0.1",
        "0.0.0.0:{port}",
        "",
    ],
)
def test_a_name_that_was_pointed_at_this_machine_is_refused(proxy, service, portrait_file, host):
    heard = edit(proxy, portrait_file, token(proxy), host=host.format(port=proxy.port))
    if host:
        assert (heard.status, heard.code) == (421, "wrong_host")
    else:  # HTTP/1.1 wants a name
        assert heard.status in (400, 421)
    assert not service.asked


def test_two_names_are_refused(proxy, service, portrait_file):
    heard = edit(proxy, portrait_file, token(proxy), ("Host", "rebound.example"))
    assert heard.status in (400, 421)
    for path in ("/healthz", "/metrics", "/openapi.json", "/v1/models"):
        said = head("GET", path, port=proxy.port, headers=[("Host", f"127.0.0.1:{proxy.port}")])
        assert asked(proxy.port, said).status in (400, 421)
    assert not service.asked


PAGES = [
    [("Origin", "http://evil.example")],
    [("Origin", "null")],
    [("Origin", "http://127.0.0.1:1")],
    [("Origin", "file://")],
    [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-site")],
    [("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")],
    [("Origin", "http://127.0.0.1:{port}"), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", "http://127.0.0.1:{port}"), ("Origin", "http://evil.example")],
]


@pytest.mark.parametrize("said", PAGES, ids=range(len(PAGES)))
def test_another_page_is_refused_even_with_the_token(proxy, service, portrait_file, said):
    headers = [(name, value.format(port=proxy.port)) for name, value in said]
    heard = edit(proxy, portrait_file, token(proxy), *headers)
    assert (heard.status, heard.code) == (403, "wrong_origin")
    assert not heard.all("access-control-allow-origin")
    assert not service.asked


KEYS = [
    [],
    [("Authorization", "Bearer ")],
    [("Authorization", f"Bearer {STALE}")],
    [("Authorization", f"bearer  {STALE}")],
    [("Authorization", f"Bearer\t{STALE}")],
    [("Authorization", f"Basic {STALE}")],
    [("Api-Key", STALE)],
    [("X-PrivateEdit-Token", STALE)],
    [("X-PrivateEdit-Token", STALE), ("Authorization", "Bearer sk-own")],
    [("Authorization", f"Bearer PE-{STALE[3:]}")],
    [("Authorization", f"Bearer {STALE}"), ("Api-Key", "sk-own")],
    [("Authorization", f'Bearer "{STALE}"')],
    [("Authorization", f"Bearer Bearer {STALE}")],
]


@pytest.mark.parametrize("said", KEYS, ids=range(len(KEYS)))
def test_no_token_of_this_server_old_or_wrong_is_ever_passed_on(proxy, service, portrait_file, said):
    heard = edit(proxy, portrait_file, *said)
    assert (heard.status, heard.code) == (401, "invalid_api_key")
    assert STALE not in heard.body.decode()
    assert not service.asked


# a real browser

PAGE = """<!doctype html><title>evil</title><script>
const target = TARGET, token = TOKEN, photo = Uint8Array.from(atob(PHOTO), c => c.charCodeAt(0));
const form = () => { const f = new FormData(); f.append("prompt", "a warmer evening");
  f.append("image", new Blob([photo], {type: "image/png"}), "a.png"); return f; };
const key = {"Authorization": "Bearer " + token};
const tries = {
  simple: () => fetch(target + "EDITS", {method: "POST", headers: {"Content-Type": "text/plain"}, body: "x"}),
  unread: () => fetch(target + "EDITS", {method: "POST", mode: "no-cors", body: form()}),
  multipart: () => fetch(target + "EDITS", {method: "POST", body: form()}),
  keyed: () => fetch(target + "EDITS", {method: "POST", headers: key, body: form()}),
  own: () => fetch(target + "EDITS", {method: "POST", headers: {"X-PrivateEdit-Token": token}, body: form()}),
  models: () => fetch(target + "/v1/models", {headers: key}),
  health: () => fetch(target + "/healthz"),
  metrics: () => fetch(target + "/metrics"),
  document: () => fetch(target + "/openapi.json"),
  with_credentials: () => fetch(target + "/v1/models", {credentials: "include"}),
};
async function run() {
  const found = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try {
      const r = await attempt();
      found[name] = r.type === "opaque" ? "opaque" : r.status + await r.text();
    } catch (e) { found[name] = "refused"; }
  }
  return found;
}
</script>
<form id=f method=post enctype=multipart/form-data target=frame action="ACTION">
<input name=prompt value=x></form>
<iframe name=frame></iframe>"""


@contextmanager
def page_elsewhere(content):
    """Another site, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def page_against(proxy, portrait):
    import base64

    content = PAGE.replace("ACTION", f"{proxy.root}{EDITS}").replace("EDITS", EDITS)
    for name, value in {
        "TARGET": proxy.root,
        "TOKEN": proxy.token,
        "PHOTO": base64.b64encode(portrait).decode(),
    }.items():
        content = content.replace(name, json.dumps(value), 1)
    return content.encode()


@contextmanager
def browser_page():
    from playwright.sync_api import sync_playwright

    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
    ]
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, headless=True, args=quiet)
        try:
            yield browser.new_page()
        finally:
            browser.close()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
def test_a_page_in_a_real_browser_reaches_no_service_and_reads_no_answer(proxy, service, portrait_file):
    """Even a page that has got hold of the token."""
    with page_elsewhere(page_against(proxy, portrait_file)) as address, browser_page() as page:
        page.goto(address)
        found = page.evaluate("run()")
        assert found.pop("unread") == "opaque"
        assert set(found.values()) == {"refused"}, found
        assert len(found) == 9
        with page.expect_response(lambda answer: EDITS in answer.url) as posted:
            page.evaluate("document.getElementById('f').submit()")
        assert posted.value.status == 403
    assert not service.asked
    assert proxy.guardian.desk.inside == 0
    assert proxy.edit(portrait_file).status_code == 200  # who may, still can

"""Bodies that mean harm: bombs, polyglots, forms that break off, names that would break an answer's head."""

import base64
import io
import json
import logging
import struct
import threading
import time
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.server.conftest import file_of, require_face_back, require_nothing_hidden_left
from tests.standins.openai import OpenAIStandIn
from tests.standins.raw_client import EDITS, asked, eventually, file, form, head, text
from tests.standins.server import bomb

PROMPT = text("prompt", "a warmer evening")


@pytest.fixture(scope="module")
def mended(request):
    """One proxy for all bodies of this file."""
    with pytest.MonkeyPatch.context() as patch, OpenAIStandIn() as service:
        patch.setenv("OPENAI_API_KEY", service.key)
        patch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", service.url)
        from tests.server.conftest import running

        with running() as proxy:
            proxy.service = service
            yield proxy


@pytest.fixture
def proxy(mended, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", mended.service.key)
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", mended.service.url)
    mended.service.asked.clear()
    yield mended
    assert eventually(lambda: mended.guardian.desk.budget.taken == 0)
    assert not [each for each in caplog.records if each.exc_info or "Traceback" in each.getMessage()]


def post(proxy, parts, *more, boundary="b"):
    kind, body = form(parts, boundary)
    return post_raw(proxy, body, kind, *more)


def post_raw(proxy, body, kind, *more, path=EDITS):
    headers = [
        ("Content-Type", kind),
        ("Content-Length", len(body)),
        ("Authorization", f"Bearer {proxy.token}"),
        *more,
    ]
    return asked(proxy.port, head(path=path, port=proxy.port, headers=headers) + body, 60)


def png(width, height, data, more=b""):
    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def text_bomb():
    """A PNG whose comment is 64 MiB once it is unpacked."""
    content = b"Comment\0\0" + zlib.compress(bytes(64 << 20))
    text = (
        struct.pack(">I", len(content)) + b"zTXt" + content + struct.pack(">I", zlib.crc32(b"zTXt" + content))
    )
    return png(64, 64, zlib.compress(bytes(64 * 193)), text)


def gif_of_many_pictures():
    written = io.BytesIO()
    frames = [Image.new("P", (64, 64), index % 2) for index in range(300)]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    return written.getvalue()


BOMBS = {
    "sides": bomb,
    "a long row": lambda: png(2_000_000_000, 1, zlib.compress(bytes(1000))),
    "more data than pixels": lambda: png(64, 64, zlib.compress(bytes(200 << 20), 9)),
    "text": text_bomb,
    "no picture": lambda: b"GIF89a" + bytes(100),
    "script": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n(/etc/passwd) (r) file\n",
    "archive": lambda: b"PK\x03\x04" + bytes(100),
    "page": lambda: b"%PDF-1.7\n" + bytes(100),
    "many pictures": gif_of_many_pictures,
    "nothing": lambda: b"",
}
"""Only their names are needed where tests are collected, in every process of a run."""


@cache
def made(name):
    return BOMBS[name]()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_as_a_photo_is_refused_quickly(proxy, name):
    start = time.monotonic()
    heard = post(proxy, [PROMPT, file("image", made(name))])
    assert heard.status == 400
    assert heard.code in ("invalid_image_file", "no_face_found")
    assert time.monotonic() - start < 10
    assert not proxy.service.asked


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_as_a_mask_is_refused_quickly(proxy, name, portrait_file):
    start = time.monotonic()
    heard = post(proxy, [PROMPT, file("image", portrait_file), file("mask", made(name))])
    assert (heard.status, heard.error["param"]) == (400, "mask")
    assert time.monotonic() - start < 15
    assert not proxy.service.asked


def test_a_bomb_in_base64_is_refused(proxy):
    address = "data:image/png;base64," + base64.b64encode(bomb()).decode()
    said = json.dumps({"prompt": "warmer", "images": [{"image_url": address}]}).encode()
    assert post_raw(proxy, said, "application/json").code == "invalid_image_file"
    assert not proxy.service.asked


def test_deep_and_wide_json_is_refused_quickly(proxy):
    for said in (
        b"[" * 1_000_000,
        b'{"prompt":' * 100_000,
        b'{"prompt": "x", "a": [' + b"0," * 5_000_000 + b"0]}",
        b"{" + b",".join(b'"k%d": 1' % index for index in range(500_000)) + b"}",
        b'{"prompt": ' + b"9" * 1_000_000 + b"}",
        b'{"n": 1e999999, "prompt": NaN}',
        b'{"prompt": "\\ud800", "images": []}',
        b"\xff\xfe{\x00}\x00",
    ):
        start = time.monotonic()
        heard = post_raw(proxy, said, "application/json")
        assert heard.status == 400
        assert heard.error["sent"] == "no"
        assert time.monotonic() - start < 5
    assert not proxy.service.asked


def test_a_polyglot_is_sent_as_the_picture_it_is_and_nothing_else(proxy, astronaut, portrait_file):
    """What is appended to a picture, such as an archive, a page or the photo itself, does not leave."""
    hidden = b"PK\x03\x04 <script>alert(1)</script> " + file_of(astronaut.pixels, "JPEG") + portrait_file
    heard = post(proxy, [PROMPT, file("image", portrait_file + hidden, "a.html", "text/html")])
    assert heard.status == 200
    (sent,) = proxy.service.asked
    assert b"PK\x03\x04 <script>" not in sent.body
    assert b"text/html" not in sent.body
    require_nothing_hidden_left(proxy.service, astronaut.pixels)
    require_face_back(base64.b64decode(heard.json()["data"][0]["b64_json"]), astronaut.pixels)


def test_a_form_that_breaks_off_never_passes_for_a_whole_one(proxy, portrait_file):
    kind, body = form([PROMPT, file("image", portrait_file)])
    for cut in (2, 4, 5, 6, 7, 30, len(portrait_file) // 2, len(body) - 80):
        heard = post_raw(proxy, body[:-cut], kind)
        whole_enough = b"--b--" in body[:-cut]  # the line break after it is not part of it (RFC 2046, 5.1.1)
        assert whole_enough == (heard.status == 200), cut
        assert len(proxy.service.asked) == whole_enough, cut
        proxy.service.asked.clear()


@pytest.mark.parametrize("name", ["prompt", "model", "n", "size", "output_format", "stream"])
def test_a_part_that_is_named_twice_is_refused(proxy, portrait_file, name):
    """Who reads the first and who reads the last would see different requests."""
    values = {"n": ("1", "1"), "size": ("auto", "1024x1024"), "stream": ("false", "true")}
    one, two = values.get(name, ("png", "png"))
    more = [] if name == "prompt" else [PROMPT]
    heard = post(proxy, [*more, text(name, one), text(name, two), file("image", portrait_file)])
    assert (heard.status, heard.error["param"]) == (400, name)
    assert not proxy.service.asked


def test_a_second_mask_is_refused(proxy, portrait_file):
    parts = [PROMPT, file("image", portrait_file), file("mask", portrait_file), file("mask[]", portrait_file)]
    assert post(proxy, parts).status == 400
    assert not proxy.service.asked


def test_json_that_names_a_thing_twice_is_refused(proxy, portrait_file):
    address = json.dumps({"image_url": "data:image/png;base64," + base64.b64encode(portrait_file).decode()})
    said = f'{{"prompt": "a", "images": [], "images": [{address}], "prompt": "b"}}'.encode()
    heard = post_raw(proxy, said, "application/json")
    assert (heard.status, heard.code) == (400, "invalid_json")
    assert not proxy.service.asked


SPLITS = ["a\r\nX-Evil: 1", "a\rX-Evil: 1", "é\u2028X-Evil: 1", "a\0b😀"]


@pytest.mark.parametrize("evil", SPLITS, ids=range(len(SPLITS)))
def test_no_name_breaks_the_head_of_an_answer_or_of_what_is_sent(proxy, portrait_file, evil):
    said = {"prompt": "warmer", "model": evil, evil: evil, "images": []}
    photo = file("image", portrait_file)
    answers = [
        post(proxy, [PROMPT, (f'Content-Disposition: form-data; name="{evil}"', b"x")]),
        post(proxy, [PROMPT, photo, text("model", evil + "\n")]),
        post(proxy, [PROMPT, photo, file("mask", b"x", evil)]),
        post(proxy, [PROMPT, text("quality", evil), text(evil, "x"), file("image", portrait_file, evil)]),
        post(proxy, [PROMPT, text("size", evil), file("image", portrait_file, "a.png", evil)]),
        post_raw(proxy, json.dumps(said).encode(), "application/json"),
        post_raw(proxy, b"{}", "application/json", path="/openai/deployments/%0d%0aX-Evil:%201/images/edits"),
    ]
    for heard in answers:
        assert not heard.all("x-evil")
        assert all(each.isascii() and each.isprintable() for _, each in heard.headers)
        if heard.status != 200:
            assert heard.error["sent"] == "no"
    for each in proxy.service.asked:
        assert "x-evil" not in each.headers
        assert b"evil" not in each.body.lower()


def test_own_headers_that_would_break_the_head_are_refused(proxy, portrait_file):
    for value in ("face\x0bX-Evil: 1", "é", "a" * 5000, "nan", "1e999", "-1", "../..", "__class__"):
        for name in ("X-PrivateEdit-Coverage", "X-PrivateEdit-Grow", "X-PrivateEdit-Faces"):
            heard = post(proxy, [PROMPT, file("image", portrait_file)], (name, value))
            assert heard.status == 400, (name, value)
            assert not heard.all("x-evil")
    assert not proxy.service.asked


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="' + "a" * 5000 + '"',
        "multipart/form-data; boundary=b; charset=utf-7",
        "multipart/form-data; boundary=b; charset=idna",
        "multipart/form-data; boundary=b; charset=base64",
        "multipart/form-data; boundary=b; charset=undefined",
        "multipart/form-data; boundary=b; charset=unicode_escape",
        "multipart/mixed; boundary=b",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-32",
        "",
        ";;;",
    ],
)
def test_odd_content_types_are_answered(proxy, kind):
    faceless = file_of(np.full((64, 64, 3), 90, np.uint8))
    heard = post_raw(proxy, form([PROMPT, file("image", faceless)])[1], kind)
    assert heard.status in (400, 415)
    assert heard.code in ("no_face_found", "invalid_form", "unsupported_media_type", "invalid_json")
    assert not proxy.service.asked


def test_an_upload_is_never_in_a_file(proxy, portrait_file):
    """While large pictures are read, the process opens no file that lies on the disk without a name."""
    before, opened, stop = set(_open_files()), set(), threading.Event()

    def watch():
        while not stop.is_set():
            opened.update(_open_files())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
        heard = post(proxy, [PROMPT, file("image", file_of(noise, compress_level=0)), text("n", "none")])
    finally:
        stop.set()
        watcher.join()
    assert heard.status == 400
    assert any(each.startswith("socket:") for each in opened)
    assert not [each for each in opened - before if "(deleted)" in each or "memfd" in each]


def _open_files():
    return [found for each in Path("/proc/self/fd").iterdir() if (found := _target(each))]


def _target(link):
    try:
        return str(link.readlink())
    except OSError:
        return None

import tempfile

import anyio
import pytest
from starlette.datastructures import Headers

from privateedit.errors import NotServed
from privateedit.server.asked import Attached
from privateedit.server.limits import ServerLimits
from privateedit.server.multipart import fields_of_form, stem_of

LIMITS = ServerLimits(file=4 << 20, files=3, fields=4, text=1000)
KIND = "multipart/form-data; boundary=b"


def part(name, content, file=None, more=""):
    said = f'Content-Disposition: form-data; name="{name}"'
    said += "" if file is None else f'; filename="{file}"\r\nContent-Type: image/png'
    return f"--b\r\n{said}{more}\r\n\r\n".encode() + content + b"\r\n"


def read(body, kind=KIND, limits=LIMITS, pieces=7):
    async def stream():
        step = max(1, len(body) // pieces)
        for start in range(0, len(body), step):
            yield body[start : start + step]

    return anyio.run(lambda: fields_of_form(Headers({"content-type": kind}), stream(), limits))


def code(body, **more):
    with pytest.raises(NotServed) as caught:
        read(body, **more)
    return caught.value.code


def test_texts_and_files_come_in_order_with_their_bytes():
    body = part("prompt", "wärmer".encode()) + part("image[]", b"\x00\r\n--x", "é b.png") + b"--b--\r\n"
    (name, text), (second, file) = read(body)
    assert (name, text, second) == ("prompt", "wärmer", "image[]")
    assert (file.data, file.stem) == (b"\x00\r\n--x", "é b")


@pytest.mark.parametrize("pieces", [1, 2, 13, 1000])
def test_a_body_may_come_in_any_pieces(pieces):
    body = part("prompt", b"x") + part("image", bytes(range(256)) * 40, "a.png") + b"--b--\r\n"
    (_, _), (_, file) = read(body, pieces=pieces)
    assert file.data == bytes(range(256)) * 40


def test_no_file_is_ever_made(monkeypatch):
    def refuse(*_):
        raise AssertionError("a file was made")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    body = part("image", bytes(3 << 20), "a.png") + b"--b--\r\n"
    ((_, file),) = read(body)
    assert len(file.data) == 3 << 20


@pytest.mark.parametrize("cut", [1, 3, 6, 20, 60])
def test_a_form_that_breaks_off_is_none(cut):
    body = part("prompt", b"x") + part("image", b"0123456789", "a.png") + b"--b--\r\n"
    assert code(body[: -cut - 2]) == "invalid_form"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", KIND),
        (b"nonsense", KIND),
        (part("a", b"x") + b"--b--", "multipart/form-data"),
        (b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n", KIND),
        (b"--b\r\nContent-Disposition\r\n\r\nx\r\n--b--\r\n", KIND),
    ],
)
def test_what_is_no_form_is_refused(body, kind):
    assert code(body, kind=kind) == "invalid_form"


def test_there_are_bounds_on_files_fields_and_sizes():
    end = b"--b--\r\n"
    assert code(b"".join(part("image", b"x", "a.png") for _ in range(4)) + end) == "invalid_form"
    assert code(b"".join(part("a", b"x") for _ in range(5)) + end) == "invalid_form"
    assert code(part("prompt", b"x" * 1001) + end) == "invalid_form"
    small = ServerLimits(file=100)
    assert code(part("image", bytes(101), "a.png") + end, limits=small) == "picture_too_large"


def test_a_refusal_repeats_nothing_of_the_body():
    with pytest.raises(NotServed) as caught:
        read(b"--b\r\nAnna: Schmidt\r\n\r\nsecret\r\n--b--\r\n")
    assert not any(word in caught.value.message for word in ("Anna", "Schmidt", "secret"))


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("anna.jpg", "anna"),
        ("/home/x/anna.schmidt.jpg", "anna.schmidt"),
        ("C:\\x\\anna.jpg", "anna"),
        ("upload", "upload"),
        ("", ""),
    ],
)
def test_a_name_counts_without_folders_and_ending(name, stem):
    assert stem_of(name) == stem


def test_content_of_any_name_is_kept_as_it_came():
    body = part("image", b"data", 'a%22b".png"') + b"--b--\r\n"
    try:
        ((_, file),) = read(body)
    except NotServed:
        return
    assert isinstance(file, Attached)
    assert file.data == b"data"

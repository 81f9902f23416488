import json

import anyio
import pytest
from starlette.requests import Request

from privateedit.errors import NotServed
from privateedit.server.desk import Desk
from privateedit.server.limits import ServerLimits
from privateedit.server.page.bodies import Look
from privateedit.server.page.reading import attached_to, said_in

FORM = "multipart/form-data; boundary=x"


def request(body, kind):
    pieces = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return pieces.pop(0)

    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def part(name, value, filename=None):
    named = f'; filename="{filename}"' if filename else ""
    return f'--x\r\ncontent-disposition: form-data; name="{name}"{named}\r\n\r\n{value}\r\n'


def read(work):
    desk = Desk(ServerLimits(file=2000))
    found = anyio.run(work, desk)
    assert desk.budget.taken == 0
    return found


async def attached(body, kind, desk):
    with desk.budget.share() as take:
        return await attached_to(request(body, kind), "photo", desk, take)


def refusal(work):
    with pytest.raises(NotServed) as caught:
        read(work)
    return caught.value.status, caught.value.code


def test_json_is_read():
    body = json.dumps({"grow": 0.5}).encode()
    assert (
        read(lambda desk: said_in(request(body, "application/json; charset=utf-8"), Look, desk)).grow == 0.5
    )


@pytest.mark.parametrize(
    ("body", "kind", "wrong"),
    [
        (b"{}", "text/plain", (415, "unsupported_media_type")),
        (b"{", "application/json", (400, "invalid_body")),
        (b" " * (8 << 20) + b" ", "application/json", (413, "request_too_large")),
    ],
)
def test_other_bodies_are_refused(body, kind, wrong):
    assert refusal(lambda desk: said_in(request(body, kind), Look, desk)) == wrong


def test_a_file_and_its_fields_are_read():
    body = (part("photo", "data", "a.png") + part("size", "edited") + "--x--\r\n").encode()
    found, fields = read(lambda desk: attached(body, FORM, desk))
    assert (found.data, found.stem, fields) == (b"data", "a", {"size": "edited"})


@pytest.mark.parametrize(
    ("body", "kind", "wrong"),
    [
        ("--x--\r\n", FORM, (400, "invalid_form")),
        (part("photo", "text") + "--x--\r\n", FORM, (400, "invalid_form")),
        (part("photo", "a", "a") * 2 + "--x--\r\n", FORM, (400, "invalid_form")),
        (part("photo", "a", "a") + part("other", "b", "b") + "--x--\r\n", FORM, (400, "invalid_form")),
        (part("photo", "a", "a") + part("size", "1") * 2 + "--x--\r\n", FORM, (400, "invalid_form")),
        (part("photo", "a" * 2001, "a") + "--x--\r\n", FORM, (413, "picture_too_large")),
        (part("photo", "a", "a"), FORM, (400, "invalid_form")),
        ("{}", "application/json", (415, "unsupported_media_type")),
    ],
)
def test_other_forms_are_refused(body, kind, wrong):
    assert refusal(lambda desk: attached(body.encode(), kind, desk)) == wrong

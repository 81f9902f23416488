"""OpenAI's own Python library through the proxy: everything it can attach, and everything that can fail.

`test_guide` has Azure's client.
"""

import asyncio
import base64
import io
import threading
import time

import numpy as np
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from PIL import Image
from tests.clients.conftest import QUICK, edits_at
from tests.server.conftest import (
    PROMPT,
    file_of,
    likeness,
    require_face_back,
    require_nothing_hidden_left,
    running,
)
from tests.standins.pictures import found_in
from tests.standins.server import Answer, Fault

from privateedit.server.limits import ServerLimits


@pytest.fixture
def client(proxy):
    with OpenAI(base_url=proxy.url, api_key=proxy.token) as found:
        yield found


def pictures(answer):
    return [base64.b64decode(each.b64_json) for each in answer.data]


HOPPERS_EYES = (slice(165, 225), slice(185, 345))

WAYS = {
    "bytes": lambda photo: photo.data,
    "path": lambda photo: photo.path,
    "tuple": lambda photo: ("portrait.png", photo.data, "image/png"),
    "list": lambda photo: [photo.data],
    "memory": lambda photo: io.BytesIO(photo.data),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_a_photo_is_attached_its_face_stays_here(way, client, service, photo):
    answer = client.images.edit(model="gpt-image-2", image=WAYS[way](photo), prompt=PROMPT)
    (final,) = pictures(answer)
    require_face_back(final, photo.pixels)
    assert (edits_at(service), answer.output_format) == (1, "png")
    for asked in service.asked:
        assert b"Eileen" not in asked.raw_head + asked.body


def test_by_default_the_face_takes_on_the_light_too(service, photo):
    with running() as proxy, OpenAI(base_url=proxy.url, api_key=proxy.token) as client:
        answer = client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    require_face_back(*pictures(answer), photo.pixels)


def test_the_check_would_notice_a_face(service, photo):
    """The control: the same call without the proxy shows the face, and the check says so."""
    large = file_of(np.asarray(Image.fromarray(photo.pixels).resize((1024, 1024))))
    attached = ("photo.png", large, "image/png")
    service.redraw = lambda picture, hidden: picture
    with OpenAI(base_url=service.url, api_key=service.key) as direct:
        direct.images.edit(model="gpt-image-2", image=attached, prompt=PROMPT, size="1024x1024")
    with pytest.raises(AssertionError):
        require_nothing_hidden_left(service, photo.pixels)
    service.asked.clear()  # this was sent without the proxy


def test_a_stranger_would_be_noticed(client, service, photo, stranger_redraws):
    """The control: what the service draws is not the astronaut, and the check says so."""
    sent, hidden = sent_only(client, service, photo)
    with pytest.raises(AssertionError):
        require_face_back(file_of(stranger_redraws(sent, hidden)), photo.pixels)


def sent_only(client, service, photo, **more):
    """Have the service fail, and return the picture that it got, and where its mask says that it may draw."""
    service.status = 500
    with pytest.raises(openai.InternalServerError):
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT, **more)
    found = [Image.open(io.BytesIO(each)) for each in found_in(service.asked[-1].body)]
    (picture,) = (np.asarray(each) for each in found if each.mode == "RGB")
    (hidden,) = (np.asarray(each)[..., 3] == 0 for each in found if each.mode == "RGBA")
    return picture, hidden


def test_async(proxy, photo):
    async def edited():
        async with AsyncOpenAI(base_url=proxy.url, api_key=proxy.token) as client:
            return await client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)

    require_face_back(*pictures(asyncio.run(edited())), photo.pixels)


def test_stream(client, photo):
    events = list(
        client.images.edit(
            model="gpt-image-2", image=photo.data, prompt=PROMPT, stream=True, partial_images=2
        )
    )
    assert [each.type for each in events] == ["image_edit.completed"]  # partial ones show a stranger
    require_face_back(base64.b64decode(events[0].b64_json), photo.pixels)


def test_async_stream(proxy, photo):
    async def collected():
        async with AsyncOpenAI(base_url=proxy.url, api_key=proxy.token) as client:
            stream = await client.images.edit(
                model="gpt-image-2", image=photo.data, prompt=PROMPT, stream=True
            )
            return [event async for event in stream]

    (event,) = asyncio.run(collected())
    require_face_back(base64.b64decode(event.b64_json), photo.pixels)


def test_raw_response_tells_what_was_done(client, service, photo):
    raw = client.images.with_raw_response.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    require_face_back(*pictures(raw.parse()), photo.pixels)
    told = {name: raw.headers[f"x-privateedit-{name}"] for name in ("faces", "sealed", "provider", "sent")}
    assert told == {"faces": "1", "sealed": "yes", "provider": "openai", "sent": "yes"}
    assert raw.headers["x-privateedit-digest"].startswith("sha256:")
    assert raw.headers["x-privateedit-regime"] in ("face", "hole", "scene")


def test_headers_choose_how_much_is_hidden(client, service, photo):
    shares = [
        sent_only(client, service, photo, extra_headers=headers)[1].mean()
        for headers in ({}, {"X-PrivateEdit-Coverage": "head"})
    ]
    assert 0 < shares[0] < shares[1]


def test_own_key_is_passed_on_and_the_token_never_is(proxy, service, photo, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with OpenAI(base_url=proxy.url, api_key=service.key) as client:
        answer = client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    require_face_back(*pictures(answer), photo.pixels)
    with OpenAI(base_url=proxy.url, api_key=proxy.token) as client, pytest.raises(openai.AuthenticationError):
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    assert all(proxy.token.encode() not in asked.raw_head for asked in service.asked)


def test_several_images(client, service, photo, second):
    answer = client.images.edit(model="gpt-image-2", image=[photo.data, second.path], prompt=PROMPT)
    require_face_back(*pictures(answer), photo.pixels)
    assert edits_at(service) == 1
    sent = [each for each in found_in(service.asked[-1].body) if Image.open(io.BytesIO(each)).mode == "RGB"]
    assert len(sent) == 2
    fitted = Image.open(io.BytesIO(sent[1])).resize(second.pixels.shape[1::-1])
    assert likeness(np.asarray(fitted)[HOPPERS_EYES], second.pixels[HOPPERS_EYES]) < 0.2
    service.asked[-1].body = sent[0]  # what is left to be looked at: the first


def test_mask(client, service, photo, stranger_redraws):
    def redraw(picture, hidden):
        """Draw the stranger where the face was, not in the middle of all that may change."""
        upper = np.arange(len(hidden))[:, None] < len(hidden) / 2
        return stranger_redraws(picture, hidden & upper)

    service.redraw = redraw
    lower = np.full((512, 512, 4), 255, np.uint8)
    lower[300:, :, 3] = 0
    mask = ("mask.png", file_of(lower), "image/png")
    answer = client.images.edit(model="gpt-image-2", image=photo.path, mask=mask, prompt=PROMPT)
    require_face_back(*pictures(answer), photo.pixels)
    found = (Image.open(io.BytesIO(each)) for each in found_in(service.asked[-1].body))
    (sent,) = (each for each in found if each.mode == "RGBA")
    wanted = np.asarray(sent.resize((512, 512)))[..., 3] == 0
    assert wanted[320:].mean() > 0.95  # what the client wants changed
    assert wanted[112, 225]  # and the face
    assert not wanted[:40, :100].any()


def test_several_results(client, service, photo):
    answer = client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT, n=2)
    assert len(answer.data) == 2
    for each in pictures(answer):
        require_face_back(each, photo.pixels)


def test_moderation(client, service, photo):
    said = {
        "message": "Your request was rejected by the safety system.",
        "type": "image_generation_user_error",
        "param": None,
        "code": "moderation_blocked",
    }
    service.status, service.error = 400, lambda status: Answer.of({"error": said}, status)
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    assert (caught.value.code, caught.value.type) == ("moderation_blocked", "image_generation_user_error")
    assert caught.value.body["sent"] == "yes"
    assert edits_at(service) == 1


def test_no_face(client, service, faceless):
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(model="gpt-image-2", image=faceless.data, prompt=PROMPT)
    assert (caught.value.code, caught.value.body["sent"]) == ("no_face_found", "no")
    assert not service.asked


def test_a_face_that_does_not_fit_comes_back_to_nobody(client, service, photo, second):
    shown = np.asarray(Image.fromarray(second.pixels).rotate(90, expand=True))
    service.redraw = lambda picture, hidden: shown
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    assert (caught.value.code, caught.value.body["sent"]) == ("cannot_align", "yes")
    assert edits_at(service) == 1


def test_streams_tell_what_went_wrong(client, service, photo):
    service.status = 500
    with pytest.raises(openai.APIError) as caught:
        list(client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT, stream=True))
    assert (caught.value.code, caught.value.body["sent"]) == ("upstream_failed", "yes")
    assert edits_at(service) == 1


FAILURES = {
    500: openai.InternalServerError,
    429: openai.RateLimitError,
    408: openai.InternalServerError,
    402: openai.RateLimitError,
}


@pytest.mark.parametrize("status", FAILURES)
def test_nothing_is_sent_a_second_time(status, client, service, photo):
    """The library tries such statuses again by itself, three times in all; the proxy tells it not to."""
    assert client.max_retries == 2
    service.status = status
    with pytest.raises(FAILURES[status]) as caught:
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    assert caught.value.body["sent"] == "yes"
    assert edits_at(service) == 1


@pytest.mark.parametrize("fault", [Fault.RESET_REPLY, Fault.TRUNCATED])
def test_nothing_is_sent_again_when_the_service_breaks_off(fault, client, service, photo):
    service.fault = fault
    with pytest.raises(openai.InternalServerError) as caught:
        client.images.edit(model="gpt-image-2", image=photo.data, prompt=PROMPT)
    assert caught.value.body["sent"] == "yes"
    assert edits_at(service) == 1


def test_without_what_the_proxy_says_it_would_be_sent_again(service, photo):
    """The control: the same library, straight at the service, sends three times."""
    service.status = 500
    with (
        OpenAI(base_url=service.url, api_key=service.key) as direct,
        pytest.raises(openai.InternalServerError),
    ):
        direct.images.edit(model="gpt-image-2", image=b"\x89PNG", prompt=PROMPT)
    assert edits_at(service) == 3
    service.asked.clear()


def test_a_busy_server_is_asked_again(service, photo, stranger_redraws):
    """What was turned away at the door was not sent, so the library may try again, and does."""
    held, free = threading.Event(), threading.Event()

    def slow(picture, hidden):
        held.set()
        assert free.wait(30)
        return stranger_redraws(picture, hidden)

    service.redraw = slow
    answers = []
    with running(limits=ServerLimits(waiting=1), policy=QUICK) as proxy:

        def edit(client, prompt):
            answers.append(client.images.edit(model="gpt-image-2", image=photo.data, prompt=prompt))

        with OpenAI(base_url=proxy.url, api_key=proxy.token) as client:
            first = threading.Thread(target=edit, args=(client, PROMPT))
            first.start()
            assert held.wait(30)
            second = threading.Thread(target=edit, args=(client, "a cooler morning"))
            second.start()
            until = time.monotonic() + 20
            while b'status="503"' not in proxy.guardian.metrics.text() and time.monotonic() < until:
                time.sleep(0.05)
            free.set()
            first.join(30)
            second.join(30)
        assert b'privateedit_answers_total{status="503"}' in proxy.guardian.metrics.text()
    assert len(answers) == 2
    assert edits_at(service) == 2
    for answer in answers:
        require_face_back(*pictures(answer), photo.pixels)


def test_models(client):
    names = [each.id for each in client.models.list()]
    assert "gpt-image-2" in names
    assert client.models.retrieve("gpt-image-2").id == "gpt-image-2"


def test_what_is_not_served_is_not_forwarded(client, service, photo):
    with pytest.raises(openai.NotFoundError):
        client.images.generate(model="gpt-image-2", prompt=PROMPT)
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="gpt-5", input="hello")
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hello"}])
    assert not service.asked

import asyncio
import base64
import json
import socket
import threading

import cv2
import httpx2
import numpy as np
import pytest
from starlette.requests import Request
from tests.server.conftest import (
    EYES,
    PROMPT,
    file_of,
    likeness,
    require_face_back,
    require_nothing_hidden_left,
)
from tests.standins.pictures import found_in, pixels
from tests.standins.raw_client import eventually
from tests.standins.server import Fault

from privateedit.server import serving
from privateedit.server.edits import Edit
from privateedit.server.wishes import Policy


def first(answer):
    assert answer.status_code == 200, answer.text
    return base64.b64decode(answer.json()["data"][0]["b64_json"])


def error(answer):
    return answer.status_code, answer.json()["error"]["code"], answer.headers["x-privateedit-sent"]


def test_a_photo_goes_out_masked_and_comes_back_with_its_face(
    proxy, service, sends, astronaut, portrait_file, stranger_redraws
):
    service.redraw = stranger_redraws
    answer = proxy.edit(portrait_file, name="Brandauer 7431.png")
    require_nothing_hidden_left(service, astronaut.pixels)
    require_face_back(first(answer), astronaut.pixels)
    (asked,) = service.carried
    assert answer.headers["x-privateedit-faces"] == "1"
    assert answer.headers["x-privateedit-sealed"] == "yes"
    assert answer.headers["x-privateedit-sent"] == "yes"
    assert answer.headers["x-privateedit-regime"] == "face"
    (send,) = sends()
    assert answer.headers["x-privateedit-digest"] == f"sha256:{send.facts['payload']}"
    assert not any(word in asked.body + asked.raw_head for word in (b"Brandauer", b"7431"))


def test_the_check_of_what_left_can_fail(astronaut):
    class Leaky:
        asked = ()

    class Asked:
        method, body = "POST", file_of(astronaut.pixels)

    Leaky.asked = [Asked]
    with pytest.raises(AssertionError):
        require_nothing_hidden_left(Leaky, astronaut.pixels)


@pytest.mark.parametrize(
    "path", ["/images/edits", "/openai/deployments/gpt-image-1.5/images/edits?api-version=1"]
)
def test_every_way_leads_to_an_edit(proxy, service, astronaut, portrait_file, path):
    require_face_back(first(proxy.edit(portrait_file, path=path)), astronaut.pixels)
    model = "gpt-image-1.5" if "deployments" in path else "gpt-image-2.5-sunburst"
    assert f'name="model"\r\n\r\n{model}\r\n'.encode() in service.carried[0].body


def test_json_bodies_are_taken(proxy, service, astronaut, portrait_file):
    uri = "data:image/png;base64," + base64.b64encode(portrait_file).decode()
    answer = proxy.post(json={"prompt": PROMPT, "images": [{"image_url": uri}]})
    require_face_back(first(answer), astronaut.pixels)
    require_nothing_hidden_left(service, astronaut.pixels)


@pytest.mark.parametrize(("name", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP"), ("png", "PNG")])
def test_the_result_has_the_format_that_was_asked_for(proxy, portrait_file, name, kind):
    import io

    from PIL import Image

    answer = proxy.edit(portrait_file, fields={"output_format": name, "output_compression": "60"})
    opened = Image.open(io.BytesIO(first(answer)))
    assert opened.format == kind
    assert not opened.getexif()
    assert answer.json()["output_format"] == name
    assert answer.json()["size"] == f"{opened.width}x{opened.height}"


def test_events_bring_one_finished_picture_and_no_draft(proxy, service, astronaut, portrait_file):
    answer = proxy.edit(portrait_file, fields={"stream": "true", "partial_images": "2"})
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["x-privateedit-dropped"] == "partial_images"
    (event,) = [each for each in answer.text.split("\n\n") if each.startswith("event:")]
    name, data = event.split("\n")
    said = json.loads(data.removeprefix("data: "))
    assert name == "event: image_edit.completed"
    assert said["type"] == "image_edit.completed"
    assert said["privateedit"]["regime"] == "hole"
    require_face_back(base64.b64decode(said["b64_json"]), astronaut.pixels)
    require_nothing_hidden_left(service, astronaut.pixels)


def test_events_that_take_long_are_filled_and_an_error_is_an_event(
    proxy, service, portrait_file, monkeypatch
):
    monkeypatch.setattr("privateedit.server.guardian._KEEP_ALIVE", 0.01)
    service.status = 500
    answer = proxy.edit(portrait_file, fields={"stream": "true"})
    assert answer.status_code == 200
    assert ": still working\n\n" in answer.text
    (event,) = [each for each in answer.text.split("\n\n") if each.startswith("event:")]
    assert event.startswith("event: error\n")
    assert json.loads(event.split("data: ")[1])["error"]["sent"] == "yes"


def test_what_is_wrong_before_a_stream_begins_has_its_status(proxy, service):
    answer = proxy.edit(file_of(np.full((200, 200, 3), 128, np.uint8)), fields={"stream": "true"})
    assert error(answer) == (400, "no_face_found", "no")
    assert not service.asked


def test_a_photo_without_a_face_is_refused(proxy, service, coffee):
    assert error(proxy.edit(file_of(coffee.pixels))) == (400, "no_face_found", "no")
    assert not service.asked


def test_a_photo_without_a_face_is_passed_on_where_that_is_allowed(serve, service, coffee):
    from privateedit.server.wishes import Policy

    with serve(policy=Policy({}, {}, allow_no_face=True)) as proxy:
        answer = proxy.edit(file_of(coffee.pixels))
    assert pixels(first(answer)).std() > 20
    assert answer.headers["x-privateedit-faces"] == "0"
    assert answer.headers["x-privateedit-regime"] == "none"
    assert len(service.carried) == 1


def test_what_does_not_fit_is_told_and_nothing_is_returned(proxy, service, portrait_file, coffee):
    service.redraw = lambda picture, hidden: coffee.pixels
    answer = proxy.edit(portrait_file)
    assert error(answer) == (422, "cannot_align", "yes")
    assert "same pose and framing" in answer.json()["error"]["message"]
    assert not found_in(answer.content)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"status": 401}, (401, "invalid_api_key", "yes")),
        ({"status": 429}, (429, "rate_limit_exceeded", "yes")),
        ({"status": 500}, (502, "upstream_failed", "yes")),
        ({"fault": Fault.WRONG_TYPE}, (502, "bad_upstream_reply", "yes")),
        ({"fault": Fault.RESET_UPLOAD}, (502, "upstream_failed", "unknown")),
    ],
)
def test_the_services_troubles_are_told_in_openais_shape(proxy, service, portrait_file, trouble, told):
    for name, value in trouble.items():
        setattr(service, name, value)
    answer = proxy.edit(portrait_file)
    assert error(answer) == told
    assert answer.headers["x-should-retry"] == "false"
    assert "warmer" not in answer.text
    assert len(service.carried) == 1


@pytest.mark.parametrize("status", [429, 500])
def test_clients_that_would_send_again_are_told_that_it_is_final(proxy, service, portrait_file, status):
    service.status = status
    code = "upstream_limit" if status == 429 else "upstream_failed"
    data, files = {"prompt": "x"}, {"image": ("a.png", portrait_file)}
    shown = {"authorization": f"Bearer {proxy.token}"}
    answer = httpx2.post(f"{proxy.url}/images/edits", data=data, files=files, headers=shown, timeout=60)
    assert error(answer) == (424, code, "yes")


def test_a_clients_own_key_goes_to_the_service_and_nowhere_else(proxy, service, portrait_file):
    service.key = "sk-client"
    assert proxy.edit(portrait_file, key="sk-client").status_code == 200
    assert service.carried[0].headers["authorization"] == "Bearer sk-client"


def test_a_token_is_never_passed_on(proxy, service, portrait_file):
    assert proxy.edit(portrait_file, key="pe-another")
    assert not service.asked
    assert proxy.edit(portrait_file).status_code == 200
    assert proxy.token.encode() not in service.carried[0].raw_head + service.carried[0].body


def test_headers_choose_what_is_hidden(proxy, service, astronaut, portrait_file):
    shares = []
    for coverage in ("face", "head"):
        answer = proxy.edit(portrait_file, headers={"X-PrivateEdit-Coverage": coverage})
        assert answer.status_code == 200
        sent = next(each for each in found_in(service.carried[-1].body) if pixels(each).std() > 20)
        shares.append(float((pixels(sent).max(2) == 0).mean()))
    assert shares[1] > 1.2 * shares[0]
    assert error(proxy.edit(portrait_file, headers={"X-PrivateEdit-Coverag": "head"}))[1] == "unknown_header"


def test_a_name_in_the_prompt_is_warned_of_or_refused(proxy, service, portrait_file):
    answer = proxy.edit(portrait_file, prompt="make Schmidt smile", name="anna-schmidt.png")
    assert "may name somebody" in answer.headers["x-privateedit-warning"]
    sent = len(service.carried)
    refused = proxy.edit(
        portrait_file,
        prompt="make Schmidt smile",
        name="anna-schmidt.png",
        headers={"X-PrivateEdit-Trust": "none"},
    )
    assert error(refused) == (400, "privacy_check_failed", "no")
    assert "Schmidt" not in refused.text
    assert len(service.carried) == sent


def test_what_clients_call_a_nameless_file_is_no_name(proxy, portrait_file):
    answer = proxy.edit(portrait_file, prompt="make the image warm", name="image.png")
    assert "x-privateedit-warning" not in answer.headers


def test_several_results_are_all_restored(proxy, service, astronaut, portrait_file):
    answer = proxy.edit(portrait_file, fields={"n": "3"})
    data = answer.json()["data"]
    assert len(data) == 3
    for each in data:
        require_face_back(base64.b64decode(each["b64_json"]), astronaut.pixels)
    assert answer.headers["x-privateedit-regime"] == "hole, hole, hole"
    assert len(service.carried) == 1


def test_results_that_do_not_fit_are_withheld(proxy, service, astronaut, portrait_file, coffee):
    give = service.delivery
    other = file_of(coffee.pixels)
    service.delivery = lambda asked, *pictures: give(asked, other, *pictures[1:])
    answer = proxy.edit(portrait_file, fields={"n": "2"})
    assert len(answer.json()["data"]) == 1
    assert answer.headers["x-privateedit-withheld"] == "1"
    require_face_back(first(answer), astronaut.pixels)


def test_faces_in_every_picture_are_hidden_and_those_of_the_first_come_back(
    proxy, service, sends, astronaut, hopper, portrait_file
):
    files = [("image", ("second.png", file_of(hopper.pixels), "image/png"))]
    answer = proxy.edit(portrait_file, files=files)
    require_face_back(first(answer), astronaut.pixels)
    assert answer.headers["x-privateedit-faces"] == "2"
    assert answer.headers["x-privateedit-digest"].count("sha256:") == 2
    pictures = [pixels(each) for each in found_in(service.carried[0].body)]
    assert len(pictures) >= 2
    eyes = (slice(170, 240), slice(180, 330))
    for sent in pictures:
        if sent.shape[0] > sent.shape[1]:
            fitted = cv2.resize(sent, hopper.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
            assert likeness(fitted[eyes], hopper.pixels[eyes]) < 0.2
    assert len(sends()) == 2


def test_a_clients_mask_is_honored_together_with_the_privacy_mask(proxy, service, astronaut, portrait_file):
    alpha = np.full((512, 512), 255, np.uint8)
    alpha[400:, :] = 0
    drawn = np.dstack([astronaut.pixels, alpha])
    files = [("mask", ("mask.png", file_of(drawn), "image/png"))]
    answer = proxy.edit(portrait_file, files=files)
    require_face_back(first(answer), astronaut.pixels)
    body = service.carried[0].body
    require_nothing_hidden_left(service, astronaut.pixels)
    from tests.standins.pictures import form, opened

    mask = {name: content for name, _, _, content in form(service.carried[0])}["mask"]
    clear = np.asarray(opened(mask))[..., 3] == 0
    side = clear.shape[0] / 512
    assert clear[round(450 * side), round(100 * side)]
    assert clear[round(110 * side), round(225 * side)]
    assert not clear[round(300 * side), round(20 * side)]
    assert b"mask.png" in body


@pytest.mark.parametrize("mask", ["opaque", "rgb", "small"])
def test_a_mask_that_is_none_is_refused(proxy, service, portrait_file, mask):
    drawn = {
        "opaque": np.full((512, 512, 4), 255, np.uint8),
        "rgb": np.zeros((512, 512, 3), np.uint8),
        "small": np.zeros((100, 100, 4), np.uint8),
    }[mask]
    answer = proxy.edit(portrait_file, files=[("mask", ("mask.png", file_of(drawn), "image/png"))])
    assert error(answer) == (400, "invalid_image_file", "no")
    assert answer.json()["error"]["param"] == "mask"
    assert not service.asked


def test_the_size_that_was_asked_for_is_the_canvas(proxy, service, portrait_file):
    answer = proxy.edit(portrait_file, fields={"size": "1536x1024", "model": "gpt-image-1.5"})
    assert answer.status_code == 200
    assert b'name="size"\r\n\r\n1536x1024\r\n' in service.carried[-1].body
    answer = proxy.edit(portrait_file, fields={"size": "100x100"})
    assert answer.headers["x-privateedit-dropped"] == "size"


def test_a_body_of_another_kind_is_refused(proxy):
    assert error(proxy.post(content=b"x", headers={"content-type": "text/plain"})) == (
        415,
        "unsupported_media_type",
        "no",
    )


def test_an_empty_picture_is_told(proxy):
    assert error(proxy.edit(b"")) == (400, "invalid_image_file", "no")


def test_another_service_answers_in_openais_shape_too(serve, astronaut, portrait_file):
    with serve(upstream="studio") as proxy:
        answer = proxy.edit(portrait_file, prompt="backdrop-navy", fields={"model": "gpt-image-1"})
        assert answer.headers["x-privateedit-sent"] == "no"
        require_face_back(first(answer), astronaut.pixels)
        answer = proxy.edit(portrait_file, prompt="put a hat on")
        assert error(answer) == (400, "unknown_instruction", "no")


def test_eyes_are_where_the_tests_look(astronaut):
    assert astronaut.pixels[EYES].std() > 20


def test_what_a_client_repeats_by_itself_is_not_sent_a_second_time(proxy, service, portrait_file):
    service.fault = Fault.RESET_REPLY
    assert proxy.edit(portrait_file).status_code == 502
    service.fault = None
    answer = proxy.edit(portrait_file, headers={"x-stainless-retry-count": "1"})
    assert error(answer) == (409, "already_sent", "yes")
    assert answer.headers["x-should-retry"] == "false"
    assert len(service.carried) == 1
    assert proxy.edit(portrait_file).status_code == 200


def test_an_edit_that_the_server_gives_up_is_told_and_leaves_no_traceback(service, caplog):
    """uvicorn cancels what has not ended long after the grace; the journal knows more than the answer can."""
    said = []

    async def send(message):
        said.append(message)

    async def given_up():
        guardian = serving.guardian_of(
            serving.Wanted(host="127.0.0.1", port=0, policy=Policy({}, {}), upstream="openai")
        )
        edit = Edit(guardian, Request({"type": "http", "headers": [], "method": "POST"}))
        edit._answered = lambda _: asyncio.sleep(60)
        task = asyncio.ensure_future(edit({}, None, send))
        await asyncio.sleep(0.05)
        assert guardian.desk.inside == 1
        task.cancel()
        await task
        assert guardian.desk.inside == 0

    asyncio.run(given_up())
    assert said[0]["status"] == 424  # no status that clients answer by asking again
    told = json.loads(said[1]["body"])["error"]
    assert (told["code"], told["sent"]) == ("cancelled", "unknown")
    assert not caplog.records


@pytest.mark.parametrize(("stream", "broken"), [("false", "json_answer"), ("true", "event_answer")])
def test_an_answer_that_cannot_be_built_still_tells_what_was_sent(
    proxy, service, portrait_file, monkeypatch, stream, broken
):
    def fail(*_):
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(f"privateedit.server.edits.{broken}", fail)
    answer = proxy.edit(portrait_file, fields={"stream": stream})
    assert '"sent": "yes"' in answer.text
    assert "nobody thought" not in answer.text
    assert len(service.carried) == 1


def test_a_client_that_hangs_up_while_its_photo_is_masked_is_not_sent_for(
    proxy, service, sends, portrait_file, monkeypatch
):
    """Its body is larger than what the server reads ahead, so only who listens learns that it is gone."""
    from privateedit.server import edits, story

    client, masking, masked = [], threading.Event(), threading.Event()
    real = edits._Work.prepare

    def prepare(work, presence):
        client.append(presence)
        return real(work, presence)

    def slowly(*arguments):
        masking.set()
        ready = story.prepared(*arguments)
        assert eventually(client[0].left.is_set)
        masked.set()
        return ready

    monkeypatch.setattr(edits._Work, "prepare", prepare)
    monkeypatch.setattr(edits, "prepared", slowly)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        + portrait_file
        + b"\r\n--b--\r\n"
    )
    assert len(body) > 1 << 17
    head = (
        f"POST /v1/images/edits HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\n"
        f"authorization: Bearer {proxy.token}\r\ncontent-type: multipart/form-data; boundary=b\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", proxy.port)) as line:
        line.sendall(head.encode() + body)
        assert masking.wait(30)
    assert masked.wait(30)
    assert eventually(lambda: not proxy.guardian.desk.inside)
    assert not service.asked
    assert not [each for each in sends() if each.outcome is None or each.outcome["sent"] != "no"]


def test_a_further_picture_without_a_face_is_named(proxy, service, portrait_file, coffee):
    files = [("image", ("dress.png", file_of(coffee.pixels), "image/png"))]
    answer = proxy.edit(portrait_file, files=files)
    assert error(answer) == (400, "no_face_found", "no")
    assert answer.json()["error"]["param"] == "image[1]"
    assert not service.asked


def test_a_keyring_that_takes_its_time_holds_up_nobody_else(proxy, service, portrait_file, monkeypatch):
    import httpx2

    from privateedit import services

    asked, answered = threading.Event(), threading.Event()

    def slowly(name):
        asked.set()
        assert answered.wait(30), "somebody else was held up"
        return service.key

    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setattr(services, "kept_secret", slowly)
    edits = []
    client = threading.Thread(target=lambda: edits.append(proxy.edit(portrait_file)))
    client.start()
    assert asked.wait(30)
    assert httpx2.get(f"{proxy.root}/healthz", timeout=60).status_code == 200
    answered.set()
    client.join(60)
    assert [each.status_code for each in edits] == [200]


def test_a_client_that_does_not_read_its_answer_is_hung_up_on(serve, coffee):
    """Of a photo without a face, whose answer is made in no time."""
    from privateedit.server.limits import ServerLimits

    large = cv2.resize(coffee.pixels, (1300, 1300)).astype(int)
    grain = np.random.default_rng(1).integers(-20, 20, large.shape)  # so that it does not shrink
    big = np.clip(large + grain, 0, 255).astype(np.uint8)
    anything = Policy({}, {}, allow_no_face=True)
    with serve(upstream="studio", policy=anything, limits=ServerLimits(idle=1.0)) as proxy:
        body = file_of(big)
        form = (
            b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nwarm\r\n'
            b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
            + body
            + b"\r\n--b--\r\n"
        )
        head = (
            f"POST /v1/images/edits HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\n"
            f"authorization: Bearer {proxy.token}\r\ncontent-type: multipart/form-data; boundary=b\r\n"
            f"content-length: {len(form)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", proxy.port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(head.encode() + form)
            line.settimeout(60)
            assert line.recv(100).startswith(b"HTTP/1.1 200")
            assert proxy.server.server_state.connections
            assert eventually(lambda: not proxy.server.server_state.connections)


def test_json_has_a_smaller_bound(serve, service):
    from privateedit.server.limits import ServerLimits

    with serve(limits=ServerLimits(json=1000)) as proxy:
        answer = proxy.post(json={"prompt": "x" * 2000})
        assert error(answer) == (413, "request_too_large", "no")

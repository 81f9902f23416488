"""curl through the proxy: JSON with the photo as a data URI, and its retries; `test_guide` has forms."""

import base64
import json
import shutil

import pytest
from tests.clients.conftest import edits_at, environment, told
from tests.server.conftest import PROMPT, require_face_back


@pytest.fixture
def curl(proxy):
    program = shutil.which("curl")
    if program is None:
        pytest.skip("there is no curl on this machine")

    def asked(*arguments):
        key = f"Authorization: Bearer {proxy.token}"
        command = [program, "--silent", "--show-error", f"{proxy.url}/images/edits", "--header", key]
        return json.loads(told([*command, *arguments], environment(proxy)))

    return asked


def require_returned(answer, photo):
    (only,) = answer["data"]
    require_face_back(base64.b64decode(only["b64_json"]), photo.pixels)


def test_json(curl, service, photo, tmp_path):
    address = f"data:image/png;base64,{base64.b64encode(photo.data).decode()}"
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"prompt": PROMPT, "images": [{"image_url": address}]}))
    answer = curl("--header", "Content-Type: application/json", "--data-binary", f"@{body}")
    require_returned(answer, photo)
    assert edits_at(service) == 1


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ({"image_url": "https://example.com/me.png"}, "remote_image_refused"),
        ({"file_id": "file-1"}, "file_id_refused"),
    ],
)
def test_pictures_that_lie_elsewhere_are_refused(curl, service, picture, code):
    body = json.dumps({"prompt": PROMPT, "images": [picture]})
    answer = curl("--header", "Content-Type: application/json", "--data-binary", body)
    assert (answer["error"]["code"], answer["error"]["sent"]) == (code, "no")
    assert not service.asked


def test_curls_own_retries_send_nothing_again(curl, service, photo):
    service.status = 500
    repeated = ("--retry", "2", "--retry-delay", "1")
    answer = curl(*repeated, "--form", f"image=@{photo.path}", "--form-string", f"prompt={PROMPT}")
    assert (answer["error"]["code"], answer["error"]["sent"]) == ("upstream_failed", "yes")
    assert edits_at(service) == 1

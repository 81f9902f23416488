"""What every adapter keeps, against a strict stand-in of its service."""

import base64

import cv2
import numpy as np
import pytest
from tests.contracts.cases import CASES
from tests.contracts.conftest import HIDDEN, PHOTO, editor_for, sealed
from tests.doubles.scenes import scenery
from tests.standins.pictures import found_in, is_json, pixels
from tests.standins.server import Fault

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo
from privateedit.errors import (
    AuthenticationFailed,
    BadReply,
    Cancelled,
    ContentRefused,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    RequestRejected,
    Sent,
    ServiceDown,
    TimedOut,
    UnknownInstruction,
    Unreachable,
)
from privateedit.providers.policy import Policy

PROMPT = "Put a violet scarf around the neck of the person, s'il vous plaît"
STATUSES = {
    401: AuthenticationFailed,
    402: QuotaExceeded,
    403: (AuthenticationFailed, ContentRefused),
    404: RequestRejected,
    413: RequestRejected,
    422: RequestRejected,
    429: RateLimited,
    500: ServiceDown,
    503: ServiceDown,
}
FAULTS = {
    Fault.SILENT_BEFORE: (TimedOut, {Sent.UNKNOWN, Sent.YES}),
    Fault.SILENT_AFTER: (TimedOut, {Sent.YES}),
    Fault.RESET_UPLOAD: (Unreachable, {Sent.UNKNOWN}),
    Fault.RESET_REPLY: (Unreachable, {Sent.YES}),
    Fault.WRONG_TYPE: (BadReply, {Sent.YES}),
    Fault.TRUNCATED: (BadReply, {Sent.YES}),
    Fault.HUGE: (BadReply, {Sent.YES}),
    Fault.BOMB: (BadReply, {Sent.YES}),
    Fault.REFUSAL_200: ((ContentRefused, BadReply), {Sent.YES}),
}

pytestmark = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def failed(case, stand_in, **options):
    silent = stand_in.fault in {Fault.SILENT_BEFORE, Fault.SILENT_AFTER}
    waits = {"patience": 4.0, "policy": Policy(answer=0.7)} if silent else {"patience": 60.0}
    editor = editor_for(case, stand_in, **waits, **options)
    with pytest.raises(ProviderError) as raised:
        editor.edit(sealed(editor), Instruction(PROMPT))
    error = raised.value
    assert error.provider == editor.name
    assert "violet" not in error.sentence
    assert stand_in.key not in error.sentence
    return error


def test_a_picture_comes_back_and_every_request_is_as_the_service_wants_it(case):
    with case.stand_in(redraw=lambda picture, hidden: 255 - picture) as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        result = editor.edit(payload, Instruction(PROMPT))
    assert not service.problems
    assert result.provider == editor.name
    assert len(service.carried) >= 1
    sent = pixels(payload.data)
    if result.pixels.shape == sent.shape:
        drawn = {"all": np.ones_like(payload.hidden), "around": ~payload.hidden, "mask": payload.hidden}
        anew = drawn[case.redraws]
        assert np.abs((255 - result.pixels[anew].astype(int)) - sent[anew]).mean() < 12
        assert anew.all() or np.abs(result.pixels[~anew].astype(int) - sent[~anew]).mean() < 12


def test_nothing_that_is_recorded_tells_of_the_face_the_file_the_device_or_the_key(case):
    with case.stand_in() as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        editor.edit(payload, Instruction(PROMPT))
    seen = 0
    for asked in service.asked:
        words = asked.body
        for data in found_in(asked.body):
            seen += 1
            assert _likeness(pixels(data), editor) < 0.2
            assert b"Exif\0\0" not in data
            # A million letters of Base64 hold every four of them by chance, one time in ten.
            words = words.replace(base64.b64encode(data), b"").replace(base64.urlsafe_b64encode(data), b"")
        assert not is_json(asked.body) or len(words) < 20_000
        for secret in (b"Exif", b"/home", b"/root", b"/tmp", b"x-stainless", b"python", service.key.encode()):
            assert secret not in words
            assert secret.lower() not in asked.path.lower().encode()
        told = set(asked.headers) - {editor.service.profile.login.header}
        assert not [name for name in told if service.key in asked.headers[name]]
        usual = {"host", "user-agent", "accept", "accept-encoding", "content-type", "content-length"}
        usual |= {"connection", "transfer-encoding"}
        own = {"prefer", "x-fal-store-io", "x-fal-object-lifecycle-preference"}
        assert told <= usual | own
        assert asked.headers["user-agent"] == "privateedit"
    assert seen >= 1
    # The measure itself: it knows the face, and takes another scene for none.
    framing = editor.frame(PHOTO.width, PHOTO.height, Framing())
    assert _likeness(framing.framed(PHOTO.pixels), editor) > 0.99
    assert _likeness(framing.framed(scenery(PHOTO.height, PHOTO.width, 99)), editor) < 0.2


def _likeness(picture, editor):
    """Correlation of the face region with the original's; two unrelated photos stay below 0.2."""
    framing = editor.frame(PHOTO.width, PHOTO.height, Framing())
    original, hidden = framing.framed(PHOTO.pixels), framing.outline(HIDDEN)
    picture = cv2.resize(picture, original.shape[1::-1], interpolation=cv2.INTER_AREA)
    first, second = picture[hidden].astype(float).ravel(), original[hidden].astype(float).ravel()
    return 0.0 if first.std() < 1e-6 else abs(float(np.corrcoef(first, second)[0, 1]))


def test_scrambling_what_is_hidden_leaves_every_byte_of_the_requests(case):
    heads = []
    for seed in (1, 2):
        pixels_ = PHOTO.pixels.copy()
        pixels_[HIDDEN] = np.random.default_rng(seed).integers(0, 255, (int(HIDDEN.sum()), 3), np.uint8)
        with case.stand_in() as service:
            editor = editor_for(case, service)
            editor.edit(sealed(editor, Photo(pixels_)), Instruction(PROMPT))
            root = service.root.removeprefix("http://").encode()
        heads.append(
            [(asked.raw_head.replace(root, b""), asked.body.replace(root, b"")) for asked in service.asked]
        )
    assert heads[0] == heads[1]


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_becomes_the_right_error_and_nothing_is_sent_twice(case, status):
    with case.stand_in(status=status) as service:
        error = failed(case, service)
        assert isinstance(error, STATUSES[status]), error
        assert error.sent is Sent.YES
        assert len(service.carried) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_becomes_the_right_error_and_nothing_is_sent_twice(case, fault):
    if fault is Fault.REFUSAL_200 and not case.refuses:
        pytest.skip("this service says no by its status")
    kind, sent = FAULTS[fault]
    with case.stand_in(fault) as service:
        error = failed(case, service)
        assert isinstance(error, kind), error
        assert error.sent in sent
        sent_bodies = [asked.body for asked in service.carried]
        assert len(sent_bodies) <= case.uploads
        assert len(set(sent_bodies)) == len(sent_bodies)


def test_a_retry_after_is_told(case):
    with case.stand_in(status=429) as service:
        assert failed(case, service).retry_after == pytest.approx(7)


def test_a_wrong_key_is_said_to_be_wrong(case):
    if not case.service().profile.key:
        pytest.skip("this service has no key")
    with case.stand_in() as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        service.key = "another"
        with pytest.raises(AuthenticationFailed):
            editor.edit(payload, Instruction(PROMPT))


def test_without_a_connection_nothing_was_sent(case):
    with case.stand_in() as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
    with pytest.raises(Unreachable) as raised:
        editor.edit(payload, Instruction(PROMPT))
    assert raised.value.sent is Sent.NO


def test_a_preset_is_no_prompt(case):
    with case.stand_in() as service:
        editor = editor_for(case, service)
        with pytest.raises(UnknownInstruction):
            editor.edit(sealed(editor), Instruction(preset="warm"))
        assert not service.asked


def test_ctrl_c_says_what_was_sent(case):
    """Stopped the moment an answer is there: all that was sent was sent by the door itself."""
    with case.stand_in() as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        exchanged = editor.door._once

        def interrupted(request, *rest):
            reply = exchanged(request, *rest)
            if request.carries:
                raise KeyboardInterrupt
            return reply

        editor.door._once = interrupted
        with pytest.raises(Cancelled) as raised:
            editor.edit(payload, Instruction(PROMPT))
    assert raised.value.sent is Sent.YES
    assert len(service.carried) == 1


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (3000, 1000), (4000, 3000), (64, 64), (5000, 5000)])
def test_every_size_of_photo_gets_a_frame_in_which_it_is_not_squashed(case, size):
    with case.stand_in() as service:
        framing = editor_for(case, service).frame(*size, Framing())
    rows, columns = framing.content(*size)
    across, down = columns.stop - columns.start, rows.stop - rows.start
    assert across / down == pytest.approx(size[0] / size[1], rel=0.02)

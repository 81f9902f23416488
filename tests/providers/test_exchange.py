import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import a_payload, editor_for, sealed, sealed_beside
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import encoded
from tests.standins.raw_client import eventually
from tests.standins.server import PNG, Fault

from privateedit.codec import decode
from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.core.ports import RunsErrands
from privateedit.errors import (
    BadReply,
    Cancelled,
    RequestRejected,
    Sent,
    ServiceDown,
    TimedOut,
    UnknownInstruction,
)
from privateedit.providers.egress import Door
from privateedit.providers.exchange import RemoteEditor
from privateedit.providers.keys import Key
from privateedit.providers.openai import OpenAI
from privateedit.providers.plan import Form, Found, Json, Picture, Request
from privateedit.providers.reply import Reply
from privateedit.providers.service import MaskUse, Profile

PROFILE = Profile(
    "job", "Job", "https://job.example.com", models=("one", "two"), open_models=False, key="JOB_KEY",
    options={"speed": "fast or slow"}, patience=10.0,
)  # fmt: skip


class Jobs:
    """Submits, asks `count` times, then downloads."""

    def __init__(self, count=2):
        self.profile, self.count, self.orders = PROFILE, count, []

    def frame(self, width, height, wanted, model):
        return wanted

    def begin(self, order):
        self.orders.append(order)
        return Request("submit", "POST", "/jobs", Form((("prompt", order.prompt), ("image", Picture()))))

    def proceed(self, reply, order):
        asked = int(reply.memory.get("asked", "0"))
        if asked < self.count:
            return Request("poll", "GET", "/jobs/1", after=1.0, memory={"asked": str(asked + 1)})
        return Found(reply.body)

    def refusal(self, reply):
        return None

    def cancel(self, reply):
        return None if reply is None else Request("cancel", "POST", "/jobs/1/cancel", Json({}))


class Carrier(Door):
    """A door that opens onto nothing; time passes only by waiting."""

    def __init__(self, body=PNG, interrupt_at=None):
        super().__init__(PROFILE, PROFILE.base_url, Key("k"))
        self.body, self.stages, self.now, self.interrupt_at = body, [], 0.0, interrupt_at

    def carry(self, request, parcel, prompt, progress, until):
        if request.carries:
            progress.started()
            progress.finished()
            progress.arrived()
        self.stages.append(request.stage)
        if request.stage == self.interrupt_at:
            raise KeyboardInterrupt
        return Reply(request.stage, 200, {"x-request-id": "id_9"}, self.body, request.memory)

    def retract(self, request, parcel, until):
        self.stages.append(request.stage)

    def sleep(self, seconds):
        self.now += seconds


def editor(service=None, door=None, **changes):
    door = door or Carrier()
    values = {"clock": lambda: door.now, "sleep": door.sleep, **changes}
    return RemoteEditor(service or Jobs(), door, lambda data: decode(data).photo.pixels, **values)


def test_a_job_is_followed_to_its_end():
    door = Carrier(encoded(decode(PNG).photo.pixels))
    result = editor(door=door).edit(a_payload(), Instruction("a hat"))
    assert door.stages == ["submit", "poll", "poll"]
    assert (result.width, result.height, result.provider) == (64, 64, "job")
    assert door.now == 2.0


def test_an_editor_can_be_kept_in_a_set_with_others():
    """A server keeps every send under way, to stop it; two of the same kind are two."""
    with OpenAIStandIn() as stand_in:
        first, second = (editor_for(Case("openai", OpenAI, OpenAIStandIn), stand_in) for _ in range(2))
    assert len({first, second, first}) == 2


def test_an_order_has_the_default_model_and_the_options():
    service = Jobs(0)
    editor(service, options={"speed": "fast"}).edit(a_payload(), Instruction("a hat"))
    (order,) = service.orders
    assert (order.model, order.prompt, dict(order.options)) == ("one", "a hat", {"speed": "fast"})
    assert "a hat" not in repr(order)


def test_patience_ends_and_the_job_is_stopped():
    door = Carrier()
    with pytest.raises(TimedOut) as raised:
        editor(Jobs(1000), door).edit(a_payload(), Instruction("a hat"))
    assert raised.value.sent is Sent.YES
    assert door.stages[-1] == "cancel"
    assert len(door.stages) < 15


class Busy(Carrier):
    """Answers a question only when it was asked often enough."""

    def __init__(self, times, stage="poll"):
        super().__init__()
        self.times, self.stage = times, stage

    def carry(self, request, parcel, prompt, progress, until):
        reply = super().carry(request, parcel, prompt, progress, until)
        if request.stage != self.stage or self.times == 0:
            return reply
        self.times -= 1
        return replace(reply, status=503, headers={"retry-after": "1.5"})


def test_a_question_is_asked_again_while_the_service_is_busy():
    door = Busy(3)
    editor(Jobs(1), door).edit(a_payload(), Instruction("a hat"))
    assert door.stages == ["submit", *["poll"] * 4]
    assert door.now == 1.0 + 3 * 1.5


def test_a_service_that_stays_busy_is_given_up():
    with pytest.raises(ServiceDown) as raised:
        editor(Jobs(1), Busy(50)).edit(a_payload(), Instruction("a hat"))
    assert raised.value.sent is Sent.YES


def test_a_picture_is_never_sent_again():
    door = Busy(1, "submit")
    with pytest.raises(ServiceDown):
        editor(Jobs(1), door).edit(a_payload(), Instruction("a hat"))
    assert door.stages == ["submit"]


def test_stopping_asks_the_service_to_stop_and_says_what_was_sent():
    door = Carrier(interrupt_at="poll")
    with pytest.raises(Cancelled) as raised:
        editor(door=door).edit(a_payload(), Instruction("a hat"))
    assert (raised.value.sent, raised.value.provider, raised.value.request_id) == (Sent.YES, "job", "id_9")
    assert door.stages == ["submit", "poll", "cancel"]


def test_stopping_twice_still_ends():
    door = Carrier(interrupt_at="submit")
    with pytest.raises(Cancelled):
        editor(door=door).edit(a_payload(), Instruction("a hat"))


def test_what_is_no_picture_is_a_bad_reply():
    with pytest.raises(BadReply) as raised:
        editor(door=Carrier(b"<html>")).edit(a_payload(), Instruction("a hat"))
    assert raised.value.sent is Sent.YES


@pytest.mark.parametrize("wrong", [{"model": "three"}, {"options": {"size": "big"}}])
def test_what_the_service_has_not_is_said_before_anything_is_sent(wrong):
    with pytest.raises(RequestRejected) as raised:
        editor(**wrong)
    assert raised.value.sent is Sent.NO


def test_presets_are_for_the_studio():
    with pytest.raises(UnknownInstruction):
        editor().edit(a_payload(), Instruction(preset="warm"))


def test_the_service_chooses_the_frame():
    assert editor().frame(10, 20, Framing(max_side=5)) == Framing(max_side=5)


class Several(Jobs):
    """Takes two further pictures and gives three results, in as many answers as `lots` says."""

    def __init__(self, lots=((0, 1, 2),)):
        super().__init__(0)
        self.profile = replace(PROFILE, beside=2, count=3, mask=MaskUse.GUIDANCE)
        self.lots = lots

    def proceed(self, reply, order):
        at = int(reply.memory.get("at", "0"))
        first, *more = (picture(number) for number in self.lots[at])
        following = Request("more", "GET", "/more", memory={"at": str(at + 1)})
        return Found(first, tuple(more), following if at + 1 < len(self.lots) else None)


def picture(number):
    return encoded(np.full((20, 30, 3), number, np.uint8))


def errand(**asked):
    return Errand(a_payload(), Instruction("a hat"), **asked)


def test_an_editor_takes_what_its_service_does():
    assert isinstance(editor(), RunsErrands)
    assert editor().takes == Takes()
    assert editor(Several()).takes == Takes(where=True, beside=2, count=3)


@pytest.mark.parametrize("lots", [((0, 1, 2),), ((0,), (1,), (2,)), ((0, 1), (2, 3))])
def test_results_come_in_order_in_one_answer_or_in_several(lots):
    service, door = Several(lots), Carrier()
    found = editor(service, door).run(errand(beside=(sealed_beside(),), count=3))
    assert [int(each.pixels[0, 0, 0]) for each in found] == [0, 1, 2]
    (order,) = service.orders
    assert (order.beside, order.count) == (1, 3)
    assert door.stages == ["submit", *["more"] * (len(lots) - 1)]


def test_no_more_answers_are_fetched_than_are_wanted():
    door = Carrier()
    assert len(editor(Several(((0,), (1,), (2,))), door).run(errand(count=2))) == 2
    assert door.stages == ["submit", "more"]


def test_fewer_results_than_ordered():
    with pytest.raises(BadReply, match="2 pictures instead of 3"):
        editor(Several(((0, 1),))).run(errand(count=3))


def region():
    where = np.zeros_like(a_payload().hidden)
    where[:5] = True
    return where


@pytest.mark.parametrize(
    "asked",
    [{"count": 2}, {"where": region()}, {"beside": (sealed_beside(),)}],
    ids=["count", "where", "beside"],
)
def test_what_a_service_does_not_take_is_told_before_anything_is_sent(asked):
    door = Carrier()
    with pytest.raises(RequestRejected) as raised:
        editor(door=door).run(errand(**asked))
    assert raised.value.sent is Sent.NO
    assert door.stages == []


def test_a_send_that_did_not_begin_never_does():
    door = Carrier()
    made = editor(door=door)
    made.stop()
    for _ in range(2):
        with pytest.raises(Cancelled) as raised:
            made.edit(a_payload(), Instruction("a hat"))
        assert (raised.value.sent, raised.value.provider) == (Sent.NO, "job")
    assert door.stages == []


class Patient(Jobs):
    """Looks again in an hour."""

    def __init__(self):
        super().__init__(1)
        self.profile = replace(PROFILE, patience=1e6)

    def proceed(self, reply, order):
        step = super().proceed(reply, order)
        return replace(step, after=3600.0) if isinstance(step, Request) else step


def test_who_waits_for_a_job_wakes_and_the_job_is_given_up():
    door = Carrier()
    made = editor(Patient(), door, sleep=None)
    stopper = threading.Thread(target=lambda: eventually(lambda: door.stages) and made.stop())
    stopper.start()
    began = time.monotonic()
    with pytest.raises(Cancelled) as raised:
        made.edit(a_payload(), Instruction("a hat"))
    assert time.monotonic() - began < 5
    assert raised.value.sent is Sent.YES
    assert door.stages == ["submit", "cancel"]
    stopper.join(3)


@pytest.mark.parametrize("fault", [Fault.SILENT_BEFORE, Fault.SILENT_AFTER])
def test_a_silent_service_is_left_at_once(fault):
    with OpenAIStandIn(fault) as service:
        made = editor_for(Case("openai", OpenAI, OpenAIStandIn), service)
        payload = sealed(made)
        stopper = threading.Thread(target=lambda: service.hangs.wait(20) and made.stop())
        stopper.start()
        began = time.monotonic()
        with pytest.raises(Cancelled) as raised:
            made.edit(payload, Instruction("a hat"))
        assert time.monotonic() - began < 5
        assert raised.value.sent is Sent.UNKNOWN
        stopper.join(3)

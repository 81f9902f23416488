from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers

from privateedit.errors import NotServed, Sent
from privateedit.server.repeats import Repeats

FIRST, AGAIN = Headers({"x-stainless-retry-count": "0"}), Headers({"x-stainless-retry-count": "1"})


class Ledger:
    def name(self, photo):
        return photo


def ready(*photos):
    return SimpleNamespace(all=[SimpleNamespace(concealed=SimpleNamespace(photo=photo)) for photo in photos])


def asked(prompt="x", model="", count=1, canvas=None):
    return SimpleNamespace(prompt=prompt, model=model, count=count, canvas=canvas)


def test_what_was_sent_is_not_sent_again_by_a_client_alone():
    repeats = Repeats()
    repeats.require_new(FIRST, ready("a"), asked(), Ledger())
    with pytest.raises(NotServed) as caught:
        repeats.require_new(AGAIN, ready("a"), asked(), Ledger())
    assert (caught.value.status, caught.value.sent) == (409, Sent.YES)


def test_a_person_may_ask_as_often_as_they_like():
    repeats = Repeats()
    for headers in (FIRST, FIRST, Headers({})):
        repeats.require_new(headers, ready("a"), asked(), Ledger())


def test_what_was_never_sent_may_be_tried_again():
    Repeats().require_new(AGAIN, ready("a"), asked(), Ledger())


@pytest.mark.parametrize(
    "other",
    [
        (ready("b"), asked()),
        (ready("a", "b"), asked()),
        (ready("a"), asked("y")),
        (ready("a"), asked(model="m")),
        (ready("a"), asked(count=2)),
    ],
)
def test_another_edit_is_another(other):
    repeats = Repeats()
    repeats.require_new(FIRST, ready("a"), asked(), Ledger())
    repeats.require_new(AGAIN, *other, Ledger())


def test_nothing_is_remembered_for_long():
    clock = [0.0]
    repeats = Repeats(lambda: clock[0])
    repeats.require_new(FIRST, ready("a"), asked(), Ledger())
    clock[0] = 1801.0
    repeats.require_new(AGAIN, ready("a"), asked(), Ledger())
    assert len(repeats._sent) == 1

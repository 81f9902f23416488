from contextlib import ExitStack

import pytest

from privateedit.errors import NotServed
from privateedit.server.page.visits import KEPT, Visits
from privateedit.server.token import Token


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Held:
    """A photo that knows whether it was closed."""

    def __init__(self, busy=False, width=100, height=100):
        self.busy, self.closed = busy, False
        self.photo = self
        self.width, self.height = width, height

    def close(self):
        self.closed = True


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def visits(clock):
    return Visits(Token("pe-right"), clock)


def bearer(key):
    return f"Bearer {key}"


def refused(call, *arguments):
    with pytest.raises(NotServed) as caught:
        call(*arguments)
    return caught.value.status


def test_a_ticket_opens_once(visits):
    ticket = visits.ticket()
    visits.of(bearer(visits.sign_in(ticket)))
    assert refused(visits.sign_in, ticket) == 401


def test_a_ticket_is_good_for_ten_minutes(visits, clock):
    early, late = visits.ticket(), visits.ticket()
    clock.now = 599
    visits.sign_in(early)
    clock.now = 601
    assert refused(visits.sign_in, late) == 401


def test_the_token_opens_as_often_as_it_is_said(visits):
    first, second = visits.sign_in("pe-right"), visits.sign_in("pe-right")
    assert first != second
    assert visits.of(bearer(first)) is not visits.of(bearer(second))


@pytest.mark.parametrize("said", ["", "pe-wrong", "pe-righ", "x" * 200, "ü"])
def test_nothing_else_opens(visits, said):
    visits.ticket()
    assert refused(visits.sign_in, said) == 401


@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer ", "Bearer pe-right", "Basic {key}", "{key}"])
def test_only_the_key_is_somebody(visits, said):
    key = visits.sign_in(visits.ticket())
    assert refused(visits.of, said and said.format(key=key)) == 401


def test_whoever_asks_for_nothing_is_forgotten_with_all_photos(visits, clock):
    key = visits.sign_in("pe-right")
    photo = visits.of(bearer(key)).photos["a"] = Held()
    clock.now = KEPT - 1
    visits.of(bearer(key))
    clock.now = 2 * KEPT - 2
    visits.of(bearer(key))
    clock.now = 3 * KEPT
    assert refused(visits.of, bearer(key)) == 401
    assert photo.closed


def test_an_edit_under_way_keeps_its_photo(visits, clock):
    key = visits.sign_in("pe-right")
    photo = visits.of(bearer(key)).photos["a"] = Held(busy=True)
    clock.now = 10 * KEPT
    visits.of(bearer(key))
    assert not photo.closed


def test_leaving_forgets_at_once(visits):
    key = visits.sign_in("pe-right")
    photo = visits.of(bearer(key)).photos["a"] = Held()
    visits.leave(bearer(key))
    assert photo.closed
    assert refused(visits.of, bearer(key)) == 401
    visits.leave(bearer(key))


def opening(visits):
    with visits.opening():
        pass


def test_there_is_an_end_to_what_is_held(visits):
    key = visits.sign_in("pe-right")
    visits.of(bearer(key)).photos.update({str(number): Held() for number in range(8)})
    assert refused(opening, visits) == 503
    visits.of(bearer(key)).photos.pop("3")
    opening(visits)
    visits.of(bearer(key)).photos["large"] = Held(width=10_000, height=15_000)
    visits.require_pixels(49_000_000)
    assert refused(visits.require_pixels, 51_000_000) == 503
    visits.of(bearer(key)).photos.clear()
    visits.require_pixels(10**9)  # the codec has a limit of its own
    for _ in range(15):
        visits.sign_in("pe-right")
    assert refused(visits.sign_in, "pe-right") == 503


def test_photos_that_are_being_opened_count_too(visits):
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(visits.opening())
        assert refused(opening, visits) == 503
    opening(visits)


def test_where_nothing_more_can_be_held_a_silent_visit_gives_way(visits, clock):
    crashed, alive = visits.sign_in("pe-right"), visits.sign_in("pe-right")
    lost = [Held() for _ in range(6)]
    visits.of(bearer(crashed)).photos.update({str(number): photo for number, photo in enumerate(lost)})
    clock.now = 200
    visits.of(bearer(alive)).photos["a"] = Held()
    opening(visits)
    assert not lost[0].closed  # as long as there is room
    visits.of(bearer(alive)).photos["b"] = kept = Held()
    opening(visits)
    assert all(photo.closed for photo in lost)
    assert not kept.closed


def test_whoever_waits_for_somebody_to_come_in_is_told(visits):
    came = []
    visits.entered = lambda: came.append(1)
    refused(visits.sign_in, "pe-wrong")
    assert came == []
    visits.sign_in(visits.ticket())
    assert came == [1]


def test_keys_and_tickets_stand_in_no_repr(visits):
    key, ticket = visits.sign_in("pe-right"), visits.ticket()
    shown = repr(visits) + repr(visits.of(bearer(key)))
    assert key not in shown
    assert ticket not in shown

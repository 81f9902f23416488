"""What every adapter keeps when a region, further pictures or several results are asked for."""

import numpy as np
import pytest
from tests.contracts.cases import CASES, WISHES, Case
from tests.contracts.conftest import (
    HIDDEN,
    OTHER,
    OTHER_HIDDEN,
    PHOTO,
    editor_for,
    sealed,
    sealed_beside,
)
from tests.standins.pictures import found_in, opened
from tests.standins.server import Fault

from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand
from privateedit.core.photo import Photo
from privateedit.errors import BadReply, RequestRejected, Sent, ServiceDown, Unreachable

WORDS = Instruction("a violet scarf")

of_every_wish = pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.case)
of_every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def scrambled(photo, hidden, seed):
    pixels = photo.pixels.copy()
    pixels[hidden] = np.random.default_rng(seed).integers(0, 255, (int(hidden.sum()), 3), np.uint8)
    return Photo(pixels)


def region(payload, top=0.05, bottom=0.3):
    """A band that is partly hidden where `bottom` is below the head's top."""
    where = np.zeros_like(payload.hidden)
    height, width = where.shape
    where[round(top * height) : round(bottom * height), width // 4 : width // 2] = True
    return where


def errand(wish, editor, photo=PHOTO, others=None):
    payload = sealed(editor, photo)
    beside = others or tuple(sealed_beside(scrambled(OTHER, ~OTHER_HIDDEN, n)) for n in range(wish.beside))
    return Errand(payload, WORDS, region(payload) if wish.where else None, beside, wish.count)


def requests_of(case: Case, make, **stand_in):
    """Every request as bytes, without the address of the stand-in."""
    with case.stand_in(**stand_in) as service:
        editor = editor_for(case, service)
        results = editor.run(make(editor))
        root = service.root.removeprefix("http://").encode()
    assert not service.problems
    return [
        (each.raw_head.replace(root, b""), each.body.replace(root, b"")) for each in service.asked
    ], results


@of_every_wish
def test_all_that_was_asked_for_arrives_and_as_many_results_come_back(wish):
    asked = []

    def make(editor):
        asked.append(errand(wish, editor))
        return asked[0]

    requests, results = requests_of(wish.of, make, redraw=lambda picture, hidden: 255 - picture)
    sent = {data for _, body in requests for data in _exact(body, asked[0])}
    assert sent == {asked[0].payload.data, *(each.data for each in asked[0].beside)}
    assert len(results) == wish.count
    assert len({each.pixels.tobytes() for each in results}) == wish.count


def _exact(body, asked):
    """Which of the payloads travel in a body, raw or as base64."""
    found = found_in(body)
    return [
        each.data
        for each in (asked.payload, *asked.beside)
        if any(data.startswith(each.data) for data in found)
    ]


@of_every_wish
def test_scrambling_what_is_hidden_in_any_picture_leaves_every_byte(wish):
    found = []
    for seed in (1, 2):
        others = tuple(
            sealed_beside(scrambled(scrambled(OTHER, ~OTHER_HIDDEN, number), OTHER_HIDDEN, seed))
            for number in range(wish.beside)
        )
        photo = scrambled(PHOTO, HIDDEN, seed)
        requests, _ = requests_of(
            wish.of, lambda editor, photo=photo, others=others: errand(wish, editor, photo, others)
        )
        found.append(requests)
    assert found[0] == found[1]


@of_every_wish
def test_a_failure_is_told_and_nothing_is_sent_twice(wish):
    with wish.of.stand_in(status=500) as service:
        editor = editor_for(wish.of, service)
        with pytest.raises(ServiceDown) as raised:
            editor.run(errand(wish, editor))
    assert raised.value.sent is Sent.YES
    assert len(service.carried) == 1
    with wish.of.stand_in(Fault.RESET_UPLOAD) as service:
        editor = editor_for(wish.of, service)
        with pytest.raises(Unreachable) as raised:
            editor.run(errand(wish, editor))
    assert raised.value.sent is Sent.UNKNOWN
    assert len(service.carried) == 1


class OneFewer:
    """A service that draws fewer than it was asked for, or more."""

    def __init__(self, stand_in, change):
        self.change, self.delivery = change, stand_in.delivery
        stand_in.delivery = self

    def __call__(self, asked, *pictures):
        many = [*pictures, *pictures][: len(pictures) + self.change]
        return self.delivery(asked, *many)


@pytest.mark.parametrize("wish", [each for each in WISHES if each.count > 1], ids=lambda wish: wish.case)
@pytest.mark.parametrize("change", [-1, 2])
def test_fewer_results_are_a_bad_reply_and_a_surplus_is_dropped(wish, change):
    with wish.of.stand_in() as service:
        OneFewer(service, change)
        editor = editor_for(wish.of, service)
        if change > 0:
            assert len(editor.run(errand(wish, editor))) == wish.count
            return
        with pytest.raises(BadReply, match=f"{wish.count - 1} pictures instead of {wish.count}") as raised:
            editor.run(errand(wish, editor))
    assert raised.value.sent is Sent.YES


@of_every_case
def test_a_service_is_told_where_exactly_if_it_says_so(case):
    """A region that made no difference would be a promise that is not kept."""

    def bodies(**band):
        def make(editor):
            payload = sealed(editor)
            return Errand(payload, WORDS, region(payload, **band) if band else None)

        requests, _ = requests_of(case, make)
        return requests

    with case.stand_in() as service:
        editor = editor_for(case, service)
        if not editor.takes.where:
            payload = sealed(editor)
            with pytest.raises(RequestRejected, match="where") as raised:
                editor.run(Errand(payload, WORDS, region(payload)))
            assert raised.value.sent is Sent.NO
            assert not service.asked
            return
    assert bodies(top=0.0, bottom=0.1) != bodies(top=0.1, bottom=0.2)
    assert bodies(top=0.0, bottom=0.1) != bodies()


@of_every_case
def test_where_no_region_is_taken_no_mask_is_sent(case):
    with case.stand_in() as service:
        editor = editor_for(case, service)
        takes = editor.takes
        editor.edit(sealed(editor), WORDS)
    masks = [
        data for asked in service.asked for data in found_in(asked.body) if opened(data).mode in {"L", "RGBA"}
    ]
    assert bool(masks) is takes.where


@of_every_case
def test_more_than_a_service_takes_is_refused_before_anything_is_sent(case):
    with case.stand_in() as service:
        editor = editor_for(case, service)
        payload, takes = sealed(editor), editor.takes
        many = (sealed_beside(),) * (takes.beside + 1)
        for errands in (
            {"beside": many} if takes.beside < 15 else {},
            {"count": takes.count + 1} if takes.count < 10 else {},
        ):
            if errands:
                with pytest.raises(RequestRejected, match="so many") as raised:
                    editor.run(Errand(payload, WORDS, **errands))
                assert raised.value.sent is Sent.NO
        assert not service.asked

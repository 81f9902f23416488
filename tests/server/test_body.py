import anyio
import pytest

from privateedit.errors import NotServed
from privateedit.server.body import Budget, bounded, require_announced_fits
from privateedit.server.limits import ServerLimits


async def pieces(*given, wait=0.0):
    for each in given:
        await anyio.sleep(wait)
        yield each


def read(stream, limits, take=lambda count: None):
    async def all_of_it():
        return b"".join([each async for each in bounded(stream, limits, take)])

    return anyio.run(all_of_it)


def status(*arguments):
    with pytest.raises(NotServed) as caught:
        read(*arguments)
    return caught.value.status


def test_a_body_within_bounds_is_read_whole():
    assert read(pieces(b"ab", b"", b"c"), ServerLimits(body=3)) == b"abc"


def test_a_body_that_is_too_large_is_not_read_to_its_end():
    taken = []
    assert status(pieces(b"ab", b"cd", b"ef"), ServerLimits(body=3), taken.append) == 413
    assert taken == [2]


def test_a_body_that_pauses_or_trickles_ends():
    assert status(pieces(b"a", wait=5), ServerLimits(idle=0.05)) == 408
    slow = pieces(*[b"a"] * 100, wait=0.03)
    assert status(slow, ServerLimits(idle=1, upload=0.1)) == 408


def test_memory_is_shared_and_given_back():
    budget = Budget(10)
    with budget.share() as first:
        first(6)
        with budget.share() as second:
            second(4)
            with pytest.raises(NotServed) as caught:
                second(1)
            assert (caught.value.status, caught.value.retry_after) == (503, 5)
        assert budget.taken == 6
    assert budget.taken == 0


@pytest.mark.parametrize(
    ("said", "fits"), [(None, True), ("3", True), ("4", False), ("9" * 5000, False), ("x", True)]
)
def test_what_says_that_it_is_too_large_is_believed(said, fits):
    limits = ServerLimits(body=3)
    if fits:
        require_announced_fits(said, limits)
        return
    with pytest.raises(NotServed) as caught:
        require_announced_fits(said, limits)
    assert caught.value.status == 413

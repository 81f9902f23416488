import anyio
import pytest
from starlette.requests import ClientDisconnect

from privateedit.errors import Unreachable
from privateedit.server.presence import attended


def hears(*messages):
    """A client that says these, one after the other, and then nothing."""
    left = list(messages)

    async def receive():
        if not left:
            await anyio.sleep_forever()
        await anyio.sleep(0.01)
        return {"type": left.pop(0)}

    return receive


def test_a_client_that_stays_is_there():
    async def work(presence):
        await anyio.sleep(0.05)
        presence.require()
        return 5

    assert anyio.run(attended, hears("http.request"), work) == 5


def test_a_client_that_hangs_up_is_noticed_while_others_work():
    async def work(presence):
        with anyio.fail_after(5):
            await presence.left.wait()
        presence.require()

    with pytest.raises(ClientDisconnect):
        anyio.run(attended, hears("http.request", "http.disconnect"), work)


def test_an_error_comes_through_as_it_is():
    async def work(presence):
        raise Unreachable("no connection")

    with pytest.raises(Unreachable, match="no connection"):
        anyio.run(attended, hears(), work)

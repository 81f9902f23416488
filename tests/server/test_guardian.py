import anyio
import pytest

from privateedit.server import guardian


def test_silence_is_filled_until_it_is_cancelled(monkeypatch):
    monkeypatch.setattr(guardian, "_KEEP_ALIVE", 0.01)
    said = []

    async def send(message):
        said.append(message)

    async def story():
        with anyio.move_on_after(0.2):
            await guardian.keep_alive(send)

    anyio.run(story)
    assert len(said) > 2
    assert all(each["body"].startswith(b": ") and each["more_body"] for each in said)


def test_what_every_request_shares_is_not_changed(proxy):
    with pytest.raises(AttributeError):
        proxy.guardian.policy = None
    guardian.Unstoppable().stop()

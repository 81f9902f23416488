from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.doubles.scenes import oval, scenery

from privateedit.codec import ByteInspector, PixelEncoder, decode
from privateedit.core.conceal import Fill, Paint, conceal
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.seal import seal
from privateedit.providers.egress import Door
from privateedit.providers.exchange import RemoteEditor
from privateedit.providers.keys import Key
from privateedit.providers.policy import Policy

HEIGHT, WIDTH = 450, 580
HIDDEN = oval(HEIGHT, WIDTH, 290, 193, 77, 96)
PHOTO = Photo(scenery(HEIGHT, WIDTH, 7))


OTHER_HIDDEN = oval(300, 260, 120, 150, 60, 80)
OTHER = Photo(scenery(300, 260, 5))


PATIENT = Policy(answer=30.0)


def sealed(editor, photo=PHOTO):
    """What leaves for a service: framed as it asks, then sealed."""
    framing = editor.frame(photo.width, photo.height, Framing())
    return _packed(framing) if photo is PHOTO else _sealed(photo, framing)


def sealed_beside(photo=OTHER):
    """What goes along with another picture."""
    return _sealed(photo, Framing(max_side=200), OTHER_HIDDEN)


@cache
def _packed(framing):
    """A payload cannot be altered, so the same one serves every test."""
    return _sealed(PHOTO, framing)


def _sealed(photo, framing, hidden=HIDDEN):
    masked = conceal(photo, Mask(hidden), Paint.mixed(Fill(), Mask(hidden), np.random.bytes))
    ports = {"encoder": PixelEncoder(), "inspector": ByteInspector(), "entropy": np.random.bytes}
    return seal(photo, masked, framing, **ports)


def editor_for(case, stand_in, *, policy=PATIENT, patience=None, **changes):
    service = case.service()
    # Waiting is not what is tested here.
    profile = service.profile if patience is None else replace(service.profile, patience=patience)
    service.profile = profile
    key = Key(stand_in.key) if profile.key else None
    door = Door(profile, stand_in.url, key, policy)
    return RemoteEditor(
        service, door, lambda data: decode(data).photo.pixels, case.model, case.options,
        **{"sleep": lambda seconds: None, **changes},
    )  # fmt: skip


def a_payload(photo=PHOTO):
    """A small sealed payload, for tests of what carries it."""
    return _sealed(photo, Framing(max_side=160))


@pytest.fixture
def photo():
    return PHOTO

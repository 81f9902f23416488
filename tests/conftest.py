"""Public-domain portraits and the real parts, loaded once for the whole run."""

from functools import partial
from itertools import count

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import settings
from matplotlib import cbook
from PIL import Image
from tests.doubles.networks import remembering

from privateedit import pipeline, restoring, wiring
from privateedit.core.photo import Photo
from privateedit.settings import STATE_VARIABLE

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def networks_that_remember():
    """A third of the processor's time; the networks' own tests, in `tests/vision`, look every time."""
    with remembering():
        yield


@pytest.fixture(scope="session")
def restores():
    from tests.doubles.restores import Restores

    return Restores()


@pytest.fixture
def restores_that_remember(restores, monkeypatch):
    """For tests of what goes on around a restore, which put the same few pictures together over and over."""
    monkeypatch.setattr(restoring, "_put_back", restores.put_back)


@pytest.fixture(scope="session")
def state_folders(tmp_path_factory):
    """Where each test's records lie. Pytest looks through all of its own folders for every new one."""
    within = tmp_path_factory.mktemp("state")
    return (within / str(number) for number in count())


@pytest.fixture(autouse=True)
def state_folder(state_folders, monkeypatch):
    """A folder for the records of this test alone, so that no test touches those of the person running it."""
    folder = next(state_folders) / "records"
    folder.parent.mkdir()
    monkeypatch.setenv(STATE_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="session")
def astronaut():
    """Eileen Collins, NASA: 512×512, one face near the top."""
    return Photo(np.ascontiguousarray(skimage.data.astronaut()[..., :3]))


@pytest.fixture(scope="session")
def hopper():
    """Grace Hopper, U.S. Navy: 512×600, one large face."""
    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        return Photo(np.asarray(image.convert("RGB")))


@pytest.fixture(scope="session")
def couple(astronaut, hopper):
    """Both, side by side, their faces about the same size."""
    height, width = round(hopper.height * 0.55), round(hopper.width * 0.55)
    small = cv2.resize(hopper.pixels, (width, height), interpolation=cv2.INTER_AREA)
    pixels = np.full((512, 512 + width, 3), 90, np.uint8)
    pixels[:, :512] = astronaut.pixels
    pixels[100 : 100 + height, 512:] = small
    return Photo(pixels)


@pytest.fixture(scope="session")
def parts(tmp_path_factory):
    """The real parts; their records lie in a folder of this run, not in that of the person running it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATE_VARIABLE, str(tmp_path_factory.mktemp("session") / "records"))
        return wiring.parts()


@pytest.fixture(scope="session")
def astronaut_face(astronaut, parts):
    (face,) = parts.detector.detect(astronaut.pixels)
    return face


@pytest.fixture(scope="session")
def hopper_face(hopper, parts):
    (face,) = parts.detector.detect(hopper.pixels)
    return face


@pytest.fixture(scope="session")
def hidden_astronaut(astronaut, parts):
    """The astronaut with her face hidden in black."""
    return pipeline.hide(astronaut, pipeline.Concealment(), parts)


@pytest.fixture(scope="session")
def hidden_couple(couple, parts):
    return pipeline.hide(couple, pipeline.Concealment(), parts)


@pytest.fixture(scope="session")
def small_astronaut(astronaut):
    """At half the size, where she is found too: to put her face back takes a third of the time."""
    return Photo(cv2.resize(astronaut.pixels, (256, 256), interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="session")
def hidden_small_astronaut(small_astronaut, parts):
    return pipeline.hide(small_astronaut, pipeline.Concealment(), parts)


@pytest.fixture(scope="session")
def sealed_astronaut(astronaut, parts):
    return pipeline.mask(astronaut, pipeline.Concealment(), parts)


@pytest.fixture(scope="session")
def stranger_editor(hopper, hopper_face):
    """A maker of editors that paint Grace Hopper into the hole."""
    from tests.doubles.stranger import StrangerEditor

    return partial(StrangerEditor, hopper, hopper_face)


@pytest.fixture(scope="session")
def coffee():
    """A photo without a face."""
    return Photo(np.ascontiguousarray(skimage.data.coffee()))

"""Payloads, pictures and a fake segmenter for the studio."""

import cv2
import numpy as np
import pytest

from privateedit.core.payload import Payload, _mint
from privateedit.providers.studio import StudioEditor


def encode(pixels):
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done
    return data.tobytes()


def decode(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def ellipse(shape, x, y, half_width, half_height):
    """Bool H×W; all measures are shares of width and height."""
    rows, columns = shape[:2]
    down, across = np.mgrid[:rows, :columns] + 0.5
    return ((across / columns - x) / half_width) ** 2 + ((down / rows - y) / half_height) ** 2 <= 1


class FakeSegmenter:
    """Says "person" where it saw the person of `portrait`: a matte given beforehand, whatever the pixels."""

    def __init__(self, matte):
        self.matte = np.asarray(matte, np.float32)

    def segment(self, pixels):
        rows, columns = pixels.shape[:2]
        height, width = self.matte.shape
        # The editor reduces the picture and may show it within a border: below and between even margins.
        factor = min(1.0, 512 / max(height, width))
        inner = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(self.matte, inner, interpolation=cv2.INTER_AREA).reshape(inner[1], inner[0])
        side = (columns - inner[0]) // 2
        return np.pad(small, ((rows - inner[1], 0), (side, columns - inner[0] - side)))


class ColorSegmenter:
    """Says "person" where a pixel is not blue: it looks at the pixels, as a real one does."""

    def segment(self, pixels):
        red, blue = pixels[..., 0].astype(np.float32), pixels[..., 2].astype(np.float32)
        return np.clip((red - blue) / 40 + 0.5, 0, 1)


@pytest.fixture
def person():
    """Bool masks of a person (head and shoulders) and of the face, for a picture of that shape."""

    def make(shape):
        head = ellipse(shape, 0.5, 0.38, 0.17, 0.24)
        body = ellipse(shape, 0.5, 1.0, 0.40, 0.42)
        return head | body, ellipse(shape, 0.5, 0.40, 0.11, 0.15)

    return make


@pytest.fixture
def portrait(person):
    """A synthetic portrait: skin-colored person with texture before a blue background with texture."""

    def make(shape=(320, 256)):
        random = np.random.default_rng(7)
        body, _ = person(shape)
        noise = cv2.GaussianBlur(random.normal(0, 30, (*shape, 3)).astype(np.float32), (0, 0), 2).reshape(
            *shape, 3
        )
        base = np.where(body[..., None], (200.0, 140.0, 110.0), (60.0, 90.0, 170.0))
        return np.clip(np.rint(base + noise), 0, 255).astype(np.uint8)

    return make


@pytest.fixture
def mint():
    """Make a payload of `pixels` with `hidden` filled. Stands in for seal(), the only maker of payloads."""

    def make(pixels, hidden, fill=(0, 0, 0)) -> Payload:
        sent = np.where(hidden[..., None], np.asarray(fill, np.uint8), pixels)
        return _mint(data=encode(sent), image_format="png", hidden=hidden, sealed=True)

    return make


@pytest.fixture
def decoder():
    """Bytes of a PNG to RGB pixels."""
    return decode


@pytest.fixture
def studio():
    """A studio whose segmenter sees this matte."""
    return lambda matte: StudioEditor(decode, FakeSegmenter(matte))


@pytest.fixture
def seeing_studio():
    """A studio whose segmenter looks at the pixels."""
    return StudioEditor(decode, ColorSegmenter())

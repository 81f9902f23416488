"""Settings become concrete parts here and nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from privateedit.audit.instruments import Instruments
from privateedit.codec import ByteInspector, PixelEncoder, decode, open_file
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import Editor
from privateedit.errors import InputError
from privateedit.pipeline import Parts
from privateedit.providers.studio import StudioEditor
from privateedit.settings import Settings, read_settings
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.recognize import SAME_PERSON, SURROUNDINGS_VIEW, DlibLandmarks, DlibRecognizer
from privateedit.vision.segment import SelfieSegmenter

DEFAULT_PROVIDER = "studio"


def settings() -> Settings:
    """Return what the environment and the settings file say now.

    Raises:
        InputError: one of the settings cannot be used.
    """
    return read_settings()


@cache
def parts() -> Parts:
    """Return the parts every front end uses; models load when first needed and are shared."""
    return Parts(
        detector=MultiScaleDetector(),
        segmenter=SelfieSegmenter(),
        encoder=PixelEncoder(),
        inspector=ByteInspector(),
        entropy=secrets.token_bytes,
    )


@cache
def instruments() -> Instruments:
    """Return what audits measure with; the recognizer needs the extra `audit` when it is first used."""
    return Instruments(
        parts=parts(),
        landmarks=DlibLandmarks(),
        recognizer=DlibRecognizer(),
        surroundings=DlibRecognizer(SURROUNDINGS_VIEW),
        threshold=SAME_PERSON,
        decode=_decoded_pixels,
        open_photo=_opened_photo,
    )


def _opened_photo(path: Path) -> Photo:
    return open_file(path).photo


def _studio() -> Editor:
    return StudioEditor(_decoded_pixels, parts().segmenter)


def _decoded_pixels(data: bytes) -> Pixels:
    return decode(data, name="the payload").photo.pixels


PROVIDERS: Mapping[str, Callable[[], Editor]] = MappingProxyType({"studio": _studio})
"""Editors by name."""


def editor(name: str = DEFAULT_PROVIDER) -> Editor:
    """Return the editor of that name.

    Raises:
        InputError: there is none; the message lists those there are.
    """
    if name not in PROVIDERS:
        raise InputError(f"There is no provider of that name; choose one of: {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]()

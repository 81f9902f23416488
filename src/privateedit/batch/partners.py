"""Partners: the edited picture that belongs to a photo, found by its name and never guessed."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from privateedit.batch.naming import ENDINGS
from privateedit.batch.roll import Claimed
from privateedit.errors import InputError


def partner_in(folder: Path, claimed: Claimed) -> Path:
    """Return the edited picture of a photo: called like the photo, or like its masked picture.

    Raises:
        InputError: there is none, or more than one.
    """
    stem = folder / PurePosixPath(claimed.out).with_suffix("")
    spelled = [ending for each in sorted(ENDINGS) for ending in (each, each.upper())]
    named = [stem.with_name(stem.name + ending) for ending in spelled]
    if PurePosixPath(claimed.name).with_suffix("") == PurePosixPath(claimed.out).with_suffix(""):
        named.append(folder / claimed.name)  # whatever its ending
    found = [path for path in named if os.path.isfile(path)]  # noqa: PTH113 (a name may be too long for one)
    distinct = [
        path for place, path in enumerate(found) if not any(path.samefile(each) for each in found[:place])
    ]
    if not distinct:
        raise InputError(f"There is no edited picture called {stem.name} yet.")
    if len(distinct) > 1:
        names = ", ".join(path.name for path in distinct)
        raise InputError(f"Several edited pictures could belong to the photo: {names}.")
    return distinct[0]

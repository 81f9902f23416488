"""Forgetting: what is kept of one photo, or everything."""

from __future__ import annotations

import shutil

from privateedit.core.photo import Photo
from privateedit.records import chain_file
from privateedit.records.handovers import FileHandovers
from privateedit.records.key import FILE, new_key, write_key
from privateedit.records.ledger import FileLedger
from privateedit.records.private_files import sync_folder, writing
from privateedit.records.state import OF_PHOTOS, State


def forget_photo(state: State, photo: Photo) -> bool:
    """Drop what is known of a photo, in the ledger and of its last hand-over, and tell whether there was any.

    The journal notes it, and the note comes first: a protection must not vanish without a trace.

    Raises:
        Refused: the records are damaged, open to others or cannot be written.
    """
    ledger, handovers = FileLedger(state), FileHandovers(state)
    if ledger.protected(photo) is None and not handovers.knows(photo):
        return False
    name = ledger.name(photo)
    with state.opened() as key:
        chain_file.add(state.folder, key, state.now(), kind="forgot", identity="", facts={"photo": name})
    in_ledger, remembered = ledger.forget(photo) is not None, handovers.forget(photo)
    return in_ledger or remembered


def forget_all(state: State) -> bool:
    """Drop all of photos, key and journal, and tell whether there were any. Works on damaged records as well.

    A new key and a new journal take their place; its first line says that an earlier one was forgotten. If
    this is stopped half way, the parts do not fit together, nothing can be sent, and it can be repeated.

    Raises:
        JournalUnwritable: something could not be removed or written.
        Refused: the folder is open to others.
    """
    if not state.folder.exists():
        return False
    with state.locked(), writing():
        old_key, kept = state.folder / FILE, [state.folder / name for name in OF_PHOTOS]
        if not (chain_file.exists(state.folder) or any(each.exists() for each in (old_key, *kept))):
            return False
        for each in kept:
            if each.exists():
                shutil.rmtree(each)
        key = new_key(state.entropy)
        write_key(state.folder, key)
        chain_file.begin(state.folder, key, state.now(), forgotten=True)
        sync_folder(state.folder)
    return True

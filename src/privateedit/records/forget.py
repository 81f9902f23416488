"""Forgetting: one photo's entry in the ledger, or everything."""

from __future__ import annotations

import shutil

from privateedit.core.photo import Photo
from privateedit.records import chain_file
from privateedit.records.key import FILE, new_key, write_key
from privateedit.records.ledger import FileLedger
from privateedit.records.private_files import sync_folder, writing
from privateedit.records.state import LEDGER, State


def forget_photo(state: State, photo: Photo) -> bool:
    """Drop the ledger's entry of a photo, and tell whether there was one. The journal notes it.

    The note comes first: a protection must not vanish without a trace.

    Raises:
        Refused: the records are damaged, open to others or cannot be written.
    """
    ledger = FileLedger(state)
    if ledger.protected(photo) is None:
        return False
    name = ledger.name(photo)
    with state.opened() as key:
        chain_file.add(state.folder, key, state.now(), kind="forgot", identity="", facts={"photo": name})
    return ledger.forget(photo) is not None


def forget_all(state: State) -> bool:
    """Drop ledger, key and journal, and tell whether there were any. Works on damaged records as well.

    A new key and a new journal take their place; its first line says that an earlier one was forgotten. If
    this is stopped half way, the parts do not fit together, nothing can be sent, and it can be repeated.

    Raises:
        JournalUnwritable: something could not be removed or written.
        Refused: the folder is open to others.
    """
    if not state.folder.exists():
        return False
    with state.locked(), writing():
        ledger, old_key = state.folder / LEDGER, state.folder / FILE
        if not (chain_file.exists(state.folder) or ledger.exists() or old_key.exists()):
            return False
        if ledger.exists():
            shutil.rmtree(ledger)
        key = new_key(state.entropy)
        write_key(state.folder, key)
        chain_file.begin(state.folder, key, state.now(), forgotten=True)
        sync_folder(state.folder)
    return True

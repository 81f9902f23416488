"""What is kept on this device about sends: the journal, the ledger, and how photos were handed over."""

from typing import NamedTuple

from privateedit.records.forget import forget_all, forget_photo
from privateedit.records.handovers import FileHandovers
from privateedit.records.journal import FileJournal
from privateedit.records.ledger import FileLedger
from privateedit.records.state import State

__all__ = ["FileHandovers", "FileJournal", "FileLedger", "Records", "State", "forget_all", "forget_photo"]


class Records(NamedTuple):
    """All of it, in one folder."""

    journal: FileJournal
    ledger: FileLedger
    handovers: FileHandovers
    state: State

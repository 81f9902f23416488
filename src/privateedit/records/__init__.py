"""What is kept on this device about sends: the journal of sends and the ledger of what photos showed."""

from privateedit.records.forget import forget_all, forget_photo
from privateedit.records.journal import FileJournal
from privateedit.records.ledger import FileLedger
from privateedit.records.state import State

__all__ = ["FileJournal", "FileLedger", "State", "forget_all", "forget_photo"]

import pytest
from tests.doubles.records import a_state

from privateedit.records import FileHandovers, FileJournal, FileLedger


@pytest.fixture
def state(state_folder):
    return a_state(state_folder)


@pytest.fixture
def journal(state):
    return FileJournal(state)


@pytest.fixture
def ledger(state):
    return FileLedger(state)


@pytest.fixture
def memory(state):
    return FileHandovers(state)


@pytest.fixture
def path(state_folder):
    """Of the journal's lines."""
    return state_folder / "journal.jsonl"

"""Several processes write journal, ledger and hand-overs at once, as the workers of a batch do."""

from multiprocessing import get_context

import numpy as np
from tests.doubles.records import a_photo, a_state, an_intent, an_outcome

from privateedit.records import FileJournal, FileLedger
from privateedit.records.sends import History

SENDS, PROCESSES = 15, 3


def write(folder, seed):
    state = a_state(folder, seed)
    journal, ledger = FileJournal(state), FileLedger(state)
    photo = a_photo(seed)
    for _ in range(SENDS):
        identity = journal.intend(an_intent(photo=ledger.name(photo)))
        ledger.reveal(photo, np.ones((photo.height, photo.width), np.bool_))
        journal.conclude(identity, an_outcome())


def shrink(folder, number, shown):
    ledger = FileLedger(a_state(folder, number))
    hidden = np.ones((20, 30), np.bool_)
    hidden[number] = False
    ledger.reveal(a_photo(), hidden, smaller=True)
    shown.put(number)


def in_processes(work, *arguments):
    context = get_context("fork")
    hands = [context.Process(target=work, args=each) for each in arguments]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    assert [hand.exitcode for hand in hands] == [0] * len(hands)


def test_every_line_of_every_process_is_in_one_sound_chain(tmp_path):
    folder = tmp_path / "records"
    in_processes(write, *((folder, seed) for seed in range(PROCESSES)))
    history = History()
    verdict = FileJournal(a_state(folder)).verify(history.add)
    assert verdict.problem is None
    assert len(history.sends) == SENDS * PROCESSES
    assert all(send.outcome is not None for send in history.sends)
    assert len({send.facts["photo"] for send in history.sends}) == PROCESSES


def test_what_two_processes_show_of_one_photo_at_once_is_remembered_together(tmp_path):
    folder = tmp_path / "records"
    shown = get_context("fork").Queue()
    in_processes(shrink, *((folder, number, shown) for number in range(5)))
    hidden = FileLedger(a_state(folder)).protected(a_photo()).hidden
    assert not hidden[:5].any()
    assert hidden[5:].all()

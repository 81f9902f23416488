from privateedit import wiring
from privateedit.audit.instruments import Instruments
from privateedit.vision.recognize import SAME_PERSON


def test_wiring_gives_one_set_that_shares_the_pipelines_parts():
    instruments = wiring.instruments()
    assert isinstance(instruments, Instruments)
    assert instruments.recognizer is wiring.instruments().recognizer
    assert instruments.parts is wiring.parts()
    assert instruments.threshold == SAME_PERSON

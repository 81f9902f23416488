from privateedit.server.asked import LONGEST_PROMPT, MOST_PICTURES
from privateedit.server.limits import ServerLimits


def test_what_openai_takes_fits():
    usual = ServerLimits()
    assert usual.file >= 50_000_000
    assert usual.files == MOST_PICTURES + 1
    assert usual.body >= MOST_PICTURES * usual.file
    assert usual.text >= 4 * LONGEST_PROMPT


def test_what_is_in_memory_has_a_bound_of_its_own():
    usual = ServerLimits()
    assert usual.body <= usual.memory < usual.waiting * usual.body

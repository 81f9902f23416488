import re

import pytest

from privateedit import errors
from privateedit.errors import CannotAlign, InputError, PrivateEditError, Refused, Sent, UnknownInstruction

KINDS = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, PrivateEditError)
}


def drawn():
    """The tree in the module's docstring: name → (parent, exit code)."""
    tree, above = {}, [(0, "PrivateEditError")]
    for line in errors.__doc__.splitlines():
        if found := re.match(r"^( {4}[│├└─ ]*[├└]── )(\w+) +(\d+) ", line):
            depth = len(found[1])
            above = [each for each in above if each[0] < depth]
            tree[found[2]] = (above[-1][1], int(found[3]))
            above.append((depth, found[2]))
    return tree


def test_the_drawing_is_the_tree():
    real = {
        name: (kind.__base__.__name__, kind.exit_code)
        for name, kind in KINDS.items()
        if kind is not PrivateEditError
    }
    assert drawn() == real
    assert len(real) >= 11


def test_no_exit_code_is_success():
    assert all(kind.exit_code > 0 for kind in KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_nothing_was_sent_unless_said(kind):
    error = kind("It failed.")
    assert error.sent is Sent.NO
    assert error.sentence == "It failed. Nothing was sent."
    assert str(error) == error.message == "It failed."


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        (Sent.NO, "Nothing was sent."),
        (Sent.YES, "The masked picture was sent."),
        (Sent.UNKNOWN, "The masked picture may have been sent."),
    ],
)
def test_the_sentence_says_what_was_sent(sent, end):
    assert InputError("Bad. ", sent=sent).sentence == f"Bad. {end}"


def test_facts_are_carried():
    assert UnknownInstruction("No.", offers=("warm",)).offers == ("warm",)
    measured = {"residual": 0.5}
    error = CannotAlign("No.", measured=measured, sent=Sent.YES)
    measured["residual"] = 0
    assert error.measured == {"residual": 0.5}
    assert CannotAlign("No.").measured == {}


def test_a_failed_seal_is_a_refusal():
    assert issubclass(errors.NotSealed, Refused)

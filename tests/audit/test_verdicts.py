from dataclasses import replace

import pytest

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.grid import CONTEXT, Kind
from privateedit.audit.identity_bench import PARROT, Identity, Row
from privateedit.audit.metrics import Rate
from privateedit.audit.verdicts import verdicts
from privateedit.core.trust import Trust


def rate(value):
    return Rate(value, 0.0, 1.0)


def row(case, attack, rank_one, accepted=0.0, kind=Kind.PRESET):
    return Row(case, kind, attack, rate(rank_one), None if accepted is None else rate(accepted))


def identity(*rows):
    return Identity(50, 0.5, row("clean", "clean", 1.0, 1.0), rows, {}, {}, (), ())


def good():
    rows = [row(trust, attack, 0.02) for trust in Trust for attack in ATTACKS]
    rows += [row("none", PARROT, 0.10, None), row(CONTEXT.name, PARROT, 0.06, None, Kind.BASELINE)]
    rows += [row("see-through black 0.95", "stretch", 1.0, 0.95, Kind.EXPOSED)]
    return identity(*rows)


def test_all_limits_are_kept():
    judged = verdicts(good())
    assert len(judged) == 8
    assert all(verdict.kept for verdict in judged)


@pytest.mark.parametrize(
    ("case", "attack", "changes", "rule"),
    [
        ("low", "stretch", {"rank_one": rate(0.06)}, "low: rank-1, worst attack"),
        ("high", "deblur", {"accepted": rate(0.03)}, "high: accepted, worst attack"),
        ("none", PARROT, {"rank_one": rate(0.12)}, "none: rank-1, gallery masked alike"),
        (
            "see-through black 0.95",
            "stretch",
            {"accepted": rate(0.8)},
            "see-through black 0.95, stretched: matched",
        ),
    ],
)
def test_each_limit_can_be_broken(case, attack, changes, rule):
    rows = [
        replace(each, **changes) if (each.case, each.attack) == (case, attack) else each
        for each in good().rows
    ]
    assert [verdict.rule for verdict in verdicts(identity(*rows)) if not verdict.kept] == [rule]


def test_exactly_the_limit_is_kept():
    rows = [row("low", attack, 0.05, 0.02) for attack in ATTACKS]
    assert [verdict.kept for verdict in verdicts(identity(*rows))] == [True, True]


def test_what_was_not_measured_is_not_judged():
    assert verdicts(identity(row("face noise", "stretch", 1.0, 1.0, Kind.SETTING))) == ()

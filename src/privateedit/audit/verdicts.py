"""The limits that the presets must keep, and the one that a see-through face must break."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.grid import CONTEXT, Kind
from privateedit.audit.identity_bench import PARROT, Identity, Row
from privateedit.core.trust import Trust

_RANK_ONE_MARGIN = 0.03
_ACCEPTED = 0.02
_PARROT_MARGIN = 0.05
_SEEN_THROUGH = "see-through black 0.95"
_MATCHED = 0.90
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit: what was measured, what it may be, and whether it is kept."""

    rule: str
    measured: float
    limit: float
    kept: bool


def verdicts(found: Identity) -> tuple[Verdict, ...]:
    """Return a verdict for every limit whose case was measured."""
    judged: list[Verdict] = []
    for trust in Trust:
        rows = [row for row in found.rows if row.case == trust and row.kind is Kind.PRESET]
        attacked = [row for row in rows if row.attack in ATTACKS]
        if attacked:
            judged += _clean_gallery(trust, attacked, found)
    parrots = {row.case: row.rank_one.value for row in found.rows if row.attack == PARROT}
    if Trust.NONE in parrots and CONTEXT.name in parrots:
        limit = parrots[CONTEXT.name] + _PARROT_MARGIN
        judged.append(_at_most("none: rank-1, gallery masked alike", parrots[Trust.NONE], limit))
    for row in found.rows:
        if row.case == _SEEN_THROUGH and row.attack == "stretch" and row.accepted is not None:
            matched = row.accepted.value
            judged.append(Verdict(f"{row.case}, stretched: matched", matched, _MATCHED, matched >= _MATCHED))
    return tuple(judged)


def _clean_gallery(trust: Trust, attacked: list[Row], found: Identity) -> list[Verdict]:
    rank_one = max(row.rank_one.value for row in attacked)
    accepted = max(row.accepted.value for row in attacked if row.accepted is not None)
    return [
        _at_most(f"{trust}: rank-1, worst attack", rank_one, found.chance + _RANK_ONE_MARGIN),
        _at_most(f"{trust}: accepted, worst attack", accepted, _ACCEPTED),
    ]


def _at_most(rule: str, measured: float, limit: float) -> Verdict:
    return Verdict(rule, measured, limit, measured <= limit + _ROUNDING)

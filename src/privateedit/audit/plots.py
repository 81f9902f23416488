"""Two pictures of a benchmark: privacy against the hidden share, and rank-1 by setting."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from privateedit.audit.attacks import ATTACKS
from privateedit.audit.grid import Kind
from privateedit.audit.identity_bench import PARROT, PARROT_WIDE, Identity
from privateedit.errors import ExtraMissing

_SIZE = (9.0, 5.5)  # inches
_RESOLUTION = 120
_MIDDLE, _NEAR = 50.0, 10.0  # percent
_COLORS = {
    Kind.PRESET: "#1a7f37",
    Kind.SETTING: "#0969da",
    Kind.EXPOSED: "#b42318",
    Kind.BASELINE: "#6e7781",
}


def hidden_share_plot(found: Identity) -> bytes:
    """Return a PNG: how much of the picture each case hides, against its rank-1 under the worst attack.

    Raises:
        ExtraMissing: Matplotlib is not installed.
    """
    figure, axes = _axes("Privacy against how much is hidden")
    together: dict[tuple[int, int], tuple[tuple[float, float], list[str]]] = {}
    for case, kind, rank_one in _worst(found):
        place = (100 * found.hidden[case], 100 * rank_one)
        axes.scatter(*place, color=_COLORS[kind], zorder=3)
        near = (round(place[0] / _NEAR), round(place[1] / _NEAR))
        together.setdefault(near, (place, []))[1].append(case)
    for place, cases in together.values():
        # What lies close together shares a label; near the top it hangs down, so that it stays inside.
        hangs = place[1] > _MIDDLE
        axes.annotate(
            "\n".join(cases),
            place,
            xytext=(6, -3 if hangs else 4),
            textcoords="offset points",
            fontsize=7,
            va="top" if hangs else "bottom",
        )
    _chance_line(axes, found, horizontal=True)
    axes.set_xlabel("hidden share of the picture, %")
    axes.set_ylabel("right person named first, worst attack, %")
    axes.set_ylim(-3, 105)
    return _png(figure)


def rank_one_plot(found: Identity) -> bytes:
    """Return a PNG: rank-1 of each case under the worst attack, and with the gallery masked the same way.

    Raises:
        ExtraMissing: Matplotlib is not installed.
    """
    figure, axes = _axes("Who is recognized")
    worst = _worst(found)
    parrots = {(row.case, row.attack): row.rank_one.value for row in found.rows}
    series = {
        "clean gallery, worst attack": [rank_one for _, _, rank_one in worst],
        "gallery masked alike": [parrots[case, PARROT] for case, _, _ in worst],
        "the same, wider view": [parrots[case, PARROT_WIDE] for case, _, _ in worst],
    }
    for number, (label, values) in enumerate(series.items()):
        places = [index + 0.27 * (number - 1) for index in range(len(worst))]
        axes.barh(places, [100 * value for value in values], height=0.25, label=label)
    _chance_line(axes, found, horizontal=False)
    axes.set_yticks(range(len(worst)), [case for case, _, _ in worst], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("right person named first, %")
    axes.set_xlim(0, 105)
    figure.legend(fontsize=8, loc="outside lower center", ncols=4)
    return _png(figure)


def _worst(found: Identity) -> list[tuple[str, Kind, float]]:
    """Return each case with its highest rank-1 under an attack with a clean gallery, in the grid's order."""
    worst: dict[str, tuple[Kind, float]] = {}
    for row in found.rows:
        if row.attack in ATTACKS:
            before = worst.get(row.case, (row.kind, 0.0))[1]
            worst[row.case] = (row.kind, max(before, row.rank_one.value))
    return [(case, kind, value) for case, (kind, value) in worst.items()]


def _axes(title: str) -> tuple[Any, Any]:
    try:
        figure_module = import_module("matplotlib.figure")
    except ImportError:
        raise ExtraMissing("This needs an optional part; run: pip install 'privateedit[audit]'.") from None
    # Without pyplot there is no window system and no state to clean up.
    figure = figure_module.Figure(figsize=_SIZE, dpi=_RESOLUTION, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.grid(visible=True, alpha=0.3)
    return figure, axes


def _chance_line(axes: Any, found: Identity, *, horizontal: bool) -> None:  # noqa: ANN401 (Matplotlib's)
    line = axes.axhline if horizontal else axes.axvline
    line(100 * found.chance, color="black", linestyle="--", linewidth=1, label="chance")


def _png(figure: Any) -> bytes:  # noqa: ANN401 (Matplotlib's)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()

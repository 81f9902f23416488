"""Sizes of models that more than one service offers."""

from __future__ import annotations

from collections.abc import Mapping

from privateedit.core.framing import Framing
from privateedit.providers.ratios import Shape
from privateedit.providers.sizes import Grid, nearest


def both_ways(shapes: Mapping[Shape, str]) -> dict[Shape, str]:
    """Return shapes with the names of their proportions, and the same turned by a quarter."""
    turned = {(down, across): ":".join(reversed(name.split(":"))) for (across, down), name in shapes.items()}
    return {**shapes, **turned}


_TALL_KONTEXT = (
    (672, 1568),
    (688, 1504),
    (720, 1456),
    (752, 1392),
    (800, 1328),
    (832, 1248),
    (880, 1184),
    (944, 1104),
)
KONTEXT = (*_TALL_KONTEXT, (1024, 1024), *((high, wide) for wide, high in _TALL_KONTEXT))
"""The sizes FLUX.1 Kontext was trained at and draws in (Black Forest Labs 2025, arXiv 2506.15742, and its
published code). A picture of such a size comes back in it; any other is squashed to the nearest one."""

FLUX_2 = Grid(step=16, least=3 * 512 * 512, most=4_000_000, edge=2048, ratio=3.0)
"""Sizes that FLUX.2 takes everywhere: 4 MP at most, and sides from 512 to 2048, the narrowest bounds of all
services that have it."""

FILL = Grid(step=32, least=3 * 256 * 256, most=1440 * 1440, edge=1440, ratio=3.0)
"""Sizes that FLUX.1 Fill draws in without scaling."""

GEMINI_2_5 = both_ways(
    {
        (1024, 1024): "1:1",
        (1248, 832): "3:2",
        (1184, 864): "4:3",
        (1152, 896): "5:4",
        (1344, 768): "16:9",
    }
) | {(1536, 672): "21:9"}
"""Sizes of Google's Gemini 2.5 Flash Image, with the names of their proportions; later ones keep these."""

NANO_BANANA = tuple(GEMINI_2_5)
"""The same where the model goes by its other name."""

NANO_BANANA_2K = tuple((2 * wide, 2 * high) for wide, high in NANO_BANANA)
"""The same for models that draw at 2K."""


def kontext(wanted: Framing, width: int, height: int) -> Framing:
    """Return the size of FLUX.1 Kontext in which a photo is largest."""
    return nearest(wanted, width, height, KONTEXT)


def nano_banana(wanted: Framing, width: int, height: int) -> Framing:
    """Return the size of Gemini 2.5 Flash Image in which a photo is largest."""
    return nearest(wanted, width, height, NANO_BANANA)


def nano_banana_2k(wanted: Framing, width: int, height: int) -> Framing:
    """Return the size of a later Gemini image model, at 2K, in which a photo is largest."""
    return nearest(wanted, width, height, NANO_BANANA_2K)

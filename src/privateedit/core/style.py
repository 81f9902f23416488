"""Style: when the edit became a drawing or a painting, the face is rendered as one too, on the device.

A small family of renderers is tried on the visible part of the original; the one whose result resembles the
edited picture there is taken, if it does so clearly better than the photo itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.tone import Tone, brightness, learn_tone, sampled

_BANDS = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0))
_FEW = 1500  # visible pixels that a style needs
_CLEARLY, _APART = 0.79, 0.12  # how near a style must come beside the photo, and how far that is off
_DRAWN = 0.23  # how near it must come in any case: of measured drawings one lies above 0.18, at 0.228
_BLURS = (0.7, 1.0, 1.4, 2.0)  # standard deviations, in pixels, of what may be no more than soft
_SOFT = 8.0  # levels a pixel at which an edge is nearly black

_Flattening = Callable[[float, float], Floats]
"""From the reach and the contrast of edge-preserving smoothing to the levels that it leaves of a picture."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """How a photo is drawn or painted; lengths in pixels of the edited picture.

    Attributes:
        name: for the report.
        pencil: lines on paper: brightness over its surroundings of this sigma (dodge and burn); 0 for none.
        strokes: sigma of the edges that are drawn as lines, on paper or over a painting; 0 for none.
        smooth: reach of edge-preserving smoothing; 0 for none.
        contrast: edges weaker than this share of the full range are smoothed away.
        levels: steps between the tones that are left; 0 for all tones.
        ink: how dark the outlines are drawn over it, 0–1.
    """

    name: str
    pencil: float = 0.0
    strokes: float = 0.0
    smooth: float = 0.0
    contrast: float = 0.0
    levels: float = 0.0
    ink: float = 0.0

    def apply(self, pixels: Floats, scale: float = 1.0, flattened: _Flattening | None = None) -> Floats:
        """Return H×W×3 float32 levels as drawn, before any tone, at `scale` times the picture's size.

        `flattened` smooths `pixels`, for those who draw them in several ways that begin alike.
        """
        if self.pencil:
            return _recolored(pixels, _dodged(brightness(pixels), self.pencil * scale))
        if self.strokes and not self.smooth:
            return _recolored(pixels, _edges(brightness(pixels), self.strokes * scale))
        if self.smooth:
            painted = (flattened or partial(_flattened, pixels))(self.smooth * scale, self.contrast)
            if self.levels:
                painted = _stepped(painted, self.levels)
            if self.strokes:
                painted = single(
                    painted * (_edges(brightness(pixels), self.strokes * scale) / 255)[..., None]
                )
            return _inked(painted, brightness(pixels), self.ink, scale) if self.ink else painted
        return pixels


PENCILS = tuple(Renderer("pencil drawing", pencil=sigma) for sigma in (1.5, 3.0, 6.0, 12.0)) + tuple(
    Renderer("pencil drawing", strokes=sigma) for sigma in (0.7, 1.2, 2.0)
)
PAINTINGS = (
    *(Renderer("painting", smooth=4.0, contrast=0.15, ink=ink) for ink in (0.0, 0.5)),
    *(Renderer("painting", smooth=reach, contrast=0.3) for reach in (8.0, 20.0)),
    *(Renderer("painting", smooth=30.0, contrast=0.5, strokes=strokes) for strokes in (0.0, 0.4, 0.8)),
    *(
        Renderer("cartoon", smooth=8.0, contrast=0.3, levels=levels, ink=ink)
        for levels in (24.0, 32.0, 48.0, 64.0)
        for ink in (0.0, 1.0)
    ),
)


@dataclass(frozen=True, eq=False, slots=True)
class Style:
    """A renderer, and the tone of its paper and pigments; without `tone` the picture's grade applies."""

    renderer: Renderer
    tone: Tone | None

    @property
    def name(self) -> str:
        """What it is, in a word or two."""
        return self.renderer.name

    @property
    def is_drawn(self) -> bool:
        """Whether it is lines on paper, as no photo is; a painting may be no more than a soft one."""
        return self.tone is not None

    def render(self, pixels: Floats, scale: float = 1.0) -> Floats:
        """Return H×W×3 levels as drawn or painted; see `Renderer.apply`."""
        return self.toned(self.renderer.apply(pixels, scale), pixels)

    def toned(self, drawn: Floats, pixels: Floats) -> Floats:
        """Return what the renderer has `drawn` of `pixels`, on the drawing's paper and in its pigments."""
        return drawn if self.tone is None else self.tone.apply(drawn, pixels)


def learn_style(
    before: Floats, after: Floats, area: Hidden, grade: Callable[[Floats], Floats], plain: Floats
) -> Style | None:
    """Return the style in which `after` shows what `before` shows, or None for a photo.

    Args:
        before: H×W×3 levels of the photo at the edited picture's resolution.
        after: H×W×3 levels of the edited picture.
        area: bool H×W, what is visible in both.
        grade: from levels to levels under the picture's own grade and light.
        plain: `before` with everything a photographic look can do.
    """
    if np.count_nonzero(area) < _FEW:
        return None
    sample = sampled(area)
    target = _Drawing.of(after, sample)
    idle = target.apart(_Drawing.of(plain, sample))
    if idle < _APART:
        return None
    # A photo that came back soft is flat and without detail as well.
    blurred = (grade(single(cv2.GaussianBlur(before, (0, 0), sigma))) for sigma in _BLURS)
    idle = min(idle, *(target.apart(_Drawing.of(each, sample)) for each in blurred))
    best, least = None, min(_CLEARLY * idle, _DRAWN)
    for style, lines in _candidates(before, after, area):
        drawn = style.toned(lines, before)
        made = drawn if style.tone is not None else grade(drawn)
        apart = target.apart(_Drawing.of(made, sample))
        if apart < least:
            best, least = style, apart
    return best


def _candidates(before: Floats, after: Floats, area: Hidden) -> Iterator[tuple[Style, Floats]]:
    """Yield every style, and what its renderer makes of `before`."""
    for each in PENCILS:
        lines = each.apply(before)
        yield Style(each, learn_tone(lines, before, after, area)), lines
    flattened = cache(partial(_flattened, before))
    for each in PAINTINGS:
        yield Style(each, None), each.apply(before, flattened=flattened)


@dataclass(frozen=True, eq=False, slots=True)
class _Drawing:
    """How something is drawn: tones, lines and flatness in `features`, and three bands place by place."""

    features: NDArray[np.float64]
    bands: tuple[NDArray[np.float32], ...]

    @classmethod
    def of(cls, pixels: Floats, sample: NDArray[np.intp]) -> _Drawing:
        bright = brightness(np.clip(pixels, 0, 255))
        bands = tuple(_band(bright, *each).ravel()[sample] for each in _BANDS)
        tones = np.quantile(bright.ravel()[sample], (0.05, 0.25, 0.5, 0.75, 0.95)) / 128
        return cls(np.concatenate([tones, *(_lines(band) for band in bands)]), bands)

    def apart(self, other: _Drawing) -> float:
        """Return how differently two pictures of one thing are drawn; 0 for not at all."""
        pairs = zip(self.bands, other.bands, strict=True)
        alike = float(np.mean([_correlation(one, two) for one, two in pairs]))
        return float(np.abs(self.features - other.features).mean()) + 0.4 * (1 - alike)


def _lines(band: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the strength, whether it is sparse lines or texture, and whether lines are dark or light."""
    deviation = float(band.std()) + 0.5
    sparse = 2 * float(np.abs(band).mean()) / deviation
    scaled = band / deviation
    return np.array([np.log(deviation), sparse, 0.3 * np.clip(np.mean(scaled * scaled * scaled), -3, 3)])


def _correlation(one: NDArray[np.floating], two: NDArray[np.floating]) -> float:
    spread = float(one.std()) * float(two.std())
    return float(np.mean((one - one.mean()) * (two - two.mean()))) / spread if spread > 1e-3 else 0.0


def _band(plane: Floats, fine: float, coarse: float) -> Floats:
    blurred = cv2.GaussianBlur(plane, (0, 0), fine) if fine else plane
    return single(blurred - cv2.GaussianBlur(plane, (0, 0), coarse))


def _recolored(pixels: Floats, bright: Floats) -> Floats:
    """Return `pixels` with another brightness and their own color."""
    return single(pixels + (bright - brightness(pixels))[..., None])


def _dodged(bright: Floats, sigma: float) -> Floats:
    """Return what color dodge with a blurred negative leaves: white paper, dark where darker than around."""
    around = cv2.GaussianBlur(bright, (0, 0), max(sigma, 0.5))
    return single(255 * np.minimum((bright + 4) / (around + 4), 1.0))


def _edges(bright: Floats, sigma: float, firm: float = _SOFT) -> Floats:
    """Return white paper with dark lines where brightness changes."""
    soft = cv2.GaussianBlur(bright, (0, 0), max(sigma, 0.4))
    across, down = (cv2.Sobel(soft, cv2.CV_32F, *axis, scale=0.25) for axis in ((1, 0), (0, 1)))
    return single(255 * np.exp(-np.hypot(across, down) / np.float32(firm)))


def _flattened(pixels: Floats, reach: float, contrast: float) -> Floats:
    """Return edge-preserving smoothed levels (domain transform, Gastal and Oliveira, SIGGRAPH 2011)."""
    levels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    smooth = cv2.edgePreservingFilter(
        levels, flags=cv2.RECURS_FILTER, sigma_s=max(reach, 1.0), sigma_r=contrast
    )
    return single(smooth)


def _stepped(pixels: Floats, step: float) -> Floats:
    """Return levels in steps whose edges are a little soft."""
    place = pixels / np.float32(step)
    low = np.floor(place)
    rise = np.clip((place - low - 0.5) * 6 + 0.5, 0, 1)
    return single((low + rise) * np.float32(step))


def _inked(painted: Floats, bright: Floats, ink: float, scale: float) -> Floats:
    """Return `painted` with dark outlines (difference of Gaussians; XDoG, Winnemöller et al., 2012)."""
    fine, coarse = (cv2.GaussianBlur(bright, (0, 0), sigma * max(scale, 0.3)) for sigma in (0.9, 2.6))
    line = np.clip((coarse - fine - 2.0) / 6.0, 0, 1)
    return single(painted * (1 - np.float32(0.85 * ink) * line)[..., None])

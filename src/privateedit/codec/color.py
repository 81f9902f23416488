"""Turns strips of a picture in any color mode into 8-bit sRGB.

Every function works on a strip of rows, so that converting a large photo needs little more memory than the
result.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from privateedit.core.photo import Pixels
from privateedit.errors import UnreadablePhoto

Transform = ImageCms.ImageCmsTransform

_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
_ACCEPTED = {"L": ("L", "RGB"), "RGB": ("RGB",), "CMYK": ("CMYK",), "LAB": ("LAB",)}
_SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_SAME_COLOR = 2
"""Levels by which a profile may differ from sRGB and still count as sRGB: common sRGB profiles round."""

_BROKEN_PROFILE = (ImageCms.PyCMSError, OSError, TypeError, ValueError)


def converter(mode: str, icc: bytes | None) -> Callable[[Image.Image], Pixels]:
    """Return a function from strips in `mode` to H×W×3 uint8 sRGB, alpha laid over white.

    A profile that is broken or describes another kind of color is ignored: the colors are then taken as sRGB.

    Raises:
        UnreadablePhoto: the mode has no fixed range (floating point), so its colors are anyone's guess.
    """
    if mode == "F":
        raise UnreadablePhoto("Pictures with floating-point samples cannot be opened.")
    transform, source_mode = _transform_to_srgb(_family(mode), icc)

    def convert(strip: Image.Image) -> Pixels:
        color, alpha = _color_and_alpha(strip)
        if transform is None:
            color = color.convert("RGB")
        else:
            color = transform.apply(color.convert(source_mode) if color.mode != source_mode else color)
        return as_array(_over_white(color, alpha) if alpha is not None else color)

    return convert


def as_array(image: Image.Image) -> Pixels:
    """Return an RGB picture's pixels as H×W×3 uint8, read-only, sharing nothing with Pillow."""
    return np.frombuffer(image.tobytes(), np.uint8).reshape(image.height, image.width, 3)


def _family(mode: str) -> str:
    if mode in ("CMYK", "LAB"):
        return mode
    return "L" if mode in ("1", "L", "LA", "La", *_SIXTEEN_BIT_MODES) else "RGB"


def _color_and_alpha(strip: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    if strip.mode in _SIXTEEN_BIT_MODES:
        return Image.fromarray(_eight_bit(np.asarray(strip))), None
    if strip.mode in ("LA", "La"):
        gray, alpha = strip.convert("LA").split()
        return gray, alpha
    if strip.has_transparency_data:
        full = strip.convert("RGBA")
        return full.convert("RGB"), full.getchannel("A")
    if strip.mode in ("L", "RGB", "CMYK", "LAB"):
        return strip, None
    return strip.convert("L" if strip.mode == "1" else "RGB"), None


def _eight_bit(samples: NDArray[np.uint16] | NDArray[np.int32]) -> NDArray[np.uint8]:
    """Scale 0..65535 to 0..255, rounding to nearest; Pillow would clip at 255 and give a white picture.

    Raises:
        UnreadablePhoto: samples lie outside 16 bits, so nothing says which value is white.
    """
    if samples.dtype.itemsize > 2 and samples.size and (samples.min() < 0 or samples.max() > 0xFFFF):
        raise UnreadablePhoto("Pictures with 32-bit samples cannot be opened.")
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _over_white(color: Image.Image, alpha: Image.Image) -> Image.Image:
    # What lies under alpha 0 was never meant to be seen and must not come to light: it turns exactly white.
    flat = Image.new("RGB", color.size, "white")
    flat.paste(color, mask=alpha)
    return flat


def _transform_to_srgb(family: str, icc: bytes | None) -> tuple[Transform | None, str]:
    if not icc:
        return None, family
    try:
        profile = open_profile(icc)
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space, "")
        if mode not in _ACCEPTED[family]:
            return None, family
        transform = _transform(profile, srgb_profile(), mode, "RGB")
        return (None, family) if mode == "RGB" and _changes_nothing(transform) else (transform, mode)
    except _BROKEN_PROFILE:
        return None, family


def transform_from_srgb(icc: bytes) -> tuple[bool, Transform | None]:
    """Return whether `icc` is a usable RGB display profile, and the way from sRGB into it; None: as it is."""
    try:
        profile = open_profile(icc)
        if (profile.profile.xcolor_space, profile.profile.device_class) != ("RGB ", "mntr"):
            return False, None
        transform = _transform(srgb_profile(), profile, "RGB", "RGB")
        return True, None if _changes_nothing(transform) else transform
    except _BROKEN_PROFILE:
        return False, None


def open_profile(icc: bytes) -> ImageCms.ImageCmsProfile:
    """Return the parsed profile, or raise one of Pillow's errors."""
    return ImageCms.ImageCmsProfile(io.BytesIO(icc))


def srgb_profile() -> ImageCms.ImageCmsProfile:
    """Return sRGB as Pillow's color management knows it."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _transform(
    source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile, source_mode: str, target_mode: str
) -> Transform:
    # Relative colorimetric with black point compensation is what photo editors use by default.
    return ImageCms.buildTransform(
        source,
        target,
        source_mode,
        target_mode,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: Transform) -> bool:
    """Measure, rather than trust the profile's name: a grid of colors comes out as it went in."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    moved = as_array(transform.apply(Image.fromarray(grid)))
    return bool(np.abs(moved.astype(np.int16) - grid).max() <= _SAME_COLOR)

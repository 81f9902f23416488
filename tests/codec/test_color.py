import numpy as np
import pytest
from codec_samples import picture, png, saved, srgb_profile, swapped_profile, tiff
from PIL import Image, ImageCms

from privateedit.codec import decode
from privateedit.codec.color import converter, transform_from_srgb
from privateedit.errors import UnreadablePhoto

RAMP = np.linspace(0, 65535, 256).round().astype(np.uint16).reshape(1, 256)
EXPECTED_RAMP = np.arange(256)


def pixels_of(data):
    return decode(data).photo.pixels


def distance(one, other):
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize(
    "data",
    [png(RAMP, 0), tiff(RAMP, 1), tiff(RAMP, 1, ">"), b"P5 256 1 65535\n" + RAMP.astype(">u2").tobytes()],
    ids=["png", "tiff little", "tiff big", "pgm"],
)
def test_sixteen_bit_gray_is_scaled_not_clipped(data):
    assert np.array_equal(pixels_of(data)[0], np.repeat(EXPECTED_RAMP[:, None], 3, axis=1))


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bit_color_is_scaled(order):
    color = np.stack([RAMP, RAMP[:, ::-1], RAMP], axis=-1)
    expected = np.stack([EXPECTED_RAMP, EXPECTED_RAMP[::-1], EXPECTED_RAMP], axis=-1)
    assert distance(pixels_of(png(color, 2))[0], expected) <= 1
    assert distance(pixels_of(tiff(color, 2, order))[0], expected) <= 1


def test_sixteen_bit_alpha_is_laid_over_white():
    rgba = np.full((2, 2, 4), 65535, np.uint16)
    rgba[..., :3] = 0
    rgba[0, :, 3] = 0
    pixels = pixels_of(png(rgba, 6))
    assert (pixels[0] == 255).all()
    assert (pixels[1] == 0).all()


@pytest.mark.parametrize("samples", [np.zeros((4, 4), np.float32), np.full((4, 4), 1 << 20, np.int32)])
def test_samples_of_unknown_range_are_a_clean_error(samples):
    with pytest.raises(UnreadablePhoto, match="samples cannot be opened"):
        decode(tiff(samples, 1))


def test_cmyk_without_profile_comes_close_to_what_it_shows():
    image = Image.fromarray(picture()).convert("CMYK")
    for data in (saved("JPEG", image, quality=100), saved("TIFF", image)):
        shown = pixels_of(data).astype(int)[20:, 20:]
        assert np.abs(shown - picture()[20:, 20:]).mean() < 3


@pytest.mark.parametrize("mode", ["1", "L", "YCbCr", "HSV", "RGBX", "P"])
def test_other_modes_become_the_same_rgb_that_pillow_shows(mode):
    image = Image.fromarray(picture()).convert(mode)
    assert np.array_equal(converter(mode, None)(image), np.asarray(image.convert("RGB")))


def test_lab_tiff_is_turned_into_rgb():
    rgb = Image.fromarray(np.full((8, 8, 3), (200, 30, 40), np.uint8))
    lab = ImageCms.profileToProfile(
        rgb, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert distance(pixels_of(saved("TIFF", lab)), np.asarray(rgb)) <= 4


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF"])
def test_what_lies_under_alpha_zero_does_not_survive(mode, image_format):
    image = Image.fromarray(picture()).convert(mode)
    image.putalpha(0)
    settings = {"lossless": True, "exact": True} if image_format == "WEBP" else {}
    assert (pixels_of(saved(image_format, image, **settings)) == 255).all()


def test_a_palette_of_transparent_colors_does_not_survive():
    image = Image.fromarray(picture()).quantize(16)
    assert (pixels_of(saved("PNG", image, transparency=bytes(16))) == 255).all()


def test_half_transparent_color_is_mixed_with_white():
    image = Image.new("RGBA", (3, 3), (0, 0, 200, 128))
    assert distance(pixels_of(saved("PNG", image)), np.full((3, 3, 3), (127, 127, 227))) <= 1


def test_palette_with_one_transparent_color():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putdata([0, 1])
    for image_format in ("PNG", "GIF"):
        pixels = pixels_of(saved(image_format, image, transparency=0))
        assert pixels.tolist() == [[[255, 255, 255], [200, 100, 50]]]


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "WEBP"])
def test_a_foreign_profile_is_applied(image_format):
    settings = {"lossless": True} if image_format == "WEBP" else {}
    data = saved(image_format, icc_profile=swapped_profile(), **settings)
    assert distance(pixels_of(data), picture()[..., ::-1]) <= 2


def test_a_foreign_profile_is_applied_before_alpha():
    image = Image.fromarray(picture())
    image.putalpha(Image.new("L", image.size, 255))
    image.putpixel((0, 0), (1, 2, 3, 0))
    pixels = pixels_of(saved("PNG", image, icc_profile=swapped_profile()))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert distance(pixels[1:], picture()[1:, :, ::-1]) <= 2


def test_the_srgb_profile_changes_nothing_at_all():
    assert np.array_equal(pixels_of(saved("PNG", icc_profile=srgb_profile())), picture())


def test_a_gray_picture_with_an_rgb_profile_stays_gray():
    gray = Image.fromarray(picture()).convert("L")
    pixels = pixels_of(saved("PNG", gray, icc_profile=srgb_profile()))
    assert distance(pixels, np.asarray(gray.convert("RGB"))) <= 2


def lab_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@pytest.mark.parametrize("profile", [b"x", b"nonsense" * 100, lab_profile(), swapped_profile()[:200]])
def test_a_broken_or_mismatching_profile_means_srgb(profile):
    assert np.array_equal(pixels_of(saved("PNG", icc_profile=profile)), picture())
    assert transform_from_srgb(profile) == (False, None)


def test_only_rgb_display_profiles_are_offered_for_results():
    assert transform_from_srgb(srgb_profile()) == (True, None)
    usable, transform = transform_from_srgb(swapped_profile())
    assert usable
    assert distance(np.asarray(transform.apply(Image.fromarray(picture()))), picture()[..., ::-1]) <= 2
    assert transform_from_srgb(swapped_profile().replace(b"mntr", b"prtr")) == (False, None)

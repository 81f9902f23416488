"""Whatever file is given as the edited picture gets a clear answer, and the right exit code."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import pixels_of


@pytest.fixture
def restore(cli, portrait, tmp_path, hidden_astronaut):
    """Have `make` turn the masked portrait into an edited file, and restore it."""

    def call(make):
        edited, out = tmp_path / "edited.png", tmp_path / "final.png"
        edited.write_bytes(make(Image.fromarray(hidden_astronaut.masked.pixels)))
        outcome = cli("restore", portrait, edited, "-o", out, "--json")
        assert out.exists() is (outcome.code == 0)
        return outcome

    return call


def encoded(image, kind, **settings):
    stream = io.BytesIO()
    image.save(stream, kind, **settings)
    return stream.getvalue()


def bomb(image):
    """A PNG of a few bytes that announces 30,000 × 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def archive(image):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("edited.png", encoded(image, "PNG"))
    return stream.getvalue()


REFUSED = {
    "empty": (lambda image: b"", "edited.png is empty"),
    "text": (lambda image: b"I cannot help with that.", "not in a picture format"),
    "web page": (lambda image: b"\n<!DOCTYPE html><title>502</title>", "web page"),
    "answer": (lambda image: b'{"error": {"message": "quota"}}', "answer of the service"),
    "archive": (archive, "archive"),
    "document": (lambda image: b"%PDF-1.7\n", "PDF"),
    "drawing": (lambda image: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "XML"),
    "cut off": (lambda image: encoded(image, "PNG")[:40_000], "truncated or damaged"),
    "cut off JPEG": (lambda image: encoded(image, "JPEG")[:8_000], "truncated or damaged"),
    "damaged": (lambda image: encoded(image, "PNG").replace(b"IDAT", b"IDAX", 1), "truncated or damaged"),
    "bomb": (bomb, "more than the allowed"),
    "tiny": (lambda image: encoded(image.resize((12, 12)), "PNG"), "12×12"),
    "floating point": (lambda image: encoded(image.convert("F"), "TIFF"), "floating-point"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_usable_picture_is_2_and_says_why(restore, kind):
    make, says = REFUSED[kind]
    outcome = restore(make)
    assert outcome.code == 2
    assert says in outcome.err
    assert "Nothing was sent." in outcome.err
    assert outcome.out == ""


def animated(kind):
    def make(image):
        second = Image.new("RGB", image.size, "red")
        return encoded(image, kind, save_all=True, append_images=[second, second])

    return make


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_several_pictures_the_first_is_used_and_that_is_said(restore, kind):
    outcome = restore(animated(kind))
    assert outcome.code == 0, outcome.err
    assert "only the first is used" in outcome.err
    assert outcome.facts["faces"][0]["regime"] == "hole"


def with_hole_in_the_corner(image):
    full = image.convert("RGBA")
    full.paste((0, 0, 0, 0), (0, 0, 90, 60))
    return encoded(full, "PNG")


def test_transparent_parts_are_white_and_that_is_said(restore, tmp_path):
    outcome = restore(with_hole_in_the_corner)
    assert outcome.code == 0, outcome.err
    assert "transparent parts of EDITED are white" in outcome.err
    assert (pixels_of(tmp_path / "final.png")[:60, :90] == 255).all()


def sixteen_bit(image):
    import cv2

    wide = np.asarray(image.convert("L")).astype(np.uint16) * 257
    done, data = cv2.imencode(".png", wide)
    assert done
    return data.tobytes()


def heic(image):
    import pillow_heif

    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, quality=95)
    return stream.getvalue()


def lying(image):
    """Stored on its side, with the note that turns it up."""
    exif = Image.Exif()
    exif[274] = 6
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)


USABLE = {
    "grey": lambda image: encoded(image.convert("L"), "PNG"),
    "16 bits": sixteen_bit,
    "opaque alpha": lambda image: encoded(image.convert("RGBA"), "PNG"),
    "palette": lambda image: encoded(image.quantize(255), "PNG"),
    "CMYK": lambda image: encoded(image.convert("CMYK"), "JPEG", quality=95),
    "HEIC": heic,
    "turned by EXIF": lying,
}


@pytest.mark.parametrize("kind", USABLE)
def test_every_usual_kind_of_picture_gets_the_face_back(restore, kind):
    outcome = restore(USABLE[kind])
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    (face,) = outcome.facts["faces"]
    assert face["regime"] == "hole"
    assert abs(face["scale"] - 1) < 0.01
    assert (outcome.facts["width"], outcome.facts["height"]) == (512, 512)


def test_in_a_picture_lying_on_its_side_the_face_lies_too_or_it_is_6(restore):
    outcome = restore(lambda image: encoded(image.transpose(Image.Transpose.ROTATE_90), "PNG"))
    if outcome.code == 6:
        assert "same pose and framing" in outcome.err
    else:
        (face,) = outcome.facts["faces"]
        assert face["rotation"] == pytest.approx(-90, abs=0.5)
        assert face["distance_after"] < 0.1


def test_another_photo_is_6_and_json_says_why(restore):
    from skimage import data

    outcome = restore(lambda image: encoded(Image.fromarray(data.coffee()), "PNG"))
    assert outcome.code == 6
    assert "same pose and framing" in outcome.err
    facts = outcome.facts
    assert list(facts) == ["out", "message", "measured", "sent"]
    assert facts["out"] is None
    assert "same pose and framing" in facts["message"]
    assert facts["sent"] == "no"

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import pixels_of


def test_the_hole_is_filled_exactly_and_json_is_the_contract(cli, portrait, tmp_path):
    masked, out = tmp_path / "masked.png", tmp_path / "final.png"
    cli("mask", portrait, "-o", masked)
    outcome = cli("restore", portrait, masked, "-o", out, "--json")
    assert outcome.code == 0
    (face,) = outcome.facts["faces"]
    assert face["id"] == 0
    assert face["regime"] == "hole"
    assert face["residual"] < 0.01
    assert outcome.facts["out"] == str(out)
    assert np.array_equal(pixels_of(out), pixels_of(portrait))


def test_a_service_that_shrinks_and_recompresses(cli, portrait, tmp_path):
    masked, edited, out = tmp_path / "masked.png", tmp_path / "edited.jpg", tmp_path / "final.png"
    cli("mask", portrait, "-o", masked)
    Image.open(masked).resize((400, 400), Image.Resampling.LANCZOS).save(edited, quality=90)
    outcome = cli("restore", portrait, edited, "-o", out, "--json")
    assert outcome.facts["faces"][0]["scale"] == pytest.approx(400 / 512, rel=0.004)
    expected = np.asarray(Image.open(portrait).resize((400, 400), Image.Resampling.LANCZOS), float)
    face = (slice(75, 130), slice(148, 206))
    assert np.abs(pixels_of(out)[face].astype(float) - expected[face]).mean() < 4


def test_the_wrong_picture_is_6_and_writes_nothing(cli, portrait, landscape, tmp_path):
    out = tmp_path / "final.png"
    outcome = cli("restore", portrait, landscape, "-o", out)
    assert outcome.code == 6
    assert "same pose and framing" in outcome.err
    assert not out.exists()


def test_metadata_returns_only_on_request(cli, portrait, tmp_path):
    photo, masked = tmp_path / "photo.jpg", tmp_path / "masked.png"
    exif = Image.Exif()
    exif[271] = "Camera Maker"
    exif[274] = 1
    Image.open(portrait).save(photo, exif=exif, quality=95)
    cli("mask", photo, "-o", masked)
    plain, kept = tmp_path / "plain.jpg", tmp_path / "kept.jpg"
    cli("restore", photo, masked, "-o", plain)
    cli("restore", photo, masked, "-o", kept, "--keep-metadata")
    with Image.open(plain) as first, Image.open(kept) as second:
        assert not first.getexif()
        assert second.getexif()[271] == "Camera Maker"


@pytest.mark.parametrize("which", [0, 1])
def test_inputs_are_never_overwritten(cli, portrait, tmp_path, which):
    masked = tmp_path / "masked.png"
    cli("mask", portrait, "-o", masked)
    inputs = (portrait, masked)
    before = inputs[which].read_bytes()
    assert cli("restore", *inputs, "-o", inputs[which]).code == 2
    assert inputs[which].read_bytes() == before


def test_only_one_input_can_be_a_stream(cli, tmp_path):
    assert cli("restore", "-", "-", "-o", tmp_path / "f.png").code == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--trust", "none"),
        ("--trust", "high"),
        ("--fill", "noise", "--opacity", "0"),
        ("--fill", "noise", "--opacity", "0.5"),
        ("--fill", "black", "--opacity", "0.3", "--tone", "fair"),
        ("--shape", "contour", "--coverage", "head"),
        ("--box", "10,300,60,350"),
        ("--grow", "1"),
    ],
)
def test_what_was_masked_and_comes_back_as_it_was_gives_the_face_back(cli, portrait, tmp_path, options):
    sent, final = tmp_path / "m.png", tmp_path / "r.png"
    assert cli("mask", portrait, "-o", sent, *options).code == 0
    outcome = cli("restore", portrait, sent, "-o", final, *options, "--json")
    assert outcome.code == 0, outcome.err
    (face,) = outcome.facts["faces"]
    assert face["regime"] == "hole"
    assert abs(face["scale"] - 1) < 0.002
    apart = np.abs(pixels_of(final)[95:165, 195:260].astype(int) - pixels_of(portrait)[95:165, 195:260])
    assert apart.mean() < 2


def test_earlier_and_later_uploads_of_one_photo_can_all_be_restored(cli, portrait, tmp_path):
    """What the ledger adds today need not have been added when the picture was sent."""
    sent = [tmp_path / f"{number}.png" for number in range(3)]
    asked = (("--coverage", "head"), (), ("--coverage", "inner", "--allow-smaller-mask"))
    for path, options in zip(sent, asked, strict=True):
        assert cli("mask", portrait, "-o", path, *options).code == 0
    final = tmp_path / "final.png"
    for path, options in zip(sent, asked, strict=True):
        outcome = cli("restore", portrait, path, "-o", final, *options, "--json")
        if path is sent[1]:  # grown to the head then, and nothing tells so any more
            outcome = cli("restore", portrait, path, "-o", final, "--coverage", "head", "--json")
        assert outcome.code == 0, outcome.err
        (face,) = outcome.facts["faces"]
        assert face["regime"] == "hole"
        assert abs(face["scale"] - 1) < 0.002


def test_a_smaller_mask_sent_by_leave_is_restored_without_it(cli, portrait, tmp_path):
    first, second, final = tmp_path / "1.png", tmp_path / "2.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", second).code == 0
    assert cli("journal", "forget", "--photo", portrait).code == 0
    assert cli("mask", portrait, "-o", first, "--coverage", "head").code == 0
    outcome = cli("restore", portrait, second, "-o", final, "--json")
    assert outcome.code == 0, outcome.err
    assert abs(outcome.facts["faces"][0]["scale"] - 1) < 0.002

import hashlib
import io
import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import pixels_of


def test_json_is_the_contract_and_the_file_is_the_payload(cli, portrait, tmp_path):
    out = tmp_path / "masked.png"
    outcome = cli("mask", portrait, "-o", out, "--json")
    assert outcome.code == 0
    facts = outcome.facts
    seal = {"sha256", "bytes", "sealed", "exposed_psnr"}
    shown = {"faces", "faces_left_visible", "width", "height", "hidden_fraction", "settings"}
    earlier = {"kept_from_earlier", "smaller_than_earlier"}
    assert set(facts) == {"out"} | seal | shown | earlier
    assert facts["exposed_psnr"] is None
    assert facts["settings"]["trust"] == "low"
    assert facts["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert facts["sealed"] is True
    assert (facts["faces"], facts["width"], facts["height"], facts["out"]) == (1, 512, 512, str(out))
    original, sent = pixels_of(portrait), pixels_of(out)
    hidden = (sent == 0).all(2) & (original != 0).any(2)
    assert facts["hidden_fraction"] == pytest.approx(hidden.mean(), abs=0.01)
    assert (sent[90:170, 190:265] == 0).all()
    assert np.array_equal(sent[300:], original[300:])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_ending_chooses_the_format(cli, portrait, tmp_path, suffix):
    out = tmp_path / f"masked{suffix}"
    assert cli("mask", portrait, "-o", out).code == 0
    with Image.open(out) as picture:
        assert picture.format.lower() == {".png": "png", ".jpg": "jpeg", ".webp": "webp"}[suffix]
        assert not picture.getexif()


def test_wider_coverage_hides_more(cli, portrait, tmp_path):
    fractions = [
        cli("mask", portrait, "-o", tmp_path / "m.png", "--coverage", name, "--json").facts["hidden_fraction"]
        for name in ("eyes", "inner", "face", "head")
    ]
    assert fractions == sorted(fractions)
    grown = cli("mask", portrait, "-o", tmp_path / "m.png", "--grow", "0.5", "--json").facts
    assert grown["hidden_fraction"] > 1.8 * fractions[2]


@pytest.mark.parametrize(("fill", "color"), [("grey", 128), ("#0a0a0a", 10), ("white", 255)])
def test_fills(cli, portrait, tmp_path, fill, color):
    out = tmp_path / "m.png"
    assert cli("mask", portrait, "-o", out, "--fill", fill).code == 0
    assert (pixels_of(out)[100:160, 200:260] == color).all()


def test_noise_is_new_every_time(cli, portrait, tmp_path):
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    cli("mask", portrait, "-o", first, "--fill", "noise")
    cli("mask", portrait, "-o", second, "--fill", "noise")
    a, b = (pixels_of(each)[100:160, 200:260].astype(float) for each in (first, second))
    assert 60 < a.std() < 85
    assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.05


def test_mask_out_and_mask_in_go_round(cli, portrait, tmp_path):
    first, drawn, second = tmp_path / "1.png", tmp_path / "mask.png", tmp_path / "2.png"
    assert cli("mask", portrait, "-o", first, "--mask-out", drawn).code == 0
    white = pixels_of(drawn)
    assert set(np.unique(white)) == {0, 255}
    assert cli("mask", portrait, "-o", second, "--mask-in", drawn, "--faces", "none").code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_painted_mask_adds_to_the_faces(cli, portrait, tmp_path):
    drawn, out = tmp_path / "mask.png", tmp_path / "m.png"
    white = np.zeros((512, 512), np.uint8)
    white[400:450, 0:60] = 255
    Image.fromarray(white).save(drawn)
    assert cli("mask", portrait, "-o", out, "--mask-in", drawn).code == 0
    sent = pixels_of(out)
    assert (sent[400:450, 0:60] == 0).all()
    assert (sent[100:160, 200:260] == 0).all()


def test_a_painted_mask_serves_where_no_face_is(cli, landscape, tmp_path):
    drawn, out = tmp_path / "mask.png", tmp_path / "m.png"
    height, width = pixels_of(landscape).shape[:2]
    white = np.zeros((height, width), np.uint8)
    white[10:90, 20:80] = 255
    Image.fromarray(white).save(drawn)
    facts = cli("mask", landscape, "-o", out, "--mask-in", drawn, "--json").facts
    assert facts["faces"] == 0
    assert (pixels_of(out)[10:90, 20:80] == 0).all()


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (("--coverage", "nose"), 2),
        (("--grow", "-1"), 2),
        (("--grow", "nan"), 2),
        (("--fill", "plaid"), 2),
        (("--faces", "7"), 2),
        (("--faces", "x"), 2),
        (("--faces", "none"), 2),
    ],
)
def test_options_that_cannot_be_used(cli, portrait, tmp_path, extra, code):
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out, *extra)
    assert outcome.code == code
    assert outcome.err.count("\n") == 1
    assert not out.exists()


def test_a_mask_of_another_size_is_2(cli, portrait, tmp_path):
    drawn, out = tmp_path / "mask.png", tmp_path / "m.png"
    Image.new("L", (100, 100), 255).save(drawn)
    outcome = cli("mask", portrait, "-o", out, "--mask-in", drawn)
    assert outcome.code == 2
    assert "100×100" in outcome.err
    assert not out.exists()


def test_no_face_is_3_and_writes_nothing(cli, landscape, tmp_path):
    out, drawn = tmp_path / "m.png", tmp_path / "mask.png"
    assert cli("mask", landscape, "-o", out, "--mask-out", drawn).code == 3
    assert not out.exists()
    assert not drawn.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xd8\xff\xe0 broken", bytes(1000)])
def test_bad_files_are_2(cli, tmp_path, content):
    bad, out = tmp_path / "bad.jpg", tmp_path / "m.png"
    bad.write_bytes(content)
    outcome = cli("mask", bad, "-o", out)
    assert outcome.code == 2
    assert "bad.jpg" in outcome.err
    assert not out.exists()


def test_a_truncated_photo_is_2(cli, portrait, tmp_path):
    bad, out = tmp_path / "cut.jpg", tmp_path / "m.png"
    stream = io.BytesIO()
    Image.open(portrait).save(stream, "JPEG")
    bad.write_bytes(stream.getvalue()[: len(stream.getvalue()) // 2])
    assert cli("mask", bad, "-o", out).code == 2
    assert not out.exists()


def test_a_picture_of_60000_by_60000_is_2_at_once(cli, tmp_path):
    bomb, out = tmp_path / "bomb.png", tmp_path / "m.png"
    stream = io.BytesIO()
    Image.new("RGB", (1, 1)).save(stream, "PNG")
    data = bytearray(stream.getvalue())
    data[16:24] = (60000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    bomb.write_bytes(bytes(data))
    outcome = cli("mask", bomb, "-o", out)
    assert outcome.code == 2
    assert not out.exists()


def test_the_photo_is_never_overwritten(cli, portrait, tmp_path):
    before = portrait.read_bytes()
    link = tmp_path / "link.png"
    link.symlink_to(portrait)
    for target in (portrait, link):
        outcome = cli("mask", portrait, "-o", target)
        assert outcome.code == 2
    assert portrait.read_bytes() == before


def test_mask_and_payload_must_not_share_a_file(cli, portrait, tmp_path):
    out = tmp_path / "same.png"
    assert cli("mask", portrait, "-o", out, "--mask-out", out).code == 2
    assert not out.exists()


@pytest.mark.parametrize("name", ["m.gif", "m", "m.tiff"])
def test_other_endings_are_2(cli, portrait, tmp_path, name):
    assert cli("mask", portrait, "-o", tmp_path / name).code == 2


def test_a_missing_folder_is_2(cli, portrait, tmp_path):
    outcome = cli("mask", portrait, "-o", tmp_path / "no" / "m.png")
    assert outcome.code == 2
    assert "folder" in outcome.err


def test_a_full_disk_leaves_nothing(cli, portrait, tmp_path, monkeypatch):
    from pathlib import Path

    out, drawn = tmp_path / "m.png", tmp_path / "mask.png"
    replace = Path.replace

    def full(self, target):
        if Path(target).name == "m.png":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    outcome = cli("mask", portrait, "-o", out, "--mask-out", drawn)
    assert outcome.code == 2
    assert "no space left" in outcome.err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["portrait.png"]


def test_standard_streams(monkeypatch, portrait, cli, tmp_path):
    expected = tmp_path / "m.png"
    cli("mask", portrait, "-o", expected)
    received = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(portrait.read_bytes())))
    monkeypatch.setattr(
        sys, "stdout", SimpleNamespace(buffer=received, write=lambda text: None, flush=received.flush)
    )
    from privateedit.cli.app import run

    assert run(["mask", "-", "-o", "-"]) == 0
    assert received.getvalue() == expected.read_bytes()


def test_two_things_cannot_share_standard_output(cli, portrait):
    assert cli("mask", portrait, "-o", "-", "--json").code == 2
    assert cli("mask", portrait, "-o", "-", "--mask-out", "-").code == 2


def test_a_mask_of_zeros_and_ones_is_2_instead_of_hiding_nothing(cli, portrait, tmp_path):
    drawn, out = tmp_path / "mask.png", tmp_path / "m.png"
    Image.new("L", (512, 512), 1).save(drawn)
    outcome = cli("mask", portrait, "-o", out, "--mask-in", drawn)
    assert outcome.code == 2
    assert "hides nothing" in outcome.err
    assert not out.exists()


@pytest.mark.parametrize("degree", ["none", "low", "high"])
def test_every_degree_of_trust_is_sealed(cli, portrait, tmp_path, degree):
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out, "--trust", degree, "--json")
    assert outcome.code == 0
    assert outcome.facts["sealed"] is True
    assert outcome.facts["settings"]["trust"] == degree


def test_no_trust_replaces_the_background(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    assert cli("mask", portrait, "-o", out, "--trust", "none").code == 0
    sent, original = pixels_of(out), pixels_of(portrait)
    assert (sent[20, 500] == 190).all()
    assert (sent[60:200, 190:270] == 0).all()
    suit = sent[420:500, 150:330]
    assert np.array_equal(suit, original[420:500, 150:330])


def test_a_guide_is_drawn_where_nothing_of_the_face_is(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out, "--opacity", "0.2", "--fill", "grey", "--json")
    assert outcome.facts["sealed"] is True
    inside = pixels_of(out)[100:160, 200:260].astype(int)
    assert inside.std() > 5
    assert (inside.max(2) == inside.min(2)).all()


def test_a_see_through_face_is_refused_by_name(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out, "--under", "face", "--opacity", "0.95")
    assert outcome.code == 4
    assert "--expose-face" in outcome.err
    assert outcome.err.endswith("Nothing was sent.\n")
    assert not out.exists()
    assert cli("journal", "show", "--json").facts["total"] == 0


def test_a_see_through_face_that_was_asked_for_is_called_exposed_everywhere(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    options = ("--under", "face", "--opacity", "0.95", "--expose-face")
    assert "EXPOSED" in cli("mask", portrait, "-o", out, *options).err
    facts = cli("mask", portrait, "-o", out, *options, "--json").facts
    assert facts["sealed"] is False
    assert facts["exposed_psnr"] > 28
    (first, _) = cli("journal", "show", "--json").facts["sends"]
    assert first["sealed"] is False
    assert first["exposed_psnr"] == facts["exposed_psnr"]


def test_boxes_and_polygons_are_hidden_too(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    areas = ("--box", "10,300,60,350", "--box", "300,10,330,30", "--polygon", "400,400 500,400 450,500")
    assert cli("mask", portrait, "-o", out, *areas).code == 0
    sent = pixels_of(out)
    for rows, columns in ((slice(300, 350), slice(10, 60)), (slice(10, 30), slice(300, 330))):
        assert (sent[rows, columns] == 0).all()
    assert (sent[405:450, 445:455] == 0).all()
    assert (sent[100:160, 200:260] == 0).all()


def test_areas_alone_hide_only_themselves(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out, "--faces", "none", "--box", "10,300,60,350", "--json")
    assert outcome.facts["faces"] == 0
    assert outcome.facts["faces_left_visible"] == [0]
    assert np.array_equal(pixels_of(out)[100:160], pixels_of(portrait)[100:160])


def test_a_face_that_is_left_out_is_recorded(cli, portrait, tmp_path):
    outcome = cli("mask", portrait, "-o", tmp_path / "m.png", "--faces", "-0", "--box", "1,1,9,9")
    assert outcome.code == 0
    assert "Left visible because you chose so: face 0." in outcome.err
    (send,) = cli("journal", "show", "--json").facts["sends"]
    assert (send["faces"], send["hidden"], send["visible"]) == (1, 0, [0])


def test_the_mask_of_a_photo_only_grows(cli, portrait, tmp_path):
    first, second, third = (tmp_path / f"{number}.png" for number in range(3))
    large = cli("mask", portrait, "-o", first, "--coverage", "head", "--json").facts
    again = cli("mask", portrait, "-o", second, "--json").facts
    assert again["kept_from_earlier"] is True
    assert again["hidden_fraction"] == large["hidden_fraction"]
    assert "an earlier upload" in cli("mask", portrait, "-o", second).err
    smaller = cli("mask", portrait, "-o", third, "--allow-smaller-mask", "--json").facts
    assert smaller["hidden_fraction"] < large["hidden_fraction"]
    assert smaller["smaller_than_earlier"] is True
    assert cli("journal", "show", "--last", "1", "--json").facts["sends"][0]["smaller_mask"] is True


def test_a_forgotten_photo_may_show_more(cli, portrait, tmp_path):
    out = tmp_path / "m.png"
    cli("mask", portrait, "-o", out, "--coverage", "head")
    assert cli("journal", "forget", "--photo", portrait).code == 0
    assert cli("mask", portrait, "-o", out, "--json").facts["kept_from_earlier"] is False


def test_a_journal_that_cannot_be_written_leaves_no_picture(cli, portrait, tmp_path, state_folder):
    state_folder.parent.mkdir(exist_ok=True)
    state_folder.write_text("not a folder")
    out = tmp_path / "m.png"
    outcome = cli("mask", portrait, "-o", out)
    assert outcome.code == 4
    assert not out.exists()
    assert "Nothing was sent." in outcome.err


def test_a_picture_that_could_not_be_written_is_recorded_as_failed(cli, portrait, tmp_path, monkeypatch):
    from privateedit.cli import files
    from privateedit.errors import OutputError

    def full(outputs):
        raise OutputError("m.png could not be written (disk full).")

    monkeypatch.setattr(files, "write", full)
    assert cli("mask", portrait, "-o", tmp_path / "m.png").code == 2
    (send,) = cli("journal", "show", "--json").facts["sends"]
    assert send["result"] == "failed"


def test_settings_are_what_nobody_has_to_type(cli, portrait, tmp_path, monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_COVERAGE", "head")
    out = tmp_path / "m.png"
    assert cli("mask", portrait, "-o", out, "--json").facts["settings"]["coverage"] == "head"
    assert (
        cli("mask", portrait, "-o", out, "--trust", "low", "--json").facts["settings"]["coverage"] == "face"
    )
    monkeypatch.setenv("PRIVATEEDIT_COVERAGE", "nose")
    assert cli("mask", portrait, "-o", out).code == 2


def test_a_site_that_wants_a_fixed_size_gets_it(cli, portrait, tmp_path):
    out = tmp_path / "masked.png"
    outcome = cli("mask", portrait, "-o", out, "--canvas", "640x360", "--json")
    assert (outcome.facts["width"], outcome.facts["height"]) == (640, 360)
    assert outcome.facts["sealed"] is True
    sent = pixels_of(out)
    assert sent.shape == (360, 640, 3)
    assert (sent[:, :140] == 127).all()
    assert (sent[:, 500:] == 127).all()
    assert np.ptp(sent[:, 140:500]) > 200


def test_the_longest_side_can_be_made_shorter_and_never_longer(cli, portrait, tmp_path):
    out = tmp_path / "masked.jpg"
    assert cli("mask", portrait, "-o", out, "--max-side", 300).code == 0
    assert pixels_of(out).shape == (300, 300, 3)
    assert cli("mask", portrait, "-o", out, "--max-side", 9000).code == 0
    assert pixels_of(out).shape == (512, 512, 3)


@pytest.mark.parametrize(
    "options",
    [
        ("--canvas", "640"),
        ("--canvas", "original"),
        ("--canvas", "10x640"),
        ("--canvas", "99999x99999"),
        ("--max-side", "0"),
        ("--max-side", "wide"),
        ("--canvas", "640x640", "--max-side", "640"),
    ],
)
def test_frames_that_cannot_be_used_are_2_and_hand_nothing_over(
    cli, portrait, tmp_path, options, state_folder
):
    out = tmp_path / "masked.png"
    assert cli("mask", portrait, "-o", out, *options).code == 2
    assert not out.exists()
    assert not state_folder.exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_memory_open_to_others_stops_the_hand_over(cli, portrait, tmp_path, state_folder):
    out = tmp_path / "masked.png"
    assert cli("mask", portrait, "-o", out).code == 0
    out.unlink()
    (state_folder / "handovers").chmod(0o755)
    outcome = cli("mask", portrait, "-o", out)
    assert outcome.code == 4
    assert "Nothing was sent." in outcome.err
    assert not out.exists()

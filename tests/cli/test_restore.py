from types import SimpleNamespace
from weakref import ref

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import pixels_of
from tests.doubles.ports import simple_parts

from privateedit import memory
from privateedit.cli import files, restore


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


REMEMBERED = "is remembered on this device"


def entry(state_folder):
    (path,) = (state_folder / "handovers").iterdir()
    return path


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--trust", "none"),
        ("--trust", "high"),
        ("--fill", "noise"),
        ("--trust", "high", "--fill", "noise"),
        ("--shape", "contour", "--coverage", "head", "--opacity", "0.5", "--tone", "tan"),
        ("--box", "10,300,60,350", "--polygon", "300,300 400,300 350,400", "--fill", "#204060"),
        ("--under", "face", "--opacity", "0.5", "--expose-face"),
        ("--max-side", "400"),
        ("--canvas", "1024x768"),
        ("--canvas", "300x500", "--trust", "high"),
    ],
    ids=" ".join,
)
def test_after_any_mask_restore_needs_nothing_else(cli, portrait, tmp_path, options):
    sent, final = tmp_path / "m.png", tmp_path / "r.png"
    assert cli("mask", portrait, "-o", sent, *options).code == 0
    outcome = cli("restore", portrait, sent, "-o", final, "--size", "original", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.err.count(REMEMBERED) == 1
    assert outcome.facts["remembered"] is True
    (face,) = outcome.facts["faces"]
    assert face["regime"] == "hole" or "--expose-face" in options
    assert abs(face["scale"] - 1) < 0.004
    made = pixels_of(final)
    assert made.shape == (512, 512, 3)
    # Around a picture that left smaller, the look follows what came back, and that is softer.
    most = 3 if "--max-side" in options else 2
    apart = made[95:165, 195:260].astype(int) - pixels_of(portrait)[95:165, 195:260]
    assert np.abs(apart).mean() < most


def test_a_mask_painted_by_hand_is_remembered(cli, landscape, tmp_path):
    """Neither the file of the mask nor a face is needed."""
    brush, sent, final = tmp_path / "brush.png", tmp_path / "m.png", tmp_path / "r.png"
    drawn = np.zeros((400, 600), np.uint8)
    drawn[120:260, 200:380] = 255
    Image.fromarray(drawn).save(brush)
    assert cli("mask", landscape, "-o", sent, "--mask-in", brush, "--faces", "none").code == 0
    brush.unlink()
    outcome = cli("restore", landscape, sent, "-o", final, "--json")
    assert outcome.code == 0, outcome.err
    assert [region["regime"] for region in outcome.facts["regions"]] == ["hole"]
    assert np.array_equal(pixels_of(final), pixels_of(landscape))


def test_a_mask_that_an_earlier_upload_made_larger_is_remembered(cli, portrait, tmp_path):
    first, second, final = tmp_path / "1.png", tmp_path / "2.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", first, "--coverage", "head").code == 0
    assert cli("mask", portrait, "-o", second).code == 0
    outcome = cli("restore", portrait, second, "-o", final, "--json")
    assert outcome.facts["remembered"] is True
    assert np.array_equal(pixels_of(final), pixels_of(portrait))


def test_settings_that_changed_since_do_not_count(cli, portrait, tmp_path, monkeypatch):
    sent, final = tmp_path / "m.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", sent).code == 0
    monkeypatch.setenv("PRIVATEEDIT_COVERAGE", "head")
    outcome = cli("restore", portrait, sent, "-o", final, "--json")
    assert (outcome.code, outcome.facts["remembered"]) == (0, True)
    assert np.array_equal(pixels_of(final), pixels_of(portrait))


@pytest.mark.parametrize(
    "options",
    [
        ("--coverage", "head"),
        ("--faces", "all", "--coverage", "head"),
        ("--coverage", "head", "--canvas", "512x512"),
        ("--coverage", "head", "--max-side", "512"),
    ],
)
def test_options_that_are_typed_go_before_what_is_remembered(cli, portrait, tmp_path, options):
    head, later, final = tmp_path / "1.png", tmp_path / "2.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", head, "--coverage", "head").code == 0
    assert cli("mask", portrait, "-o", later, "--coverage", "inner", "--allow-smaller-mask").code == 0
    outcome = cli("restore", portrait, head, "-o", final, *options, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.facts["remembered"] is False
    assert REMEMBERED not in outcome.err
    assert np.array_equal(pixels_of(final), pixels_of(portrait))


@pytest.mark.parametrize("typed", [("--faces", "all"), ("--canvas", "512x512"), ("--max-side", "512")])
def test_an_option_counts_as_typed_also_when_it_says_the_default(cli, portrait, tmp_path, typed):
    sent = tmp_path / "m.png"
    assert cli("mask", portrait, "-o", sent).code == 0
    outcome = cli("restore", portrait, sent, "-o", tmp_path / "f.png", *typed, "--json")
    assert (outcome.code, outcome.facts["remembered"]) == (0, False)


def test_a_record_that_was_altered_is_4_with_the_ways_out(cli, portrait, tmp_path, state_folder):
    sent, final = tmp_path / "m.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", sent, "--grow", "0.2").code == 0
    data = bytearray(entry(state_folder).read_bytes())
    data[20] ^= 1
    entry(state_folder).write_bytes(bytes(data))
    outcome = cli("restore", portrait, sent, "-o", final)
    assert outcome.code == 4
    assert "damaged or was altered. Type the options" in outcome.err
    assert "journal forget --photo" in outcome.err
    assert not final.exists()
    assert cli("restore", portrait, sent, "-o", final, "--grow", "0.2").code == 0
    assert cli("journal", "forget", "--photo", portrait).code == 0
    assert cli("restore", portrait, sent, "-o", final, "--grow", "0.2").code == 0


def test_what_is_forgotten_is_not_used(cli, portrait, tmp_path):
    sent, final = tmp_path / "m.png", tmp_path / "f.png"
    assert cli("mask", portrait, "-o", sent).code == 0
    assert cli("journal", "forget", "--photo", portrait).code == 0
    outcome = cli("restore", portrait, sent, "-o", final, "--json")
    assert (outcome.code, outcome.facts["remembered"]) == (0, False)


def test_what_is_remembered_never_masks(cli, portrait, tmp_path):
    """Only restoring uses it: the next mask is made by what is typed and set, and leave is asked anew."""
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    exposed = ("--under", "face", "--opacity", "0.5", "--expose-face")
    assert cli("mask", portrait, "-o", first, *exposed).code == 0
    assert cli("mask", portrait, "-o", second, "--json").facts["sealed"] is True


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


@pytest.fixture
def small_edit(hidden_astronaut, tmp_path):
    """The masked portrait as a service returns it at half the size."""
    edited = tmp_path / "edited.png"
    Image.fromarray(hidden_astronaut.masked.pixels).resize((256, 256), Image.Resampling.LANCZOS).save(edited)
    return edited


def test_original_size_keeps_every_pixel_of_the_face(cli, portrait, small_edit, tmp_path):
    out = tmp_path / "final.png"
    outcome = cli("restore", portrait, small_edit, "-o", out, "--size", "original", "--json")
    assert outcome.code == 0, outcome.err
    assert (outcome.facts["width"], outcome.facts["height"]) == (512, 512)
    assert outcome.facts["faces"][0]["scale"] == 1.0
    face = (slice(100, 160), slice(195, 255))
    assert np.array_equal(pixels_of(out)[face], pixels_of(portrait)[face])


def test_an_exact_size_is_exact(cli, portrait, small_edit, tmp_path):
    out = tmp_path / "final.png"
    outcome = cli("restore", portrait, small_edit, "-o", out, "--size", "300x300")
    assert outcome.code == 0, outcome.err
    assert pixels_of(out).shape == (300, 300, 3)
    assert "enlarged from 256×256 to 300×300" in outcome.err


def test_a_size_of_other_proportions_names_one_that_fits(cli, portrait, small_edit, tmp_path):
    out = tmp_path / "final.png"
    outcome = cli("restore", portrait, small_edit, "-o", out, "--size", "600x400")
    assert outcome.code == 2
    assert "600x600 fits" in outcome.err
    assert not out.exists()


def test_the_options_of_the_result_reach_it_and_the_settings_too(
    cli, portrait, small_edit, tmp_path, monkeypatch
):
    warm = tmp_path / "warm.png"
    Image.fromarray(np.clip(pixels_of(small_edit) * [1.15, 1, 0.85], 0, 255).astype(np.uint8)).save(warm)

    def graded(*options):
        outcome = cli("restore", portrait, warm, "-o", tmp_path / "final.png", "--json", *options)
        assert outcome.code == 0, outcome.err
        return outcome.facts["faces"][0]["graded"]

    assert graded()
    assert not graded("--harmonize", "0")
    monkeypatch.setenv("PRIVATEEDIT_HARMONIZE", "0")
    assert not graded()
    assert graded("--harmonize", "auto")


def test_the_blend_reaches_the_result(cli, portrait, small_edit, tmp_path):
    bright = tmp_path / "bright.png"
    Image.fromarray(np.clip(pixels_of(small_edit) + 14.0, 0, 255).astype(np.uint8)).save(bright)
    results = []
    for blend in ("0", "0.5", "auto", "1"):
        final = tmp_path / f"{blend}.png"
        options = ("--harmonize", "0", "--blend", blend)
        assert cli("restore", portrait, bright, "-o", final, *options).code == 0
        results.append(pixels_of(final))
    hard, half, usual, soft = results
    assert np.array_equal(half, usual)
    changed = [np.count_nonzero((each != usual).any(2)) for each in (hard, soft)]
    assert min(changed) > 200


@pytest.mark.parametrize(
    "options",
    [
        ("--size", "huge"),
        ("--size", "1x1"),
        ("--size", "99999x99999"),
        ("--harmonize", "2"),
        ("--harmonize", "nan"),
        ("--harmonize", "much"),
        ("--style-match", "on"),
        ("--blend", "2"),
        ("--blend", "soft"),
    ],
)
def test_options_of_the_result_that_cannot_be_used_are_2(cli, portrait, small_edit, tmp_path, options):
    out = tmp_path / "final.png"
    outcome = cli("restore", portrait, small_edit, "-o", out, *options)
    assert outcome.code == 2
    assert not out.exists()


def test_compare_shows_the_four_stages(cli, portrait, small_edit, tmp_path, hidden_astronaut):
    out, compare = tmp_path / "final.png", tmp_path / "compare.png"
    assert cli("restore", portrait, small_edit, "-o", out, "--compare", compare).code == 0
    row = pixels_of(compare)
    original, sent, returned, final = (row[34 : 34 + 512, 12 + n * 524 :][:, :512] for n in range(4))
    assert np.array_equal(original, pixels_of(portrait))
    assert np.array_equal(sent, hidden_astronaut.masked.pixels)
    assert returned[130, 225].max() < 10
    assert final[130, 225].min() > 60


@pytest.mark.parametrize("taken", ["photo", "edited", "out"])
def test_compare_never_overwrites(cli, portrait, small_edit, tmp_path, taken):
    out = tmp_path / "final.png"
    places = {"photo": portrait, "edited": small_edit, "out": out}
    before = {path: path.read_bytes() for path in (portrait, small_edit)}
    outcome = cli("restore", portrait, small_edit, "-o", out, "--compare", places[taken])
    assert outcome.code == 2
    assert not out.exists()
    assert {path: path.read_bytes() for path in before} == before


def test_a_face_that_does_not_fit_is_told_with_its_numbers(cli, portrait, tmp_path, hopper, hopper_face):
    """A stranger's head, tilted far: the sentence and the JSON say by how much, and what to ask for."""
    edited = tmp_path / "edited.png"
    left, top, right, bottom = (round(value) for value in hopper_face.box)
    head = Image.fromarray(hopper.pixels).crop((left - 60, top - 60, right + 60, bottom + 60))
    stage = Image.new("RGB", (512, 512), (120, 120, 120))
    stage.paste(head.rotate(50, fillcolor=(120,) * 3).resize((300, 300)), (100, 100))
    stage.save(edited)
    outcome = cli("restore", portrait, edited, "-o", tmp_path / "final.png", "--json")
    assert outcome.code == 6
    assert "same pose and framing" in outcome.err
    measured = outcome.facts["measured"]
    assert measured["rotation"] > 25
    assert f"tilted by {measured['rotation']:.0f}°" in outcome.err


def test_large_pictures_are_gone_before_the_result_is_encoded(cli, portrait, tmp_path, monkeypatch):
    masked, kept = tmp_path / "masked.png", []
    cli("mask", portrait, "-o", masked)
    read, encoded = files.read, restore.final_bytes

    def remembered(source):
        opened = read(source)
        kept.append(ref(opened.photo))
        return opened

    def counted(*arguments):
        assert [each() for each in kept] == [None, None]
        return encoded(*arguments)

    monkeypatch.setattr(files, "read", remembered)
    monkeypatch.setattr(restore, "final_bytes", counted)
    out, beside = tmp_path / "final.jpg", tmp_path / "compared.png"
    assert cli("restore", portrait, masked, "-o", out, "--compare", beside).code == 0
    assert len(kept) == 2


def test_no_memory_is_kept_for_a_next_photo(monkeypatch):
    told = []
    detector = SimpleNamespace(rest=lambda: told.append("rest"))
    monkeypatch.setattr(memory, "give_back", lambda: told.append("give back"))
    restore.lean(simple_parts(detector=detector)).make_room()
    assert told == ["rest", "give back"]

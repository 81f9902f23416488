import numpy as np
import pytest
from tests.cli.conftest import pixels_of


def test_the_whole_job_and_its_json(cli, portrait, tmp_path):
    out = tmp_path / "final.png"
    outcome = cli("edit", portrait, "--preset", "backdrop-navy", "-o", out, "--json")
    assert outcome.code == 0
    facts = outcome.facts
    assert facts["out"] == str(out)
    assert facts["faces"][0]["regime"] == "hole"
    assert set(facts["sent"]) >= {"provider", "bytes", "sha256"}
    assert facts["sent"]["provider"] == "studio"
    final, original = pixels_of(out).astype(int), pixels_of(portrait).astype(int)
    assert np.abs(final[100:160, 200:255] - original[100:160, 200:255]).mean() < 3
    corner = final[5:60, 400:500].reshape(-1, 3).mean(0)
    assert corner[2] > corner[0] + 20


def test_sent_digest_is_that_of_mask(cli, portrait, tmp_path):
    masked = cli("mask", portrait, "-o", tmp_path / "m.png", "--json").facts
    edited = cli("edit", portrait, "--preset", "warm", "-o", tmp_path / "f.png", "--json").facts
    assert edited["sent"]["sha256"] == masked["sha256"]


def test_words_work_too(cli, portrait, tmp_path):
    out = tmp_path / "final.png"
    assert cli("edit", portrait, "--prompt", "make it black and white", "-o", out).code == 0
    final = pixels_of(out)[100:160, 200:255].astype(int)
    assert np.ptp(final, axis=2).max() <= 6


def test_the_default_output_lies_beside_and_keeps_earlier_ones(cli, portrait, tmp_path):
    assert cli("edit", portrait, "--preset", "warm").code == 0
    assert cli("edit", portrait, "--preset", "cool").code == 0
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == ["portrait-edited-2.png", "portrait-edited.png", "portrait.png"]


def test_dry_run_writes_nothing(cli, portrait, tmp_path):
    outcome = cli("edit", portrait, "--preset", "warm", "--dry-run", "--json")
    assert outcome.code == 0
    assert outcome.facts["dry_run"] is True
    assert outcome.facts["sent"]["sealed"] is True
    assert [each.name for each in tmp_path.iterdir()] == ["portrait.png"]


@pytest.mark.parametrize(
    "extra",
    [
        (),
        ("--preset", "warm", "--prompt", "warm"),
        ("--preset", "no-such"),
        ("--prompt", "   "),
        ("--prompt", "give Erika Mustermann a hat"),
        ("--preset", "warm", "--provider", "nobody"),
    ],
)
def test_what_cannot_be_done_is_2_and_never_repeats_the_prompt(cli, portrait, tmp_path, extra):
    out = tmp_path / "final.png"
    outcome = cli("edit", portrait, *extra, "-o", out)
    assert outcome.code == 2
    assert "Erika" not in outcome.err
    assert "Nothing was sent." in outcome.err
    assert not out.exists()


def test_an_unknown_instruction_lists_what_can_be_done(cli, portrait, tmp_path):
    outcome = cli("edit", portrait, "--prompt", "add a hat", "-o", tmp_path / "f.png")
    assert "backdrop-grey" in outcome.err
    assert "headshot" in outcome.err


def test_no_face_is_3_and_writes_nothing(cli, landscape, tmp_path):
    out = tmp_path / "final.png"
    assert cli("edit", landscape, "--preset", "warm", "-o", out).code == 3
    assert not out.exists()


def test_standard_input_needs_an_output(cli):
    assert cli("edit", "-", "--preset", "warm").code == 2


def test_an_interrupted_write_leaves_nothing(cli, portrait, tmp_path, monkeypatch):
    from pathlib import Path

    def interrupt(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    assert cli("edit", portrait, "--preset", "warm", "-o", tmp_path / "f.png").code == 130
    assert [each.name for each in tmp_path.iterdir()] == ["portrait.png"]


def test_a_full_disk_after_a_send_says_that_it_was_sent(cli, portrait, tmp_path, monkeypatch):
    from pathlib import Path

    from privateedit import wiring

    class Remote:
        name, local = "remote", False

        def edit(self, payload, instruction):
            return wiring._studio().edit(payload, instruction)

    replace = Path.replace

    def full(self, target):
        if Path(target).suffix == ".png":  # the records lie on another disk
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(wiring, "editor", lambda name, **said: Remote())
    monkeypatch.setattr(Path, "replace", full)
    outcome = cli("edit", portrait, "--preset", "warm", "-o", tmp_path / "f.png")
    assert outcome.code == 2
    assert "The masked picture was sent." in outcome.err


@pytest.mark.parametrize("degree", ["none", "low", "high"])
def test_every_degree_of_trust_gives_the_face_back(cli, small_portrait, tmp_path, degree):
    out = tmp_path / "f.png"
    outcome = cli("edit", small_portrait, "--preset", "warm", "--trust", degree, "-o", out, "--json")
    assert outcome.code == 0, outcome.err
    (face,) = outcome.facts["faces"]
    assert face["regime"] == "hole"
    assert abs(face["scale"] - 1) < 0.002
    final, original = (pixels_of(each)[48:82, 98:130] for each in (out, small_portrait))
    shift = final.astype(int) - original
    assert np.abs(shift - shift.mean((0, 1))).mean() < 12


def test_an_instruction_that_names_somebody_warns(cli, portrait, tmp_path):
    named = portrait.rename(tmp_path / "eileen-collins.png")
    out = tmp_path / "f.png"
    outcome = cli("edit", named, "--prompt", "make Eileen warmer", "--dry-run", "-o", out, "--json")
    assert outcome.code == 0
    assert outcome.facts["warnings"] == [{"kind": "file_name", "count": 1}]
    assert "Warning: The instruction contains a word of the file's name." in outcome.err
    assert "Eileen" not in outcome.err


def test_without_trust_an_instruction_that_names_somebody_is_refused(cli, portrait, tmp_path):
    named = portrait.rename(tmp_path / "eileen-collins.png")
    out = tmp_path / "f.png"
    outcome = cli("edit", named, "--prompt", "make Eileen warmer", "--trust", "none", "-o", out)
    assert outcome.code == 4
    assert "Eileen" not in outcome.err
    assert not out.exists()
    assert cli("journal", "show", "--json").facts["total"] == 0


def test_a_name_in_the_metadata_counts(cli, portrait, tmp_path):
    from PIL import Image

    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x013B] = "Margarethe Oberhuber"
    Image.open(portrait).save(path, exif=exif)
    outcome = cli("edit", path, "--prompt", "warm, for Oberhuber", "--dry-run", "--json")
    assert outcome.facts["warnings"] == [{"kind": "artist", "count": 1}]


def test_an_edit_is_in_the_journal(cli, portrait, tmp_path):
    out = tmp_path / "f.png"
    sent = cli("edit", portrait, "--preset", "warm", "-o", out, "--json").facts["sent"]
    (send,) = cli("journal", "show", "--json").facts["sends"]
    assert (send["provider"], send["local"], send["result"], send["sent"]) == (
        "studio",
        True,
        "returned",
        "no",
    )
    assert send["payload"] == sent["sha256"]
    assert send["settings"] == sent["settings"]
    assert cli("journal", "verify").code == 0


def test_a_dry_run_is_not(cli, portrait, tmp_path):
    assert cli("edit", portrait, "--preset", "warm", "--dry-run").code == 0
    assert cli("journal", "show", "--json").facts["total"] == 0


def test_compare_shows_exactly_what_was_sent(cli, portrait, tmp_path):
    out, compare, masked = (tmp_path / f"{name}.png" for name in ("f", "c", "m"))
    assert cli("mask", portrait, "-o", masked).code == 0
    assert cli("edit", portrait, "--preset", "warm", "-o", out, "--compare", compare).code == 0
    row = pixels_of(compare)
    original, sent, _, final = (row[34 : 34 + 512, 12 + n * 524 :][:, :512] for n in range(4))
    assert np.array_equal(original, pixels_of(portrait))
    assert np.array_equal(sent, pixels_of(masked))
    assert np.array_equal(final, pixels_of(out))


@pytest.mark.parametrize(
    "options",
    [
        ("--size", "1x1"),
        ("--size", "20000x20"),
        ("--harmonize", "2"),
        ("--style-match", "x"),
        ("--blend", "2"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_sent(
    cli, portrait, tmp_path, monkeypatch, options
):
    from privateedit import wiring

    def never(name, **said):
        class Editor:
            local = False

            def edit(self, payload, instruction):
                raise AssertionError("it was sent")

        Editor.name = name
        return Editor()

    monkeypatch.setattr(wiring, "editor", never)
    out = tmp_path / "f.webp"
    outcome = cli("edit", portrait, "--preset", "warm", "-o", out, *options)
    assert outcome.code == 2
    assert "Nothing was sent." in outcome.err
    assert not out.exists()


def test_compare_and_output_are_two_files(cli, portrait, tmp_path):
    out = tmp_path / "f.png"
    assert cli("edit", portrait, "--preset", "warm", "-o", out, "--compare", out).code == 2
    assert cli("edit", portrait, "--preset", "warm", "-o", out, "--compare", portrait).code == 2
    assert not out.exists()


def test_a_dry_run_has_nothing_to_compare(cli, portrait, tmp_path):
    compare = tmp_path / "c.png"
    outcome = cli("edit", portrait, "--preset", "warm", "--dry-run", "--compare", compare)
    assert outcome.code == 2
    assert not compare.exists()


def test_original_size_of_an_edit(cli, portrait, tmp_path):
    out = tmp_path / "f.png"
    outcome = cli("edit", portrait, "--preset", "warm", "-o", out, "--size", "original", "--json")
    assert (outcome.facts["width"], outcome.facts["height"]) == (512, 512)


def test_a_reply_that_does_not_fit_says_that_the_picture_was_sent(cli, portrait, tmp_path, monkeypatch):
    from privateedit import wiring
    from privateedit.core.edit import EditResult

    class Remote:
        name, local = "remote", False

        def edit(self, payload, instruction):
            return EditResult(np.full((payload.height, payload.width, 3), 128, np.uint8), self.name)

    monkeypatch.setattr(wiring, "editor", lambda name, **said: Remote())
    outcome = cli("edit", portrait, "--preset", "warm", "-o", tmp_path / "f.png", "--json")
    assert outcome.code == 6
    assert (outcome.facts["out"], outcome.facts["sent"]) == (None, "yes")
    assert "same pose and framing" in outcome.err
    assert "The masked picture was sent." in outcome.err

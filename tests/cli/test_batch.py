"""`privateedit batch` as people type it; one worker, in this process."""

import json
import re
import signal
import sys
from pathlib import Path

import pytest
from skimage import data
from tests.cli.conftest import pixels_of
from tests.doubles.batches import parts_that_see_red, write_photos
from tests.standins.openai import OpenAIStandIn

from privateedit import wiring
from privateedit.cli import options
from privateedit.cli.batch import batch
from privateedit.cli.batch_told import Watching
from privateedit.cli.concealing import OF_MANY_PHOTOS


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Small photos with red squares for faces; no model is needed."""
    made = parts_that_see_red()
    monkeypatch.setattr(wiring, "parts", lambda: made)
    real = options.worker_count  # a process of its own would not have these parts
    monkeypatch.setattr(options, "worker_count", lambda asked: min(0, real(asked)))
    return write_photos(tmp_path / "photos", "a.jpg", "b.broken.jpg", "sub/c.jpg")


@pytest.fixture
def service(monkeypatch):
    with OpenAIStandIn() as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        yield found


def told(out):
    return {each["name"]: each for each in map(json.loads, (out / "outcomes.jsonl").read_text().splitlines())}


def test_masking_a_folder(cli, photos, tmp_path):
    out = tmp_path / "out"
    outcome = cli("batch", photos, "-o", out, "--mask-only", "--workers", "1", "--json")
    assert outcome.code == 2
    assert outcome.facts == {
        "out": str(out),
        "total": 3,
        "done": 2,
        "failed": 1,
        "codes": {"2": 1},
        "waiting": 0,
        "unknown": 0,
        "stopped": None,
    }
    assert "b.broken.jpg: " in outcome.err
    assert (out / "sub" / "c.png").exists()


def test_words_for_people_say_what_is_left(cli, photos, tmp_path):
    out = tmp_path / "out"
    outcome = cli("batch", photos, "-o", out, "--mask-only", "--workers", "1")
    assert "2 of 3 photos done, 1 not done. Written to" in outcome.err
    assert outcome.out == ""
    again = cli("batch", photos, "-o", out, "--mask-only", "--workers", "1")
    assert "3 photos; 2 of them were ended by earlier runs." in again.err


def test_a_photo_that_links_lead_to_is_done_once_and_that_is_said(cli, photos, tmp_path):
    (photos / "link.jpg").symlink_to("a.jpg")
    out = tmp_path / "out"
    outcome = cli("batch", photos, "-o", out, "--mask-only", "--workers", "1")
    assert "Links to photos that are done anyway, and once: 1." in outcome.err
    assert "2 of 3 photos done" in outcome.err
    assert told(out)["a.jpg"]["also"] == ["link.jpg"]
    assert sorted(path.name for path in out.glob("*.png")) == ["a.png"]


def test_a_list_and_a_format(cli, photos, tmp_path, monkeypatch):
    monkeypatch.chdir(photos)
    Path("list.txt").write_text("sub/c.jpg\n")
    outcome = cli("batch", "--list", "list.txt", "-o", tmp_path / "out", "--mask-only", "--format", "WEBP")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "out" / "sub" / "c.webp").read_bytes()[:4] == b"RIFF"


def test_the_masked_pictures_come_back_with_their_faces(cli, tmp_path, portrait):
    masks, out = tmp_path / "masks", tmp_path / "out"
    assert cli("batch", portrait, "-o", masks, "--mask-only", "--workers", "1").code == 0
    outcome = cli("batch", portrait, "-o", out, "--restore-from", masks, "--workers", "1")
    assert outcome.code == 0, outcome.err
    assert told(out)["portrait.png"]["remembered"] is True
    face = (slice(60, 180), slice(170, 280))
    assert abs(pixels_of(out / "portrait.png")[face].astype(int) - data.astronaut()[face]).mean() < 6


EDIT = ("--provider", "openai", "--prompt", "a warmer evening", "--workers", "1")


def test_edits_by_a_service_leave_once_and_are_shown(cli, photos, tmp_path, service):
    out = tmp_path / "out"
    outcome = cli("batch", photos, "-o", out, *EDIT)
    assert outcome.code == 2
    assert len(service.carried) == 2
    assert cli("batch", photos, "-o", out, *EDIT).code == 2
    assert len(service.carried) == 2
    assert told(out)["a.jpg"]["sent"] == "yes"
    assert (out / "a.jpg").exists()
    assert (out / "contact-sheet" / "0001.jpg").exists()
    kept = b"".join(path.read_bytes() for path in (out / ".privateedit-batch").rglob("*") if path.is_file())
    assert b"warmer" not in kept
    assert service.key.encode() not in kept
    assert str(tmp_path).encode() not in kept


def test_a_ceiling_holds_over_runs_and_is_no_failure(cli, photos, tmp_path, service):
    out = tmp_path / "out"
    only = photos / "sub" / "c.jpg", photos / "a.jpg"
    for _ in range(2):
        outcome = cli("batch", *only, "-o", out, *EDIT, "--at-most", "1", "--json")
        assert (outcome.code, outcome.facts["waiting"]) == (0, 1)
        assert outcome.facts["stopped"] == "as many pictures left as were allowed"
        assert len(service.carried) == 1


def test_what_was_sent_for_nothing_is_sent_again_with_leave_alone(cli, photos, tmp_path, service):
    out = tmp_path / "out"
    service.status = 500
    outcome = cli("batch", photos / "a.jpg", "-o", out, *EDIT)
    assert outcome.code == 5
    assert "(sent: yes)" in outcome.err
    service.status = None
    assert cli("batch", photos / "a.jpg", "-o", out, *EDIT).code == 5
    assert len(service.carried) == 1
    assert cli("batch", photos / "a.jpg", "-o", out, *EDIT, "--resend-unknown").code == 5
    assert cli("batch", photos / "a.jpg", "-o", out, *EDIT, "--resend-failed").code == 0
    assert len(service.carried) == 2


def test_a_service_that_fails_again_and_again_is_left_alone(cli, photos, tmp_path, service):
    service.status = 500
    write_photos(photos, "x.jpg", "y.jpg", "z.jpg")
    arguments = (photos / "*.jpg", "-o", tmp_path / "out", *EDIT, "--stop-after-failures", "2", "--json")
    outcome = cli("batch", *arguments)
    assert outcome.facts["stopped"] == "the service failed too often in a row"
    assert len(service.carried) == 2


def test_while_a_service_asks_to_wait_that_is_said_with_the_time(cli, photos, tmp_path, service, monkeypatch):
    real = Watching.paused

    def paused(self, seconds):
        service.status = None
        real(self, seconds)

    monkeypatch.setattr(Watching, "paused", paused)
    monkeypatch.setattr("privateedit.batch.bench.pause_after", lambda tries, told: told / 2)
    monkeypatch.setattr("privateedit.cli.batch_told._LONGER", 0.1)
    service.status = 429
    outcome = cli("batch", photos / "a.jpg", "-o", tmp_path / "out", *EDIT)
    assert outcome.code == 0, outcome.err
    said = re.findall(r"The service asks to wait: nothing is sent for [1-4] seconds?\.", outcome.err)
    assert len(said) == 1


def test_ctrl_c_stops_and_the_same_command_goes_on(cli, photos, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Watching, "ended", lambda self, outcome: signal.raise_signal(signal.SIGINT))
        outcome = cli("batch", photos, "-o", tmp_path / "out", "--mask-only", "--workers", "1")
    assert outcome.code == 130
    assert "goes on later" in outcome.err
    assert outcome.err.endswith(
        "privateedit: Interrupted; the same command goes on. The masked picture may have been sent.\n"
    )
    outcome = cli("batch", photos, "-o", tmp_path / "out", "--mask-only", "--workers", "1", "--json")
    assert outcome.facts["done"] == 2


def test_whoever_stops_a_batch_hears_whether_this_run_sent_anything(
    cli, photos, tmp_path, service, monkeypatch
):
    monkeypatch.setattr(Watching, "ended", lambda self, outcome: signal.raise_signal(signal.SIGINT))
    photo = photos / "a.jpg"
    outcome = cli("batch", photo, photos / "sub", "-o", tmp_path / "out", *EDIT, "--json")
    assert (outcome.code, outcome.facts["stopped"]) == (130, "interrupted")
    assert outcome.err.endswith("Interrupted; the same command goes on. The masked picture was sent.\n")
    (photos / "0.broken.jpg").write_bytes(b"no picture")
    outcome = cli("batch", photos, "-o", tmp_path / "none", *EDIT)
    assert outcome.err.endswith("Interrupted; the same command goes on. Nothing was sent.\n")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "Say what to do"),
        (("--mask-only", "--prompt", "x"), "Say what to do"),
        (("--mask-only", "--restore-from", "photos"), "Say what to do"),
        (("--mask-only", "--provider", "openai"), "belongs to an edit"),
        (("--mask-only", "--option", "a=b"), "belongs to an edit"),
        (("--restore-from", "nowhere"), "not a folder"),
        (("--mask-only", "--format", "tif"), "png, jpg"),
        (("--preset", "warm", "--format", "gif"), "avif"),
        (("--mask-only", "--size", "original"), "no finish"),
        (("--mask-only", "--keep-metadata"), "no metadata"),
        (("--preset", "warm", "--canvas", "512x512"), "--canvas"),
        (("--mask-only", "--workers", "0"), "worker"),
        (("--mask-only", "--coverage", "toes"), "coverage"),
        (("--mask-only", "--at-most", "5"), "--at-most is about what is sent"),
        (("--restore-from", ".", "--at-most", "0"), "--at-most is about"),
        (("--preset", "warm", "--at-most", "5"), "--at-most is about"),
        (("--mask-only", "--per-minute", "9"), "--per-minute is about"),
        (("--mask-only", "--stop-after-failures", "0"), "--stop-after-failures is about"),
        (("--mask-only", "--resend-unknown"), "--resend-unknown is about"),
        (("--mask-only", "--resend-failed"), "--resend-failed is about"),
        (("--prompt", " "), "empty"),
        (("--prompt", "x", "--provider", "nobody"), "no provider"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything(cli, photos, tmp_path, more, said):
    outcome = cli("batch", photos, "-o", tmp_path / "out", *more)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Nothing was sent." in outcome.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--per-minute", "0"), "At least one picture must be allowed to leave per minute."),
        (("--at-most", "-1"), "At most so many"),
        (("--stop-after-failures", "-1"), "failures in a row"),
    ],
)
def test_limits_that_cannot_be_are_said_before_anything(cli, photos, tmp_path, service, more, said):
    outcome = cli("batch", photos, "-o", tmp_path / "out", *EDIT, *more)
    assert outcome.code == 2
    assert said in outcome.err
    assert not (tmp_path / "out").exists()
    assert not service.carried


def test_no_input_and_a_wrong_one_are_said(cli, photos, tmp_path):
    assert "Name photos" in cli("batch", "-o", tmp_path / "out", "--mask-only").err
    assert "does not exist" in cli("batch", "nowhere", "-o", tmp_path / "out", "--mask-only").err
    assert cli("batch", photos, "--mask-only").code == 2


def test_no_option_names_a_face_or_a_place_in_one_photo():
    from inspect import signature

    typed = set(signature(batch).parameters)
    assert set(OF_MANY_PHOTOS) <= typed
    assert not typed & {"faces", "box", "polygon", "mask_in", "expose_face", "allow_smaller_mask"}


def test_eyes_are_said_not_to_hide_anybody(cli, photos, tmp_path):
    outcome = cli("batch", photos / "a.jpg", "-o", tmp_path / "out", "--mask-only", "--coverage", "eyes")
    assert "does not hide identity" in outcome.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mask-only", "--engine", "spark"), "local or ray"),
        (("--mask-only", "--address", "head:6379"), "--address belongs to"),
        (("--mask-only", "--store", "folder"), "--store takes an address"),
        (("--mask-only", "--engine", "ray", "--address", "ray://head:10001"), "HOST:PORT"),
    ],
)
def test_what_does_not_go_together_on_a_cluster_is_told(cli, photos, tmp_path, words, said, monkeypatch):
    from privateedit.batch import cluster

    monkeypatch.setattr(cluster, "_ray", lambda: None)
    outcome = cli("batch", photos, "-o", tmp_path / "out", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert not (tmp_path / "out").exists()


def test_restoring_on_a_cluster_needs_the_options_again(cli, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    words = ("batch", photos, "-o", tmp_path / "out", "--engine", "ray", "--restore-from", photos)
    outcome = cli(*words)
    assert outcome.code == 2
    assert "at least --coverage" in outcome.err
    outcome = cli(*words, "--coverage", "face")
    assert outcome.code == 8
    assert "privateedit[ray]" in outcome.err


def test_outputs_go_to_storage(cli, photos, tmp_path):
    store = f"file://{tmp_path}/store/"
    words = ("-o", tmp_path / "out", "--mask-only", "--workers", "1")
    assert cli("batch", photos, *words, "--store", store).code == 2
    assert (tmp_path / "store" / "sub" / "c.png").exists()

import subprocess
import sys

import pytest
from PIL import Image

from privateedit.audit.attacks import ATTACKS

SEE_THROUGH = ("--under", "face", "--opacity", "0.95", "--expose-face")


def test_a_hidden_face_passes(cli, portrait):
    done = cli("audit", portrait)
    assert done.code == 0
    assert all(name in done.out for name in ATTACKS)
    assert "no face found" in done.out
    assert "No attack got a face that was recognized." in done.err


def test_a_see_through_mask_fails_with_its_own_code(cli, portrait):
    done = cli("audit", portrait, *SEE_THROUGH)
    assert done.code == 7
    assert "The masked picture tells who it is: face 0." in done.err
    assert "EXPOSED" in done.err


def test_the_facts_are_the_same_as_json(cli, portrait, tmp_path):
    report = tmp_path / "report.html"
    done = cli("audit", portrait, *SEE_THROUGH, "--json", "--html", report)
    assert done.code == 7
    assert done.facts["tells"]
    assert done.facts["html"] == str(report)
    (face,) = done.facts["faces"]
    matched = {each["attack"]: each["matched"] for each in face["attacks"]}
    assert matched["stretch"]
    assert matched["unblend"]
    assert not done.facts["masked"]["sealed"]
    assert report.read_text("utf-8").startswith("<!doctype html>")


def test_the_report_goes_to_standard_output(cli, portrait):
    done = cli("audit", portrait, "--html", "-")
    assert done.code == 0
    assert done.out.startswith("<!doctype html>")


def test_a_face_left_visible_fails(cli, tmp_path, couple):
    path = tmp_path / "couple.png"
    Image.fromarray(couple.pixels).save(path)
    done = cli("audit", path, "--faces", "0", "--json")
    assert done.code == 7
    assert [(face["hidden"], face["matched"]) for face in done.facts["faces"]] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--html", "report.pdf"), 2),
        (("--html", "-", "--json"), 2),
        (("--under", "face", "--opacity", "0.95"), 4),
        (("--coverage", "nose"), 2),
    ],
)
def test_what_cannot_be_is_refused(cli, portrait, monkeypatch, arguments, code):
    monkeypatch.chdir(portrait.parent)
    done = cli("audit", portrait, *arguments)
    assert done.code == code
    assert done.out == ""
    assert sorted(portrait.parent.iterdir()) == [portrait]


def test_no_face_is_no_audit(cli, landscape):
    assert cli("audit", landscape).code == 3


def test_without_the_extra_it_says_how_to_get_it(portrait):
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'dlib': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "from privateedit.cli.app import run\n"
        f"sys.exit(run(['audit', {str(portrait)!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 8
    assert "This needs an optional part; run: pip install 'privateedit[audit]'." in done.stderr

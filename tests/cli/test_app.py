import subprocess
import sys

import pytest
import typer

from privateedit import __version__
from privateedit.cli import app as app_module
from privateedit.errors import CannotAlign, NoFaceFound, ProviderError, Refused, Sent, WeightsMissing


def test_version_and_help(cli):
    assert cli("--version").out == f"privateedit {__version__}\n"
    outcome = cli("--help")
    assert outcome.code == 0
    for command in ("edit", "mask", "restore", "faces", "doctor", "presets"):
        assert command in outcome.out


@pytest.mark.parametrize("group", [(), ("journal",), ("bench",)])
def test_no_summary_is_cut_off(cli, group):
    told = cli(*group, "--help").out.partition("Commands:")[2]
    assert "..." not in told
    assert " ".join(told.split()).endswith(".")


@pytest.mark.parametrize(
    "arguments", [(), ("bogus",), ("mask",), ("faces", "x", "--nope"), ("mask", "x", "-o")]
)
def test_wrong_usage_is_2_in_one_sentence(cli, arguments):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    if arguments:
        assert outcome.out == ""
        assert outcome.err.count("\n") == 1
        assert "Nothing was sent." in outcome.err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (NoFaceFound("No face."), 3, "Nothing was sent."),
        (Refused("No."), 4, "Nothing was sent."),
        (ProviderError("Bad.", sent=Sent.UNKNOWN), 5, "may have been sent"),
        (CannotAlign("Off.", sent=Sent.YES), 6, "The masked picture was sent."),
        (WeightsMissing("Gone."), 8, "Nothing was sent."),
        (
            ValueError("secret content"),
            1,
            "unexpected went wrong (ValueError); `privateedit journal show` says",
        ),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_every_error_is_one_sentence_with_its_code(cli, monkeypatch, error, code, told):
    def fail(**_):
        raise error

    monkeypatch.setattr(app_module, "app", fail)
    outcome = cli("faces", "x")
    assert outcome.code == code
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
    assert "secret" not in outcome.err


def test_control_characters_never_reach_the_terminal(cli):
    outcome = cli("faces", "no\x1b[31msuch.jpg")
    assert outcome.code == 2
    assert "\x1b" not in outcome.err


def test_an_interrupt_that_the_framework_caught_is_told(cli, monkeypatch):
    def leave(**_):
        raise typer.Exit(130)

    monkeypatch.setattr(app_module, "app", leave)
    outcome = cli("faces", "x")
    assert outcome.code == 130
    assert "Interrupted" in outcome.err


def test_an_interrupt_while_a_library_is_loaded_is_one_too(cli, monkeypatch):
    def fail(**_):
        raise ImportError("initialization failed") from KeyboardInterrupt()

    monkeypatch.setattr(app_module, "app", fail)
    outcome = cli("faces", "x.png")
    assert outcome.code == 130
    assert "Interrupted" in outcome.err


def test_debug_shows_the_traceback(cli, tmp_path):
    outcome = cli("faces", tmp_path / "none.png", "--debug")
    assert outcome.code == 2
    assert "Traceback" in outcome.err


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(command):
    code = (
        "import sys; from privateedit.cli.app import run; "
        f"assert run(['{command}']) == 0; "
        "print(sorted({'cv2','numpy','PIL','pillow_heif','pygments','markdown_it'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "privateedit", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("privateedit ")


@pytest.mark.parametrize("said", [None, "20"])
def test_a_run_leaves_its_memory_to_the_system_and_lets_idle_threads_sleep(monkeypatch, said):
    monkeypatch.delenv("OPENBLAS_THREAD_TIMEOUT", raising=False)
    if said is not None:
        monkeypatch.setenv("OPENBLAS_THREAD_TIMEOUT", said)
    code = (
        "import atexit, gc, os, sys; from privateedit.__main__ import main; sys.argv[1:] = ['--version']; "
        "atexit.register(lambda: print(gc.get_freeze_count() > 0, gc.isenabled(), "
        "os.environ['OPENBLAS_THREAD_TIMEOUT'])); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["True", "True", said or "4"]


def test_a_real_interrupt_is_told(tmp_path):
    """A Ctrl-C in the middle: one sentence, and the code of an interrupt."""
    import signal
    import subprocess

    reading = "print('reading', flush=True); time.sleep(60)"
    reader = f"import time; from privateedit.cli import files\ndef read(source): {reading}\nfiles.read = read"
    code = f"{reader}\nfrom privateedit.cli.app import run; raise SystemExit(run(['faces', 'x.png']))"
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True)
    assert process.stdout.readline() == "reading\n"  # its programs are all loaded by then
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == "privateedit: Interrupted; `privateedit journal show` says whether anything was sent.\n"

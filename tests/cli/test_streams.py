"""Streams that are closed, or have nobody at their other end, at a real start of the command."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
USUAL = ["env", "-u", "PYTHONUNBUFFERED"]  # what is not written at once is lost in other ways
COMMAND = [*USUAL, sys.executable, "-m", "privateedit"]
start = partial(subprocess.run, check=False, text=True, stdout=subprocess.PIPE)
GONE = "import os, sys; read, write = os.pipe(); os.dup2(write, 2); os.close(read); "


def started(*words, redirected=""):
    line = ["sh", "-c", f'"$@" {redirected}', "sh", *COMMAND, *map(str, words)]
    return start(line, stderr=subprocess.PIPE)


def told(code):
    settled = "import sys; from privateedit.cli import streams; streams.settle(); "
    return start([*USUAL, sys.executable, "-c", settled + code], stderr=subprocess.PIPE)


@pytest.fixture
def gone():
    """A pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


def test_without_a_standard_error_a_command_does_what_it_does():
    done = started("presets", "--json", redirected="2>&-")
    assert (done.returncode, done.stdout[:1]) == (0, "{")


def test_without_anybody_at_standard_error_the_code_is_the_commands_own(tmp_path, gone):
    assert start([*COMMAND, "faces", str(tmp_path / "none.png")], stderr=gone).returncode == 2


@FULL
def test_a_full_disk_behind_standard_error_is_no_reason_to_end(tmp_path):
    assert started("faces", tmp_path / "none.png", redirected="2>/dev/full").returncode == 2


@pytest.mark.parametrize("words", [["presets", "--json"], ["presets"]])
def test_a_reader_of_the_output_that_is_gone_is_told(words, gone):
    done = start([*COMMAND, *words], stdout=gone, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert "Exception" not in done.stderr


@FULL
@pytest.mark.parametrize("words", [["presets", "--json"], ["presets"]])
def test_a_full_disk_behind_standard_output_is_told(words):
    done = started(*words, redirected=">/dev/full")
    assert (done.returncode, done.stderr) == (2, "privateedit: Standard output could not be written.\n")


def test_a_result_that_has_nowhere_to_go_is_an_error_in_words():
    done = started("presets", "--json", redirected=">&-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "privateedit: Standard output could not be written.\n"


def test_without_a_standard_input_there_is_no_picture_in_it():
    done = started("faces", "-", redirected="<&-")
    assert done.returncode == 2
    assert "unexpected" not in done.stderr


def test_no_file_that_is_opened_later_gets_the_number_of_a_closed_stream(tmp_path):
    code = f"import os; print(open({str(tmp_path / 'x')!r}, 'w').fileno() > 2, os.get_inheritable(2))"
    settled = f"from privateedit.cli import streams; streams.settle(); {code}"
    words = ["sh", "-c", '"$@" 2>&- <&-', "sh", sys.executable, "-c", settled]
    done = start(words)
    assert done.stdout == "True True\n"


def test_what_is_said_still_arrives_at_once_and_in_order():
    done = told("sys.stderr.write('é\\n'); import os; os.write(2, b'2\\n'); sys.stderr.write('3')")
    assert done.stderr == "é\n2\n3"


def test_what_nobody_hears_is_dropped_for_good():
    code = GONE + "[sys.stderr.write('x' * 9000 + '\\n') for _ in range(9)]; sys.exit(7)"
    assert told(code).returncode == 7

import stat

import numpy as np
import pytest

from privateedit.audit.descriptors import Seen
from privateedit.audit.progress_file import ProgressFile
from privateedit.errors import InputError, OutputError


def seen(number=0):
    values = np.linspace(-1, 1, 128) * (number + 1)
    return Seen(f"{number:064x}", "probe {}", 0.25, False, {"as-sent": values, "wide": -values})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.jsonl"


def test_what_was_written_is_read_back(path):
    ProgressFile(path, "v1").append([seen(0), seen(1)])
    ProgressFile(path, "v1").append([seen(2)])
    found = ProgressFile(path, "v1").read()
    assert [each.photo for each in found] == [seen(number).photo for number in range(3)]
    for number, each in enumerate(found):
        assert (each.case, each.hidden, each.refused) == ("probe {}", 0.25, False)
        assert set(each.descriptors) == {"as-sent", "wide"}
        assert each.descriptors["wide"] == pytest.approx(seen(number).descriptors["wide"], rel=1e-6)


def test_it_is_for_the_user_alone_and_made_only_when_needed(path):
    file = ProgressFile(path, "v1")
    assert file.read() == []
    file.append([])
    assert not path.exists()
    file.append([seen()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_torn_last_line_is_dropped_and_the_file_goes_on(path):
    ProgressFile(path, "v1").append([seen(0), seen(1)])
    whole = path.read_bytes()
    for cut in (1, 40, len(whole) // 2 - 30, len(whole) // 2 - 3):
        path.write_bytes(whole[:-cut])
        assert len(ProgressFile(path, "v1").read()) == 1
        ProgressFile(path, "v1").append([seen(2)])
        assert [each.photo for each in ProgressFile(path, "v1").read()] == [seen(0).photo, seen(2).photo]


def test_other_versions_do_not_count_and_stay(path):
    ProgressFile(path, "v1").append([seen(0)])
    ProgressFile(path, "v2").append([seen(1)])
    assert [each.photo for each in ProgressFile(path, "v2").read()] == [seen(1).photo]
    assert [each.photo for each in ProgressFile(path, "v1").read()] == [seen(0).photo]


@pytest.mark.parametrize(
    "text", ["hello\n", "{}\n", '{"format": "other"}\n', "[1]\n", "no line end", "{}\nmine"]
)
def test_another_file_is_refused_and_left_alone(path, text):
    path.write_text(text)
    with pytest.raises(InputError, match="not a state file"):
        ProgressFile(path, "v1").read()
    assert path.read_text() == text


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path):
    with pytest.raises(OutputError):
        ProgressFile(tmp_path / "absent" / "state.jsonl", "v1").append([seen()])
    with pytest.raises(OutputError):
        ProgressFile(tmp_path, "v1").read()

import pytest
from tests.doubles import restoring

from privateedit.audit.restore_cases import Bench
from privateedit.audit.restore_scenarios import chosen
from privateedit.audit.restore_workers import measure_all, portray_all
from privateedit.errors import ExtraMissing


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return restoring.write_portraits(tmp_path_factory.mktemp("portraits") / "photos")


@pytest.fixture(scope="module")
def paths(folder):
    return [folder / name for name in ("astronaut.png", "broken.png", "grey.png", "more/hopper.png")]


def facts(photos):
    return sorted(
        (each.photo, each.skipped != "", [(one.scenario.name, repr(one.faces)) for one in each.outcomes])
        for each in photos
    )


@pytest.mark.slow
def test_processes_measure_what_one_measures(folder, paths):
    portraits = [list(portray_all(paths, 300, restoring.unrecognizing, workers)) for workers in (1, 2)]
    assert [[len(each) for each in run] for run in portraits] == [[2, 0, 0, 2]] * 2
    pool = [portrait for found in portraits[0] for portrait in found]
    bench = Bench(folder, chosen(["hole/same"]), pool, 0, 300)
    one, two = (facts(measure_all(paths, bench, restoring.recognizing, workers)) for workers in (1, 2))
    assert one == two
    assert [(name, skipped) for name, skipped, _ in one] == [
        ("astronaut.png", False),
        ("broken.png", True),
        ("grey.png", True),
        ("more/hopper.png", False),
    ]


def absent():
    raise ExtraMissing("This needs an optional part.")


def test_a_missing_part_ends_it(folder, paths):
    bench = Bench(folder, chosen(["hole/same"]), (), 0, 512)
    with pytest.raises(ExtraMissing):
        list(measure_all(paths, bench, absent, 1))

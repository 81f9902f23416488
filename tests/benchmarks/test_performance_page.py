"""The page about performance shows every table of the benchmark, as it is now."""

from pathlib import Path

from benchmarks.__main__ import TABLES
from benchmarks.page import BEGIN, END

ROOT = Path(__file__).parents[2]


def test_the_documentation_shows_every_table_as_it_is_named_now():
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    measured = page.partition(BEGIN)[2].partition(END)[0]
    for name, (title, _) in TABLES.items():
        assert f"\n### {name}\n\n{title} " in measured
        assert f"`{name}`" in page.partition(BEGIN)[0]

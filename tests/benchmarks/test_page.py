"""Tables go between the marks of a page, and nowhere else; the page of this project has them all."""

from pathlib import Path

import pytest
from benchmarks.page import BEGIN, END, put_into

ROOT = Path(__file__).parents[2]


def test_what_was_between_the_marks_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}\n\nold\n\n{END}\n\nMore.\n", "utf-8")
    put_into(page, "new\n")
    assert page.read_text("utf-8") == f"# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nMore.\n"


def test_a_page_without_marks_stays_as_it_is(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{END}\n{BEGIN}\n", "utf-8")
    with pytest.raises(SystemExit, match=r"page\.md has no place"):
        put_into(page, "new")
    assert page.read_text("utf-8") == f"# Title\n\n{END}\n{BEGIN}\n"

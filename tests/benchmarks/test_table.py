"""Tables show every column that a row has, and what was not measured as a dash."""

from benchmarks.table import Table

ROWS = [{"what": "open", "ms": 1200, "ratio": 1.5}, {"what": "seal", "ms": None, "MiB": 7}]
TABLE = Table("stages", "What it takes.", ROWS, 2, ((0.5, 0.4, 0.3), (1.25, 0.6, 0.4)))


def test_columns_are_those_of_all_rows_in_order():
    assert TABLE.columns == ["what", "ms", "ratio", "MiB"]


def test_people_see_how_busy_the_machine_was():
    title, head, *lines = TABLE.text().splitlines()
    assert title == "stages: What it takes."
    assert head == "2 cores; load average 0.5 before, 1.2 after."
    assert [line.split() for line in lines] == [
        ["what", "ms", "ratio", "MiB"],
        ["open", "1,200", "1.5", "–"],
        ["seal", "–", "–", "7"],
    ]


def test_markdown_has_a_cell_for_every_column():
    lines = [line for line in TABLE.markdown().splitlines() if line.startswith("|")]
    assert lines == [
        "| what | ms | ratio | MiB |",
        "| --- | --: | --: | --: |",
        "| open | 1,200 | 1.5 | – |",
        "| seal | – | – | 7 |",
    ]


def test_data_holds_the_rows_as_they_are():
    data = TABLE.data()
    assert data["rows"] == ROWS
    assert data["load_before"] == (0.5, 0.4, 0.3)
    assert data["cores"] == 2

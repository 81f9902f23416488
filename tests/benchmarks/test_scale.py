from benchmarks import scale


def test_having_room_for_answers_is_timed_for_each_size_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "ANSWERS", (0.1, 0.2))
    rows = scale.room(tmp_path, 3)
    assert [row["answer MP"] for row in rows] == [0.1, 0.2]
    assert all(0 < row["ms"] <= row["at most"] for row in rows)
    assert list((tmp_path / "room").iterdir()) == []


def test_a_whole_edit_counts_as_a_mask_and_a_restore():
    disk = [
        {"kept": kept, "on the disk": size}
        for kept, size in (("journal", 1000), ("ledger", 4000), ("handovers", 4000), ("outcomes.jsonl", 500))
    ]
    million, billion = scale.model([{"CPU s a photo": 1.6}, {"CPU s a photo": 2.0}], disk, 0.05)
    assert (million["core-hours"], million["price"]) == (1000, 50)
    assert (million["nodes GB"], million["driver GB"]) == (9.0, 0.5)
    assert million["cores busy at 500"] == 30.0
    assert billion["core-hours"] == 1_000_000

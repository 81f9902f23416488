import re
import stat

from privateedit.server.page.way_in import removed_way_in, written_way_in


def test_the_file_leads_to_the_page_and_only_its_owner_reads_it(tmp_path):
    folder = tmp_path / "records"
    path = written_way_in(folder, "http://127.0.0.1:8787", "a-ticket_1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert re.findall(r'url=([^"]+)"', path.read_text()) == ["http://127.0.0.1:8787/#a-ticket_1"]


def test_each_server_has_a_file_of_its_own(tmp_path):
    first = written_way_in(tmp_path / "r", "http://127.0.0.1:1", "first")
    second = written_way_in(tmp_path / "r", "http://127.0.0.1:2", "second")
    removed_way_in(first)
    assert "second" in second.read_text()


def test_what_is_written_is_no_other_page(tmp_path):
    path = written_way_in(tmp_path / "r", 'http://x"><script>', "<b>")
    assert "<script>" not in path.read_text()
    assert "<b>" not in path.read_text()


def test_it_is_removed(tmp_path):
    path = written_way_in(tmp_path / "r", "http://127.0.0.1:1", "t")
    removed_way_in(path)
    removed_way_in(path)
    assert not path.exists()

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.errors import BadReply
from privateedit.providers.jobs import CANCEL, DOWNLOAD, POLL, SUBMIT, address, download, look, lost
from privateedit.providers.reply import Reply
from privateedit.providers.service import Profile

PROFILE = Profile("x", "X", "https://api.x.y")


@pytest.mark.parametrize(
    "named",
    [
        None, 7, ["https://x.y"], "", "/v1/job", "ftp://x.y/job", "https://", "https://me:secret@x.y/job",
        "https://x.y/a b", "https://x.y/\n", "https://x.y:port/", "https://[::1/", "https://ü.y/",
        "https://x.y/" + "a" * 4000,
    ],
)  # fmt: skip
def test_what_is_no_address_is_a_bad_reply(named):
    with pytest.raises(BadReply):
        address(named, "X")


def test_an_address_is_left_as_it_was_named():
    url = "https://api.us1.bfl.ai/v1/get_result?id=1&x=%20"
    assert address(url, "X") == url


@given(st.text(max_size=60))
def test_no_text_makes_reading_an_address_fail_otherwise(text):
    for named in (text, f"https://{text}", f"https://x.y/{text}"):
        try:
            assert address(named, "X").startswith("http")
        except BadReply:
            continue


def test_looks_are_spaced_out_up_to_five_seconds_and_remember_what_they_were_given():
    first = look("https://x.y/job", {"cancel": "https://x.y/stop"})
    assert (first.stage, first.method, first.body, first.carries) == (POLL, "GET", None, False)
    waits, request = [first.after], first
    for _ in range(40):
        request = look(request.url, request.memory)
        waits.append(request.after)
    assert waits[0] == 0.5
    assert waits == sorted(waits)
    assert waits[-1] == 5.0
    assert waits[3] < 2.0
    assert request.memory["cancel"] == "https://x.y/stop"
    assert request.memory["url"] == request.url == "https://x.y/job"


def test_a_picture_is_fetched_as_a_download_so_that_no_key_goes_along():
    request = download("https://cdn.z/a.png", "X")
    assert (request.stage, request.download, request.method) == (DOWNLOAD, True, "GET")


@pytest.mark.parametrize(
    ("stage", "status", "is_lost"),
    [
        (POLL, 404, True), (POLL, 410, True), (POLL, 401, False), (POLL, 500, False),
        (DOWNLOAD, 403, True), (DOWNLOAD, 404, True), (DOWNLOAD, 302, True), (DOWNLOAD, 503, False),
        (SUBMIT, 404, False), (CANCEL, 404, False),
    ],
)  # fmt: skip
def test_not_found_means_the_job_only_where_there_is_one(stage, status, is_lost):
    error = lost(Reply(stage, status, {}, b"", {}), PROFILE)
    assert isinstance(error, BadReply) is is_lost
    assert (error is None) is not is_lost

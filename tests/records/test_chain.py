import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import seeded

from privateedit.errors import Refused
from privateedit.records.chain import GENESIS, LONGEST_LINE, Head, parse
from privateedit.records.key import new_key

UNHURRIED = settings(deadline=None)
KEY, OTHER = new_key(seeded(1)), new_key(seeded(2))
START = Head()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def a_line(head=START, key=KEY, **facts):
    return head.next_line(key, time="2026-01-02T03:04:05.000Z", kind="intent", identity="ab", facts=facts)


@UNHURRIED
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_a_line_is_read_as_it_was_written(facts):
    line = a_line(facts=facts)
    data = line.encode()
    assert data.count(b"\n") == 1
    assert data.isascii()
    assert parse(data) == line
    assert line.holds(KEY)
    assert not line.holds(OTHER)


def test_the_hash_is_the_sha256_of_the_line_without_hash_and_mac():
    found = json.loads(a_line(size=3).encode())
    digest = found.pop("hash")
    found.pop("mac")
    assert (
        hashlib.sha256(json.dumps(found, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        == digest
    )
    assert found["previous"] == GENESIS == "0" * 64


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}])
def test_what_json_does_not_know_is_not_written(value):
    with pytest.raises((ValueError, TypeError)):
        a_line(value=value)


@UNHURRIED
@given(st.data())
def test_no_byte_of_a_line_can_be_changed(data):
    written = a_line(size=3).encode()
    at = data.draw(st.integers(0, len(written) - 1))
    spoiled = bytearray(written)
    spoiled[at] ^= data.draw(st.integers(1, 255))
    line = parse(bytes(spoiled))
    assert line is None or not line.holds(KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"null\n",
        b"[]\n",
        b'{"seq":1}\n',
        b"[" * 100_000 + b"\n",
        a_line().encode()[:-1],
        a_line().encode() + b"\n",
        a_line().encode().replace(b":", b": "),
        a_line().encode().replace(b'"seq":1', b'"seq":1,"seq":1'),
        a_line().encode().replace(b'"seq":1', b'"seq":"1"'),
        a_line().encode().replace(b'"seq":1', b'"seq":true'),
        a_line().encode().replace(b'"facts":{}', b'"facts":[]'),
        a_line(text="x" * LONGEST_LINE).encode(),
    ],
)
def test_nothing_else_is_a_line(data):
    assert parse(data) is None


def test_a_line_without_hex_is_not_vouched_for():
    line = parse(a_line().encode().replace(a_line().mac.encode(), b"not hex"))
    assert line is not None
    assert not line.holds(KEY)


def test_a_mac_has_one_spelling():
    line = a_line()
    for mac in (line.mac.upper(), line.mac[:10] + " " + line.mac[10:]):
        assert not parse(line.encode().replace(line.mac.encode(), mac.encode())).holds(KEY)


def test_lines_follow_one_another():
    first = a_line()
    head = Head().past(first)
    second = a_line(head)
    assert head == Head(1, len(first.encode()), first.hash)
    assert (first.seq, second.seq, second.previous) == (1, 2, first.hash)
    assert head.precedes(second)
    assert not head.precedes(first)
    assert not Head().precedes(second)
    assert not head.precedes(a_line(Head().past(a_line(other=1))))


def test_the_end_mark_is_read_with_its_key_only():
    head = Head(3, 900, "e" * 64)
    data = head.encode(KEY)
    assert Head.decode(data, KEY) == head
    altered = data.replace(b'"count":3', b'"count":2')
    spoiled = (
        data[:-2],
        b"",
        b"[]",
        b"null",
        data.replace(b"900", b'"9"'),
        altered,
        data.replace(b",", b", "),
    )
    for each in spoiled:
        with pytest.raises(Refused):
            Head.decode(each, KEY)
    with pytest.raises(Refused):
        Head.decode(data, OTHER)

import pytest
from codec_samples import heic, picture, saved
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.codec import ByteInspector
from privateedit.errors import Refused


@pytest.mark.parametrize("data", [b"", b"text", saved("GIF"), saved("TIFF"), saved("BMP"), heic(picture())])
def test_knows_three_formats_only(data):
    with pytest.raises(Refused, match="neither PNG, JPEG nor WebP"):
        ByteInspector().inspect(data, 56, 40)


@settings(max_examples=200, deadline=None)
@given(
    head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBPVP8 "]),
    tail=st.binary(max_size=200),
)
def test_garbage_is_refused_and_nothing_else_is_raised(head, tail):
    with pytest.raises(Refused):
        ByteInspector().inspect(head + tail, 8, 8)


@settings(max_examples=200, deadline=None)
@given(
    sample=st.sampled_from(["PNG", "JPEG", "WEBP"]),
    cut=st.integers(0, 400),
    tail=st.binary(min_size=1, max_size=9),
)
def test_cut_or_lengthened_files_are_refused(sample, cut, tail):
    data = saved(sample)
    for damaged in (data[:cut], data + tail):
        with pytest.raises(Refused):
            ByteInspector().inspect(damaged, 56, 40)

import cv2
import numpy as np
import pytest

from privateedit import api
from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.errors import InputError, UnreadablePhoto


def png(pixels):
    done, data = cv2.imencode(".png", pixels[..., ::-1])
    assert done
    return data.tobytes()


def test_open_reads_bytes_and_paths(astronaut, tmp_path):
    data = png(astronaut.pixels)
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        assert np.array_equal(api.open(source).pixels, astronaut.pixels)


def test_open_says_what_is_wrong(tmp_path):
    with pytest.raises(UnreadablePhoto):
        api.open(b"nothing")
    with pytest.raises(InputError):
        api.open(tmp_path / "missing.png")


def test_mask_then_restore_gives_the_photo(astronaut, tmp_path):
    prepared = api.mask(astronaut)
    sent = api.open(prepared.payload.data)
    assert (sent.pixels[prepared.payload.hidden] == 0).all()
    restored = api.restore(prepared, sent)
    assert np.array_equal(restored.pixels, astronaut.pixels)
    assert np.array_equal(api.restore(prepared.concealed, sent).pixels, astronaut.pixels)
    api.save(restored, tmp_path / "done.png")
    assert np.array_equal(api.open(tmp_path / "done.png").pixels, astronaut.pixels)


def test_a_smaller_masked_picture_is_restored_at_its_size(astronaut):
    prepared = api.mask(astronaut, max_side=300, image_format="jpeg", fill="grey")
    assert (prepared.payload.width, prepared.payload.height) == (300, 300)
    restored = api.restore(prepared, api.open(prepared.payload.data))
    assert (restored.width, restored.height) == (300, 300)
    small = cv2.resize(astronaut.pixels, (300, 300), interpolation=cv2.INTER_AREA)
    apart = np.abs(restored.pixels.astype(int) - small)[prepared.payload.hidden]
    assert apart.mean() < 4


def test_edit_by_the_studio(astronaut):
    done = api.edit(astronaut, preset="warm")
    assert done.returned.provider == "studio"
    (face,) = done.restored.report.faces
    assert face.regime == "hole"
    assert face.graded
    hidden = done.prepared.payload.hidden
    shift = (done.restored.pixels[hidden].astype(int) - astronaut.pixels[hidden]).mean(0)
    assert shift[0] > shift[2] + 2


def test_faces_are_numbered_from_left_to_right(couple):
    found = api.faces(couple)
    assert [face.id for face in found] == [0, 1]
    assert found[0].box.center[0] < found[1].box.center[0]
    assert api.faces(Photo(np.full((64, 64, 3), 99, np.uint8))) == ()


def test_save_needs_a_format_it_knows(astronaut, tmp_path):
    with pytest.raises(InputError):
        api.save(astronaut, tmp_path / "photo.xyz")
    assert list(tmp_path.iterdir()) == []


def test_a_mask_is_white_where_it_hides():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0], pixels[0, 1], pixels[1, 2] = 255, 127, (0, 128, 0)
    assert api.mask_from(Photo(pixels)).hidden.tolist() == [[True, False, False], [False, False, True]]


def test_a_mask_without_white_is_refused():
    with pytest.raises(InputError, match="nothing in it is white"):
        api.mask_from(Photo(np.full((2, 3, 3), 127, np.uint8)))


def test_options_as_text():
    extra = Mask(np.ones((2, 2), np.bool_))
    made = api.concealment_from(coverage="head", grow=0.2, fill="#0a0b0c", only=iter([1, 0]), extra=extra)
    assert made == Concealment(
        coverage=Coverage.HEAD, grow=0.2, fill=Fill((10, 11, 12)), only=(1, 0), extra=extra
    )
    assert api.concealment_from(coverage="face", grow=0, fill="noise").only is None


@pytest.mark.parametrize(("option", "value"), [("coverage", "nose"), ("fill", "plaid")])
def test_options_that_cannot_be_used(option, value):
    options = {"coverage": "face", "grow": 0.0, "fill": "black"} | {option: value}
    with pytest.raises(InputError, match="must be"):
        api.concealment_from(**options)


def test_a_hopeless_reach_is_refused(astronaut):
    with pytest.raises(InputError):
        api.mask(astronaut, grow=-3.0)


def test_the_result_is_as_large_as_asked(astronaut):
    prepared = api.mask(astronaut, max_side=256)
    small = api.open(prepared.payload.data)
    restored = api.restore(prepared, small, size="original")
    assert restored.pixels.shape == astronaut.pixels.shape
    face = (slice(100, 160), slice(195, 255))
    assert np.array_equal(restored.pixels[face], astronaut.pixels[face])
    assert api.restore(prepared, small, size=(300, 300)).width == 300
    with pytest.raises(InputError, match="fits"):
        api.restore(prepared, small, size=(300, 200))
    done = api.edit(astronaut, preset="warm", size="400x400", max_side=256)
    assert (done.restored.width, done.restored.height) == (400, 400)


def test_restore_takes_the_photo_alone_after_mask(astronaut):
    prepared = api.mask(astronaut, coverage="head", fill="grey", canvas="700x512")
    sent = api.open(prepared.payload.data)
    assert (sent.width, sent.height) == (700, 512)
    assert np.array_equal(api.restore(astronaut, sent).pixels, astronaut.pixels)


def test_choices_beside_a_photo_go_before_what_is_remembered(astronaut):
    sent = api.open(api.mask(astronaut).payload.data)
    api.mask(astronaut, coverage="inner", allow_smaller_mask=True)
    assert np.array_equal(api.restore(astronaut, sent, coverage="face").pixels, astronaut.pixels)


def test_what_was_masked_takes_no_choices(astronaut):
    prepared = api.mask(astronaut)
    with pytest.raises(TypeError, match="belong to a photo"):
        api.restore(prepared, api.open(prepared.payload.data), coverage="head")

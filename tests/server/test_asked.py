import pytest

from privateedit.errors import NotServed
from privateedit.server.asked import Attached, asked_of

PHOTO, OTHER, MASK = Attached(b"photo", "portrait"), Attached(b"other"), Attached(b"mask")


def asked(*fields, prompt="make it warm", **more):
    return asked_of([("prompt", prompt), *fields, *more.items()])


def refusal(*fields, **more):
    with pytest.raises(NotServed) as caught:
        asked(*fields, **more)
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize("name", ["image", "image[]", "image[0]", "image[12]"])
def test_every_name_of_a_picture_is_known(name):
    assert asked((name, PHOTO)).pictures == (PHOTO,)


def test_several_pictures_keep_their_order():
    assert asked(("image[]", PHOTO), ("image[]", OTHER)).pictures == (PHOTO, OTHER)
    assert asked(("image[0]", PHOTO), ("image[1]", OTHER)).pictures == (PHOTO, OTHER)
    assert asked(("image", PHOTO), ("image", OTHER)).pictures == (PHOTO, OTHER)


@pytest.mark.parametrize("name", ["mask", "mask[]", "mask[0]"])
def test_every_name_of_a_mask_is_known(name):
    assert asked(("image", PHOTO), (name, MASK)).mask is MASK


def test_what_is_asked_for_is_read():
    found = asked(
        ("image", PHOTO),
        model="gpt-image-2", n="3", size="1536x1024", output_format="jpeg", output_compression="80",
        stream="true", quality="high", background="opaque", input_fidelity="high", response_format="url",
    )  # fmt: skip
    assert (found.model, found.count, found.canvas) == ("gpt-image-2", 3, (1536, 1024))
    assert (found.suffix, found.quality, found.stream) == (".jpg", 80, True)
    assert found.options == {"quality": "high", "background": "opaque", "input_fidelity": "high"}
    assert found.dropped == ()


def test_what_is_left_out_has_its_usual_value():
    found = asked(("image", PHOTO))
    assert (found.model, found.count, found.canvas, found.suffix) == ("", 1, None, ".png")
    assert (found.quality, found.stream, found.mask, dict(found.options)) == (None, False, None, {})


def test_a_deployment_names_the_model_unless_the_body_does():
    assert asked_of([("prompt", "x"), ("image", PHOTO)], "dep").model == "dep"
    assert asked_of([("prompt", "x"), ("image", PHOTO), ("model", "m")], "dep").model == "m"


def test_what_is_not_known_is_left_out_and_told_by_name():
    found = asked(("image", PHOTO), ("user", "anna@example.com"), ("partial_images", "2"), ("x\r\ny: z", "1"))
    assert found.dropped == ("user", "partial_images")


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": "0"}, "n"),
        ({"n": "11"}, "n"),
        ({"n": "1.0"}, "n"),
        ({"n": "²"}, "n"),
        ({"size": "big"}, "size"),
        ({"size": "0x100"}, "size"),
        ({"size": "100000x1"}, "size"),
        ({"output_format": "gif"}, "output_format"),
        ({"output_format": "svg"}, "output_format"),
        ({"output_compression": "101"}, "output_compression"),
        ({"stream": "yes"}, "stream"),
        ({"background": "transparent"}, "background"),
        ({"background": "Transparent"}, "background"),
        ({"background": "John Smith"}, "background"),
        ({"input_fidelity": "John Smith"}, "input_fidelity"),
        ({"response_format": "b64"}, "response_format"),
        ({"frame_count": "4"}, "frame_count"),
        ({"svg[model]": "x"}, "svg"),
        ({"markup": "x"}, "markup"),
        ({"file_id": "file-1"}, "file_id"),
        ({"image[1]": "https://example.com/a.png"}, "image"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_name(more, param):
    assert refusal(("image", PHOTO), **more).param == param


def test_drawings_over_the_photo_are_not_taken_as_files_either():
    assert refusal(("image", PHOTO), ("markup", OTHER)).param == "markup"
    assert refusal(("image", PHOTO), ("attachment", OTHER)).code == "unknown_parameter"


@pytest.mark.parametrize("prompt", ["", "  ", "\n"])
def test_words_are_needed(prompt):
    assert refusal(("image", PHOTO), prompt=prompt).param == "prompt"
    with pytest.raises(NotServed):
        asked_of([("image", PHOTO)])


def test_pictures_and_words_have_bounds():
    assert refusal().code == "missing_required_parameter"
    assert len(asked(*[("image[]", PHOTO)] * 16).pictures) == 16
    refusal(*[("image[]", PHOTO)] * 17)
    refusal(("image", PHOTO), ("mask", MASK), ("mask", MASK))
    assert asked(("image", PHOTO), prompt="a" * 32_000).prompt
    assert refusal(("image", PHOTO), prompt="a" * 32_001).param == "prompt"


def test_a_parameter_counts_once():
    assert refusal(("image", PHOTO), ("prompt", "another")).param == "prompt"


def test_nothing_of_a_person_is_in_a_repr():
    found = asked(("image", PHOTO), prompt="Anna in the sun")
    assert "Anna" not in repr(found)
    assert "portrait" not in repr(found)
    assert "photo" not in repr(PHOTO)

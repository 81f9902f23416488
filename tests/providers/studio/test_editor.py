import numpy as np
import pytest

from privateedit.core.edit import Instruction
from privateedit.core.ports import Editor
from privateedit.errors import ProviderError, Sent, UnknownInstruction
from privateedit.providers.studio import StudioEditor, preset_names

EVERYTHING = (
    *(Instruction(preset=name) for name in preset_names()),
    Instruction(prompt="black and white with a blurred background"),
    Instruction(prompt="watercolor on a white backdrop, warmer"),
    Instruction(prompt="headshot with a navy background as a pencil sketch"),
)


def said(instruction):
    return instruction.preset or instruction.prompt


@pytest.mark.parametrize("instruction", EVERYTHING, ids=said)
def test_hidden_pixels_come_back_as_sent_and_influence_nothing(
    instruction, portrait, person, mint, seeing_studio
):
    """The strong one: the segmenter sees the pixels, the fill differs, no visible byte does."""
    pixels, (_, face) = portrait(), person((320, 256))
    noise = np.random.default_rng(4).integers(0, 256, pixels.shape, dtype=np.uint8)
    results = []
    for fill in ((0, 0, 0), (255, 20, 200), noise):
        result = seeing_studio.edit(mint(pixels, face, fill), instruction).pixels
        sent = np.where(face[..., None], np.asarray(fill, np.uint8), pixels)
        results.append(compared(result, sent, face))
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])


def compared(result, sent, hidden):
    """Check the hole against what was sent; return the visible pixels, with the hole blank."""
    if result.shape != sent.shape:  # a headshot: find the crop by the hole's place
        rows, columns = placed(result, sent, hidden)
        sent, hidden = sent[rows, columns], hidden[rows, columns]
    assert hidden.any()
    assert np.array_equal(result[hidden], sent[hidden])
    return np.where(hidden[..., None], 0, result)


def placed(result, sent, hidden):
    """Only crops that hold the whole hole are looked at, and of them only the box around it."""
    height, width = result.shape[:2]
    (top, *_, bottom), (left, *_, right) = (np.flatnonzero(hidden.any(axis)) for axis in (1, 0))
    box = slice(top, bottom + 1), slice(left, right + 1)
    hole, expected = hidden[box], sent[box][hidden[box]]
    for y in range(max(0, bottom + 1 - height), min(top, sent.shape[0] - height) + 1):
        for x in range(max(0, right + 1 - width), min(left, sent.shape[1] - width) + 1):
            there = result[top - y : bottom + 1 - y, left - x : right + 1 - x]
            if np.array_equal(there[hole], expected):
                return slice(y, y + height), slice(x, x + width)
    raise AssertionError("the hole is not in the result as it was sent")


@pytest.mark.parametrize("instruction", EVERYTHING, ids=said)
def test_the_same_every_time(instruction, portrait, person, mint, studio):
    pixels, (body, face) = portrait((160, 128)), person((160, 128))
    one = studio(body).edit(mint(pixels, face), instruction)
    two = studio(body).edit(mint(pixels, face), instruction)
    assert one.provider == StudioEditor.name == "studio"
    assert np.array_equal(one.pixels, two.pixels)


@pytest.mark.parametrize("name", preset_names())
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (16, 16), (5, 400), (400, 5), (1, 300), (3, 2)])
@pytest.mark.parametrize("hiding", ["nothing", "middle", "everything"])
def test_any_size_and_any_mask(name, shape, hiding, portrait, mint, studio):
    pixels, hidden = portrait(shape), np.zeros(shape, np.bool_)
    if hiding == "middle":
        hidden[shape[0] // 3 : shape[0] // 3 + max(1, shape[0] // 3), shape[1] // 2] = True
    hidden |= hiding == "everything"
    result = studio(np.ones(shape)).edit(mint(pixels, hidden, (9, 9, 9)), Instruction(preset=name)).pixels
    assert result.dtype == np.uint8
    if name != "headshot":
        assert result.shape == pixels.shape
        assert (result[hidden] == 9).all()
    else:
        assert result.shape[0] <= shape[0]
        assert result.shape[1] <= shape[1]


def test_black_and_white_is_grey_outside_the_hole(portrait, person, mint, studio):
    pixels, (body, face) = portrait(), person((320, 256))
    payload = mint(pixels, face, (10, 200, 30))
    for words in ("b&w", "black and white with a blurred background", "watercolor in black and white"):
        result = studio(body).edit(payload, Instruction(prompt=words)).pixels
        assert np.ptp(result[~face], axis=-1).max() == 0


def test_a_headshot_is_a_crop_with_the_chosen_backdrop(portrait, person, mint, studio):
    shape = (300, 600)
    pixels, (body, face) = portrait(shape), person(shape)
    result = studio(body).edit(mint(pixels, face), Instruction(prompt="headshot, white background")).pixels
    assert result.shape[0] * 4 // 5 - result.shape[1] in {-1, 0, 1}
    assert result[3:9, 3:9].min() > 220


def test_grades_and_drawings_never_ask_the_segmenter(portrait, person, mint, decoder):
    class Silent:
        def segment(self, pixels):
            raise AssertionError("asked")

    _, face = person((64, 48))
    for name in ("warm", "film", "pencil-sketch", "watercolor", "black-and-white"):
        StudioEditor(decoder, Silent()).edit(mint(portrait((64, 48)), face), Instruction(preset=name))


def test_it_is_an_editor_that_runs_on_the_device(seeing_studio):
    editor: Editor = seeing_studio
    assert editor.local
    assert editor.name == "studio"


def test_nobody_to_put_before_a_backdrop(portrait, mint, studio):
    payload = mint(portrait((64, 48)), np.zeros((64, 48), np.bool_))
    with pytest.raises(ProviderError) as caught:
        studio(np.zeros((64, 48))).edit(payload, Instruction(preset="backdrop-grey"))
    assert caught.value.sent is Sent.NO


def test_a_payload_that_decodes_to_another_size_is_refused(mint, portrait):
    class Anyone:
        def segment(self, pixels):
            return np.ones(pixels.shape[:2], np.float32)

    payload = mint(portrait((20, 20)), np.zeros((20, 20), np.bool_))
    with pytest.raises(ProviderError):
        StudioEditor(lambda data: portrait((10, 20)), Anyone()).edit(payload, Instruction(preset="warm"))


def test_unknown_words_are_refused_before_anything_is_decoded(mint, portrait):
    def broken(data):
        raise AssertionError("decoded")

    payload = mint(portrait((8, 8)), np.zeros((8, 8), np.bool_))
    with pytest.raises(UnknownInstruction):
        StudioEditor(broken, None).edit(payload, Instruction(prompt="add a hat"))


def test_a_real_portrait(mint, decoder):
    """A person in a photograph, a hole over her face: the background changes, she does not."""
    from skimage.data import astronaut

    class Upright:
        def segment(self, pixels):
            rows, columns = pixels.shape[:2]
            down, across = np.mgrid[:rows, :columns]
            return (np.abs(across / columns - 0.45) < 0.1 + 0.3 * down / rows).astype(np.float32)

    pixels = astronaut()
    down, across = np.mgrid[:512, :512]
    hidden = ((across - 222) / 45) ** 2 + ((down - 110) / 60) ** 2 <= 1
    result = (
        StudioEditor(decoder, Upright())
        .edit(mint(pixels, hidden), Instruction(preset="backdrop-navy"))
        .pixels
    )
    assert (result[hidden] == 0).all()
    assert result[:40, 450:, 2].mean() > result[:40, 450:, 0].mean() + 15
    assert np.abs(result[380:480, 180:240].astype(int) - pixels[380:480, 180:240]).max() <= 1

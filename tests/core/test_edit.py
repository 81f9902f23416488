import numpy as np
import pytest

from privateedit.core.edit import EditResult, Instruction
from privateedit.errors import InputError


@pytest.mark.parametrize(
    "given",
    [{}, {"prompt": "a", "preset": "b"}, {"prompt": " \n"}, {"preset": ""}, {"prompt": ""}, {"preset": "  "}],
)
def test_an_instruction_is_either_words_or_a_preset(given):
    with pytest.raises(InputError):
        Instruction(**given)


def test_repr_hides_the_words():
    words = "make Ada Lovelace smile"
    assert words not in repr(Instruction(prompt=words))
    assert "Ada" not in str(Instruction(prompt=words))
    assert repr(Instruction(preset="backdrop-grey")) == "Instruction(preset='backdrop-grey')"


def test_a_result_is_a_read_only_copy():
    pixels = np.zeros((4, 5, 3), np.uint8)
    result = EditResult(pixels, "studio")
    pixels[:] = 1
    assert not result.pixels.any()
    assert not result.pixels.flags.writeable
    assert (result.width, result.height) == (5, 4)
    assert repr(result) == "EditResult(5×4 from studio)"


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 5), np.uint8), np.zeros((4, 5, 3)), np.zeros((4, 5, 4), np.uint8)]
)
def test_a_result_is_8_bit_rgb(pixels):
    with pytest.raises(InputError):
        EditResult(pixels, "studio")

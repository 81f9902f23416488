import pytest

from privateedit.providers.studio import PRESETS, preset_names

EXPECTED = (
    *("backdrop-grey", "backdrop-white", "backdrop-navy", "backdrop-warm", "blur-background"),
    *("black-and-white", "warm", "cool", "film", "pencil-sketch", "watercolor", "headshot"),
)


def test_the_list_is_the_published_one():
    assert preset_names() == EXPECTED
    assert tuple(PRESETS) == EXPECTED


def test_the_registry_is_read_only():
    with pytest.raises(TypeError):
        PRESETS["hat"] = PRESETS["warm"]  # type: ignore[index]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_preset_says_what_it_does_in_one_line(name):
    preset = PRESETS[name]
    assert preset.name == name
    assert "\n" not in preset.description
    assert preset.description.endswith(".")
    assert preset.words or preset.beside_backdrop


def test_words_are_in_the_spelling_that_prompts_are_normalized_to():
    for preset in PRESETS.values():
        for word in (*preset.words, *preset.beside_backdrop):
            assert word == word.lower().replace("-", " ")
            assert "gray" not in word
            assert "colour" not in word

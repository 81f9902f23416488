import pytest

from privateedit.core.edit import Instruction
from privateedit.errors import Sent, UnknownInstruction
from privateedit.providers.studio import Plan, preset_names, understand


def backdrop(color, **more):
    return Plan(background=f"backdrop-{color}", **more)


BLUR, BW = "blur-background", "black-and-white"


@pytest.mark.parametrize(
    ("prompt", "plan"),
    [
        ("make the background white", backdrop("white")),
        ("Make The Background WHITE!", backdrop("white")),
        ("change the background to pure white, please", backdrop("white")),
        ("Replace my background with a plain white wall", None),
        ("put me in front of a white wall", backdrop("white")),
        ("white studio backdrop", backdrop("white")),
        ("studio backdrop, navy blue", backdrop("navy")),
        ("Background: navy", backdrop("navy")),
        ("a dark blue background", backdrop("navy")),
        ("backdrop-gray", backdrop("grey")),
        ("backdrop grey", backdrop("grey")),
        ("neutral gray background", backdrop("grey")),
        ("a studio background", backdrop("grey")),
        ("warm background", backdrop("warm")),
        ("put a warm gradient backdrop behind me", backdrop("warm")),
        ("blurry background", Plan(BLUR)),
        ("blur the background", Plan(BLUR)),
        ("can you make the background out of focus?", Plan(BLUR)),
        ("add some bokeh", Plan(BLUR)),
        ("portrait mode", Plan(BLUR)),
        ("black & white", Plan(grades=(BW,))),
        ("Black-and-White", Plan(grades=(BW,))),
        ("b&w", Plan(grades=(BW,))),
        ("B/W photo", Plan(grades=(BW,))),
        ("turn this into a monochrome portrait", Plan(grades=(BW,))),
        ("remove the colour", Plan(grades=(BW,))),
        ("greyscale", Plan(grades=(BW,))),
        ("warm", Plan(grades=("warm",))),
        ("make it warmer", Plan(grades=("warm",))),
        ("warm tones", Plan(grades=("warm",))),
        ("cool", Plan(grades=("cool",))),
        ("cooler tones", Plan(grades=("cool",))),
        ("cool colours please", Plan(grades=("cool",))),
        ("film look with grain", None),
        ("add film grain", Plan(grades=("film",))),
        ("a vintage film look", Plan(grades=("film",))),
        ("sketch", Plan(drawing="pencil-sketch")),
        ("pencil drawing", Plan(drawing="pencil-sketch")),
        ("draw me as a pencil sketch", Plan(drawing="pencil-sketch")),
        ("water colour", Plan(drawing="watercolor")),
        ("a watercolour painting of me", Plan(drawing="watercolor")),
        ("linkedin headshot", Plan(headshot=True)),
        ("a professional headshot", Plan(headshot=True)),
        ("profile picture", Plan(headshot=True)),
        ("black and white with a blurred background", Plan(BLUR, grades=(BW,))),
        ("blurred background, warm", Plan(BLUR, grades=("warm",))),
        ("make the background blurred, and warm tones", Plan(BLUR, grades=("warm",))),
        ("white background and black and white", backdrop("white", grades=(BW,))),
        ("black and white photo, white background", backdrop("white", grades=(BW,))),
        ("black and white film", Plan(grades=(BW, "film"))),
        ("headshot with a navy blue background", backdrop("navy", headshot=True)),
        ("pencil sketch on a white background", backdrop("white", drawing="pencil-sketch")),
        ("watercolor in black and white", Plan(drawing="watercolor", grades=(BW,))),
    ],
)
def test_words(prompt, plan):
    if plan is None:
        with pytest.raises(UnknownInstruction):
            understand(Instruction(prompt=prompt))
    else:
        assert understand(Instruction(prompt=prompt)) == plan


@pytest.mark.parametrize("name", preset_names())
@pytest.mark.parametrize("field", ["preset", "prompt"])
def test_every_preset_is_understood_by_its_name_and_by_its_name_as_words(name, field):
    plan = understand(Instruction(**{field: name}))
    assert name in {plan.background, plan.drawing, *plan.grades} or plan == Plan(headshot=True)
    assert understand(Instruction(prompt=name.replace("-", " "))) == plan
    assert understand(Instruction(preset=name.upper())) == plan


@pytest.mark.parametrize(
    "prompt",
    [
        *("add a hat", "make me smile", "put me on the moon", "no blur", "don't blur the background"),
        *("a red background", "green backdrop", "blue background", "a light blue background"),
        *("black background", "black and white background", "the white shirt", "white"),
        *("never make it warm", "not black and white", "less warm", "remove the background"),
        *("black and white and add a hat", "watercolor of a cat", "sketchy", "filming", "swarm"),
        *("blur my face", "white background or grey background", "warm and cool tones"),
        *("pencil sketch watercolor", "change the white background to navy", "make me look cool"),
        *("please", "make it nice", "hello", "👍", "…", "schwarzweiß", "draw me"),
    ],
)
def test_what_it_cannot_do_in_full_is_refused(prompt):
    with pytest.raises(UnknownInstruction) as caught:
        understand(Instruction(prompt=prompt))
    assert caught.value.sent is Sent.NO
    assert caught.value.offers == preset_names()
    assert all(name in caught.value.message for name in preset_names())


@pytest.mark.parametrize("field", ["preset", "prompt"])
def test_the_message_does_not_repeat_the_words(field):
    with pytest.raises(UnknownInstruction) as caught:
        understand(Instruction(**{field: "Zebulon Quux"}))
    shown = f"{caught.value} {caught.value.sentence} {caught.value!r}".lower()
    assert "zebulon" not in shown
    assert "quux" not in shown


def test_american_alias_of_the_grey_backdrop():
    assert understand(Instruction(preset="backdrop-gray")) == backdrop("grey")


def test_long_nonsense_is_answered_quickly():
    for prompt in ("background " * 3000, "background , a the to " * 1500, "white paper " * 3000):
        with pytest.raises(UnknownInstruction):
            understand(Instruction(prompt=prompt + "zzz"))

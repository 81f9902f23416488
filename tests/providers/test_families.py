import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.framing import Framing
from privateedit.errors import InputError
from privateedit.providers.families import Family, family_of, framed, inputs, masks
from privateedit.providers.model_sizes import kontext
from privateedit.providers.plan import Outline, Picture, Polarity, Wrap
from privateedit.providers.service import Order
from privateedit.providers.typed_options import SEED

ONE = Family("image", kontext, {"format": "png", "seed": 1}, {"seed": SEED}, mask="mask")
MANY = Family("images[]", kontext)
FAMILIES = (("a/one", ONE), ("a/", MANY))
PICTURE, MASK = Picture(Wrap.DATA_URI), Outline(Polarity.BLACK, Wrap.DATA_URI)


def order(model, **options):
    return Order("make it nice", model, 64, 48, options)


def test_the_first_beginning_that_fits_counts():
    assert family_of("a/one-more", FAMILIES) is ONE
    assert family_of("a/two", FAMILIES) is MANY
    assert family_of("b/one", FAMILIES) is None


def test_a_model_is_given_words_picture_mask_and_what_is_always_the_same():
    fields = inputs(order("a/one"), FAMILIES, Wrap.DATA_URI)
    assert fields == {"prompt": "make it nice", "image": PICTURE, "mask": MASK, "format": "png", "seed": 1}


def test_what_a_person_set_stands_instead_of_what_is_always_the_same():
    assert inputs(order("a/one", seed="7"), FAMILIES, Wrap.DATA_URI)["seed"] == 7


def test_a_list_is_given_where_the_model_takes_one_and_no_mask_where_it_takes_none():
    fields = inputs(order("a/two"), FAMILIES, Wrap.BASE64)
    assert fields == {"prompt": "make it nice", "images": [Picture(Wrap.BASE64)]}


def test_of_another_model_a_person_says_what_its_inputs_are_called():
    named = inputs(order("b/x", image="pictures[]", mask="mask_image"), FAMILIES, Wrap.DATA_URI)
    assert named == {"prompt": "make it nice", "pictures": [PICTURE], "mask_image": MASK}


@pytest.mark.parametrize("options", [{}, {"mask": "mask"}, {"image": "image", "seed": "7"}])
def test_of_another_model_too_little_or_too_much_said_is_told(options):
    with pytest.raises(InputError, match="nothing is known"):
        inputs(order("b/x", **options), FAMILIES, Wrap.DATA_URI)


@given(st.text(max_size=12))
def test_only_a_plain_name_becomes_the_name_of_an_input(name):
    try:
        fields = inputs(order("b/x", image=name), FAMILIES, Wrap.DATA_URI)
    except InputError:
        return
    assert fields["prompt"] == "make it nice"
    assert name.removesuffix("[]").replace("_", "a").isalnum()
    assert name.isascii()


def test_the_words_cannot_be_replaced_by_the_picture():
    with pytest.raises(InputError):
        inputs(order("b/x", image="prompt"), FAMILIES, Wrap.DATA_URI)


def test_another_model_gets_the_picture_in_its_own_proportions():
    assert framed("b/x", FAMILIES, Framing(), 4000, 3000) == Framing(max_side=2048)
    assert framed("b/x", FAMILIES, Framing(max_side=512), 4000, 3000) == Framing(max_side=512)
    assert framed("a/two", FAMILIES, Framing(), 4000, 3000).canvas == (1184, 880)


def test_what_is_masked_can_be_redrawn_instead_of_all_around_it():
    fields = inputs(order("a/one", area="mask"), FAMILIES, Wrap.DATA_URI)
    assert fields["mask"] == Outline(Polarity.WHITE, Wrap.DATA_URI)
    assert "area" not in fields
    for model, area in (("a/one", "everything"), ("a/two", "mask")):
        with pytest.raises(InputError, match="area"):
            inputs(order(model, area=area), FAMILIES, Wrap.DATA_URI)


@pytest.mark.parametrize(
    ("model", "options", "masked"),
    [
        ("a/one", {}, True),
        ("a/two", {}, False),
        ("a/two", {"mask": "mask"}, False),
        ("b/x", {"image": "image", "mask": "mask"}, True),
        ("b/x", {"image": "image"}, False),
    ],
)
def test_which_models_are_given_a_mask(model, options, masked):
    assert masks(model, FAMILIES, options) is masked

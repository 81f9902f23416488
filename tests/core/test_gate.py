import gc
from dataclasses import replace
from weakref import ref

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import oval, scenery

from privateedit.core.gate import DEMANDED, FREE, STRENGTHS, Terms, least_harm, moves_something
from privateedit.core.grade import Grade
from privateedit.core.look import Look
from privateedit.core.style import Renderer, Style
from privateedit.core.tone import Tone
from privateedit.core.trial import Trial

PIXELS = scenery(160, 160).astype(np.float32)
AREA = oval(160, 160, 80, 80, 40, 50)
FACE = oval(160, 160, 80, 80, 28, 36)
WINDOW = (slice(0, 160), slice(0, 160))
PLAIN = Look(WINDOW)
WARM = np.array([1.15, 1.0, 0.85])


def look(gains=WARM, lift=0.0):
    return Look(WINDOW, Grade(np.column_stack([np.diag(gains), np.full(3, lift)])))


def trial(edited_gains=WARM, identity=None, edited=None):
    """The original is pasted hard into a picture of another grade."""
    around = PIXELS * np.float32(edited_gains) if edited is None else edited

    def compose(tried):
        mixed = np.where(AREA[..., None], tried.apply(PIXELS), around)
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)

    return Trial(compose, PIXELS, AREA, FACE, identity)


def strength(learned, where, terms=Terms.STYLED):
    options = [learned.at(each) for each in STRENGTHS]
    chosen = least_harm(options, PLAIN, where, terms=terms)
    return next((s for s, option in zip(STRENGTHS, options, strict=True) if option is chosen), 0.0)


def test_a_grade_that_closes_the_seam_is_taken_whole():
    assert strength(look(), trial()) == 1.0


def test_a_grade_that_opens_a_seam_is_not_taken():
    assert strength(look(), trial((1.0, 1.0, 1.0))) == 0.0


def test_too_much_of_a_right_grade_is_taken_in_part():
    taken = strength(look((1.4, 1.0, 0.6)), trial((1.12, 1.0, 0.88)))
    assert 0 < taken < 1


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(*[st.floats(0.5, 1.6)] * 3),
    st.tuples(*[st.floats(0.5, 1.6)] * 3),
    st.floats(-40, 40),
)
def test_no_seam_is_ever_larger_than_without(learned, around, lift):
    from privateedit.core.seam import seam_difference, seam_width

    where = trial(around)
    options = [look(learned, lift).at(each) for each in STRENGTHS]
    chosen = least_harm(options, PLAIN, where, terms=Terms.STYLED)
    before, after = (seam_difference(where.compose(each), AREA, seam_width(AREA)) for each in (PLAIN, chosen))
    anyway = seam_difference(PIXELS, AREA, seam_width(AREA))
    assert after <= max(before, anyway) + 0.051


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(*[st.floats(0.5, 1.6)] * 3),
    st.tuples(*[st.floats(0.5, 1.6)] * 3),
    st.floats(-40, 40),
    st.floats(0, 0.02),
)
def test_harmonization_makes_nothing_worse(learned, around, lift, cost):
    """Not even where the original shows a larger seam by itself, and with any recognizer."""

    def judge(pixels):
        return 0.05 + cost * float(np.abs(pixels.astype(np.float32) - PIXELS)[FACE].mean())

    where = replace(trial(around, judge), close=True)
    options = [look(learned, lift).at(each) for each in STRENGTHS]
    chosen = least_harm(options, PLAIN, where, terms=Terms.HARMLESS)
    before, after = (where.of(each) for each in (PLAIN, chosen))
    assert after.seam <= before.seam
    assert after.distance <= before.distance + FREE


def test_where_there_was_no_outline_any_seam_is_larger():
    """What was drawn is what would be put back, so that nothing differs until a look is given."""
    under = np.rint(np.clip(PIXELS, 0, 255))
    where = Trial(
        lambda tried: np.where(FACE[..., None], np.clip(tried.apply(PIXELS), 0, 255), under).astype(np.uint8),
        PIXELS, AREA, FACE, under=under, close=True,
    )  # fmt: skip
    assert np.isnan(where.of(PLAIN).seam)
    assert where.of(look((1.6, 1.0, 0.5))).seam > 5
    assert strength(look((1.6, 1.0, 0.5)), where, Terms.HARMLESS) == 0


@pytest.mark.parametrize(
    ("cost", "terms", "taken"),
    [
        (0.009, Terms.HARMLESS, 1.0),
        (0.013, Terms.HARMLESS, 0.75),
        (0.1, Terms.HARMLESS, 0),
        (0.1, Terms.STYLED, 1.0),
        (0.9, Terms.STYLED, 0),
    ],
)
def test_a_recognizer_limits_the_strength(cost, terms, taken):
    """A judge whose distance grows in proportion to the grade."""
    warmth = (np.clip(look().apply(PIXELS), 0, 255) - PIXELS)[FACE][:, 0].mean()

    def judge(pixels):
        return 0.05 + cost * float((pixels.astype(np.float32) - PIXELS)[FACE][:, 0].mean() / warmth)

    assert strength(look(), trial(identity=judge), terms) == taken


@pytest.mark.parametrize(
    ("gains", "lift"),
    [
        ((2.4, 2.4, 2.4), 0.0),
        ((1.0, 1.0, 1.0), -150.0),
        ((3.0, 3.0, 3.0), -250.0),
        ((-1.0, -1.0, -1.0), 255.0),
    ],
    ids=["blown highlights", "crushed shadows", "blown contrast", "negative"],
)
def test_lost_detail_is_harm_without_any_recognizer(gains, lift):
    """The picture around asks for it, so the seam alone would let it pass."""
    edited = np.clip(PIXELS * np.float32(gains) + np.float32(lift), 0, 255)
    assert strength(look(gains, lift), trial(edited=edited)) < 1.0


@pytest.mark.parametrize("gains", [(0.45, 0.5, 0.65), (0.88, 0.98, 1.14), (0.7, 0.7, 0.7)])
def test_honest_grades_pass_whole(gains):
    assert strength(look(gains), trial(gains)) == 1.0


def test_a_drawing_is_judged_by_its_seam_alone():
    negative = look((-1.0, -1.0, -1.0), 255.0)
    where = trial(edited=255 - PIXELS, identity=lambda pixels: 9.0)
    assert least_harm([negative], PLAIN, where, terms=Terms.DRAWN) is negative
    assert least_harm([negative], PLAIN, trial((1, 1, 1)), terms=Terms.DRAWN) is PLAIN


@pytest.mark.parametrize(
    ("name", "levels", "taken"), [("drawing", 4, True), ("drawing", 16, False), ("painting", 4, False)]
)
def test_a_sure_drawing_may_leave_a_seam_that_is_just_noticeable(name, levels, taken):
    """A photographic face in a drawing is seen at once; a painting may be no more than a soft photo."""
    grey = Tone(np.array([0.0, 255.0]), np.array([200.0, 200.0]), 0.0, np.zeros(3))
    pencil, brush = Renderer(name, pencil=3.0), Renderer(name, smooth=20.0, contrast=0.5)
    drawn = Look(WINDOW, style=Style(pencil, grey) if name == "drawing" else Style(brush, None))

    def compose(tried):
        return np.where(AREA[..., None] & (tried is drawn), PIXELS + levels, PIXELS).astype(np.uint8)

    where = Trial(compose, PIXELS, AREA, FACE)
    assert (least_harm([drawn], PLAIN, where, terms=Terms.DRAWN) is drawn) == taken


def test_a_drawing_in_colors_that_no_screen_has_is_not_taken():
    """Where colors are cut off, the seam cannot tell."""
    garish = look((3.0, 3.0, 3.0), -200.0)
    where = trial(edited=np.clip(garish.apply(PIXELS), 0, 255))
    assert least_harm([garish], PLAIN, where, terms=Terms.DRAWN) is PLAIN


def test_no_face_turns_green():
    """The picture around is green, so the seam asks for it."""
    skin = np.float32([150, 110, 95]) + 0.2 * (PIXELS - 128)
    green = look((0.6, 1.1, 0.8))

    def compose(tried):
        return np.clip(np.where(AREA[..., None], tried.apply(skin), green.apply(skin)), 0, 255).astype(
            np.uint8
        )

    where = Trial(compose, skin, AREA, FACE)
    assert strength(green, where) < 1
    assert strength(look((0.9, 1.0, 1.1)), where) == 1


def costly(cost):
    """A judge that holds every change of the face against it, however small."""
    return lambda pixels: 0.05 + cost * bool((pixels[FACE] != PIXELS[FACE]).any())


def test_likeness_is_never_given_for_nothing():
    """A change below what any eye sees, which closes no seam, buys nothing; a visible one does."""
    faint, clear = look((0.97, 0.97, 0.97)), look()
    unseen, seen = trial((0.97, 0.97, 0.97), costly(2 * FREE)), trial(identity=costly(2 * FREE))
    assert least_harm([faint], PLAIN, unseen, terms=Terms.STYLED) is PLAIN
    assert least_harm([clear], PLAIN, seen, terms=Terms.STYLED) is clear
    free = trial((0.97, 0.97, 0.97), costly(0.9 * FREE))
    assert least_harm([faint], PLAIN, free, terms=Terms.STYLED) is faint


def test_a_change_that_explains_nothing_beside_the_face_buys_no_likeness():
    """The face would get warmer; what is seen beside it came back warmer, or otherwise."""
    dear = costly(2 * FREE)
    everywhere = np.ones(AREA.shape, np.bool_)
    warmer = np.clip(look().apply(PIXELS), 0, 255)

    def beside(returned, visible=everywhere):
        slight = np.where(AREA[..., None], PIXELS, 1.02 * PIXELS)
        # Nothing of the look is seen at the seam, so that only what lies beside speaks for it.
        where = Trial(
            lambda tried: _inner(tried, slight), PIXELS, AREA, FACE, dear, None, (returned, visible)
        )
        return least_harm([look()], PLAIN, where, terms=Terms.STYLED) is not PLAIN

    assert beside(warmer)
    assert not beside(PIXELS + 12)
    assert beside(PIXELS + 12, ~everywhere)  # nothing is seen there: nothing speaks against it


def _inner(tried, around):
    mixed = np.where(FACE[..., None], tried.apply(PIXELS), around)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def test_what_nobody_notices_beside_the_face_buys_no_likeness():
    """What is seen beside it is off by less than is noticed."""
    everywhere = np.ones(AREA.shape, np.bool_)
    slight = np.where(AREA[..., None], PIXELS, 1.02 * PIXELS)

    def taken(asked, cost):
        beside = np.where(AREA[..., None], PIXELS, asked.apply(PIXELS))
        where = Trial(
            lambda tried: _inner(tried, slight), PIXELS, AREA, FACE, costly(cost), None, (beside, everywhere)
        )
        return least_harm([asked], PLAIN, where, terms=Terms.STYLED) is not PLAIN

    clear, faint = look((1.15, 1.0, 0.85)), look((1.015, 1.0, 0.985))
    assert taken(clear, 2 * FREE)
    assert not taken(faint, 2 * FREE)
    assert taken(faint, 0.9 * FREE)


def test_of_looks_that_explain_as_much_the_one_that_costs_less_is_taken():
    """What is seen beside the face lies between the whole look and three quarters of it, or at the whole."""
    everywhere = np.ones(AREA.shape, np.bool_)

    def judge(pixels):
        return 0.05 + 0.002 * float(np.abs(pixels.astype(np.float32) - PIXELS)[FACE].mean())

    def taken(asked):
        beside = (np.clip(look(asked).apply(PIXELS), 0, 255), everywhere)
        where = replace(trial(asked, judge), beside=beside)
        return strength(look((1.2, 1.0, 0.8)), where)

    assert taken((1.2, 1.0, 0.8)) == 1.0
    assert taken((1.173, 1.0, 0.827)) == 0.75


def test_a_guess_needs_a_seam_that_falls():
    warm, faint = trial(), trial((0.97, 0.97, 0.97))
    assert least_harm([look()], PLAIN, warm, terms=Terms.HARMLESS, guessed=True) is not PLAIN
    assert least_harm([look((0.97, 0.97, 0.97))], PLAIN, faint, terms=Terms.HARMLESS, guessed=True) is PLAIN
    assert least_harm([look((0.97, 0.97, 0.97))], PLAIN, faint, terms=Terms.HARMLESS) is not PLAIN


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.floats(0.96, 1.04)] * 3), st.tuples(*[st.floats(0.8, 1.25)] * 3), st.floats(0, 0.06))
def test_of_a_guess_that_moves_nothing_no_share_proves_right(learned, around, nearer):
    def identity(pixels):
        return 0.1 - nearer * float(np.abs(pixels - PIXELS)[FACE].mean() > 2)

    where, options = trial(around, identity), [look(learned).at(each) for each in STRENGTHS]
    if not moves_something(options[0], PLAIN, where):
        assert least_harm(options, PLAIN, where, terms=Terms.HARMLESS, guessed=True) is PLAIN


def test_a_guess_moves_something_by_its_seam_or_by_a_recognizer():
    def surer(pixels):
        return 0.2 - 2 * FREE * float(np.abs(pixels - PIXELS)[FACE].mean() > 1)

    assert moves_something(look(), PLAIN, trial())
    same = trial((1.0, 1.0, 1.0))
    assert not moves_something(look((1.0, 1.0, 1.0)), PLAIN, same)
    still = replace(same, area=np.zeros_like(AREA))  # no outline: no seam
    assert not moves_something(look(), PLAIN, still)
    assert moves_something(look(), PLAIN, replace(still, identity=surer))


def test_of_a_guess_that_loses_the_face_a_share_may_prove_right_and_it_is_not_composed():
    asked = []
    where = trial()
    counted = replace(where, compose=lambda tried: asked.append(tried) or where.compose(tried))
    assert moves_something(look((0.0, 0.0, 0.0), 128), PLAIN, counted)
    assert not asked


def test_what_a_guess_moved_is_not_composed_again():
    asked = []
    where = trial()
    counted = replace(where, compose=lambda tried: asked.append(tried) or where.compose(tried))
    options = [look().at(each) for each in STRENGTHS]
    assert moves_something(options[0], PLAIN, counted)
    least_harm(options, PLAIN, counted, terms=Terms.HARMLESS, guessed=True)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_on_any_number_of_cores_the_same_is_chosen_and_few_are_composed_for_nothing(threads):
    asked, before = [], cv2.getNumThreads()
    where = trial((1.12, 1.0, 0.88))
    counted = replace(where, compose=lambda tried: asked.append(tried) or where.compose(tried))
    cv2.setNumThreads(threads)
    try:
        taken = strength(look((1.4, 1.0, 0.6)), counted)
    finally:
        cv2.setNumThreads(before)
    needed = 2 + STRENGTHS.index(taken)  # that one, those before it, and none
    assert 0 < taken < 1
    assert needed <= len(asked) == len(set(asked)) <= needed + 3


def test_beside_what_was_drawn_no_seam_speaks_for_a_guess():
    under = np.roll(255 - PIXELS, 40, axis=0)
    drawn = Trial(trial().compose, PIXELS, AREA, FACE, None, under)
    assert least_harm([look()], PLAIN, drawn, terms=Terms.HARMLESS, guessed=True) is PLAIN


@pytest.mark.parametrize(("gain", "taken"), [(0.1, True), (0.02, False), (-0.02, False)])
def test_beside_what_was_drawn_a_recognizer_that_is_surer_speaks_for_a_guess(gain, taken):
    """What surrounds a face changes how it is known, so one is known better in its picture's own grade."""
    under = np.roll(255 - PIXELS, 40, axis=0)
    apart = np.abs(look().apply(PIXELS) - PIXELS)[AREA].mean()

    def identity(pixels):
        return 0.5 - gain * float(np.abs(np.float32(pixels) - PIXELS)[AREA].mean() / apart)

    drawn = Trial(trial().compose, PIXELS, AREA, FACE, identity, under)
    assert (least_harm([look()], PLAIN, drawn, terms=Terms.HARMLESS, guessed=True) is not PLAIN) is taken


def test_over_something_drawn_the_seam_runs_where_the_two_differ():
    """The hole's outline lies in what was drawn; only the inner area is the original's."""
    inner = oval(160, 160, 80, 80, 24, 30)
    around = np.clip(look().apply(PIXELS), 0, 255)

    def compose(tried):
        mixed = np.where(inner[..., None], tried.apply(PIXELS), around)
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)

    where = Trial(compose, PIXELS, AREA, FACE, None, np.where(inner[..., None], 255 - around, around))
    cold = look((0.85, 1.0, 1.15))
    assert least_harm([cold], PLAIN, where, terms=Terms.STYLED) is PLAIN
    warm = look()
    assert least_harm([warm], PLAIN, where, terms=Terms.STYLED) is warm


def test_no_hues_are_mixed_up_within_a_face():
    """Skin keeps its color, but lips turn from red to green."""
    skin = np.full((160, 160, 3), (190, 150, 130), np.float32) + 0.1 * (PIXELS - 128)
    skin[88:100, 62:98] = (190, 90, 100)
    swap = np.array([[0.2, 0.8, 0], [0.9, 0.1, 0], [0, 0, 1.0]])
    offset = np.array([190, 150, 130]) - swap @ np.array([190, 150, 130])
    mixed = Look(WINDOW, Grade(np.column_stack([swap, offset])))

    def compose(tried):
        shown = np.where(AREA[..., None], tried.apply(skin), mixed.apply(skin))
        return np.clip(np.rint(shown), 0, 255).astype(np.uint8)

    where = Trial(compose, skin, AREA, oval(160, 160, 80, 92, 22, 16))
    assert least_harm([mixed], PLAIN, where, terms=Terms.STYLED) is PLAIN


def test_a_night_that_makes_bright_skin_bluer_is_no_mixture_of_hues():
    shade = np.repeat(np.linspace(0.3, 1.0, 160, dtype=np.float32)[:, None], 160, 1)[..., None]
    skin = shade * np.float32([225, 175, 145])
    skin[88:100, 62:98] = (175, 120, 110)
    night = look((0.4, 0.48, 0.8))

    def compose(tried):
        shown = np.where(AREA[..., None], tried.apply(skin), night.apply(skin))
        return np.clip(np.rint(shown), 0, 255).astype(np.uint8)

    assert strength(night, Trial(compose, skin, AREA, FACE)) == 1.0


def test_a_recognizer_is_not_asked_where_a_seam_decides():
    asked = []

    def identity(pixels):
        asked.append(pixels)
        return 0.0

    where = trial(np.ones(3), identity)  # nothing was graded, so every grade opens a seam
    assert strength(look(), where) == 0.0
    assert not asked
    assert strength(look(), trial(identity=identity)) == 1.0
    assert asked


def test_what_passes_is_looked_at_closer():
    """Reduced, the warm picture around asks for it; closer, none does, or a recognizer is against it."""
    seen, cold, unlike = trial(), trial(np.ones(3)), trial(identity=costly(2 * DEMANDED))
    for closer, taken in ((seen, 1.0), (cold, 0.0), (unlike, 0.0)):
        assert strength(look(), replace(trial(), closer=lambda closer=closer: closer)) == taken


@pytest.mark.parametrize("close", [False, True])
def test_a_trial_of_the_result_itself_is_as_strict_as_a_closer_one_and_composes_nothing_twice(close):
    """A seam that grows by what compression makes passes reduced; where it will be, it is a larger seam."""
    composed, faint = [], look((1.0, 1.0, 0.992))
    drawn = replace(trial(np.ones(3)), under=np.roll(255 - PIXELS, 40, axis=0), close=close)
    where = _counted(drawn, composed)
    before, after = (where.of(each).seam for each in (PLAIN, faint))
    assert before < after < before + 0.05
    composed.clear()
    assert least_harm([faint], PLAIN, where, terms=Terms.STYLED) is (PLAIN if close else faint)
    assert len(composed) == len(set(composed)) == 2


def test_only_a_few_looks_that_nobody_sees_are_composed_at_the_larger_size():
    composed = []
    closer = _counted(trial(np.ones(3)), composed)
    faint = (1.02, 1.0, 0.98)
    options = [look(np.array(faint) + 0.0001 * each) for each in range(6)]
    where = replace(trial(faint), closer=lambda: closer)
    assert least_harm(options, PLAIN, where, terms=Terms.STYLED) is PLAIN
    assert composed.count(PLAIN) == 1
    assert len(composed) == 4  # three looks, and none of them


def _counted(where, composed):
    def compose(tried):
        composed.append(tried)
        return where.compose(tried)

    return replace(where, compose=compose)


def test_nothing_is_composed_where_there_is_nothing_to_choose():
    composed = []
    assert least_harm([], PLAIN, _counted(trial(), composed), terms=Terms.STYLED) is PLAIN
    assert not composed


def test_what_was_chosen_is_not_composed_again_as_the_next_base():
    composed, warm = [], look()
    where = _counted(trial(), composed)
    assert least_harm([warm], PLAIN, where, terms=Terms.STYLED) is warm
    assert least_harm([warm.at(0.5)], warm, where, terms=Terms.HARMLESS) is warm
    assert composed.count(warm) == 1


def test_a_face_without_any_structure_left_is_refused_before_it_is_composed():
    composed, white = [], look((1.0, 1.0, 1.0), 400.0)
    assert least_harm([white], PLAIN, _counted(trial(), composed), terms=Terms.STYLED) is PLAIN
    assert white not in composed


def test_a_trial_and_its_pictures_go_when_nobody_holds_them():
    """Kept by each other they would wait for the collector, with hundreds of MiB in a batch."""
    tried = trial()
    gone, working = ref(tried), gc.isenabled()
    gc.disable()
    try:
        assert strength(look(), tried) == 1.0
        del tried
        assert gone() is None
    finally:
        if working:
            gc.enable()

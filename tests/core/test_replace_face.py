import numpy as np
from tests.doubles.scenes import box_face, noise, oval, similarity

from privateedit import pipeline
from privateedit.core.align import Alignment
from privateedit.core.edit import Instruction
from privateedit.core.harmonize import Grade
from privateedit.core.matte import Matte
from privateedit.core.patch import Patch
from privateedit.core.replace_face import over_stranger

FACE = box_face(60, 50, 140, 150)


def patch(edited, original):
    hole = oval(200, 200, 100, 100, 60, 70)
    matte = Matte(np.ones((200, 200), np.float32), original, original, True)
    return Patch(
        window=(slice(0, 200), slice(0, 200)),
        edited=edited.astype(np.float32),
        original=original.astype(np.float32),
        hole=hole,
        visible=~hole,
        matte=matte,
        size=float(np.sqrt(hole.sum())),
    )


def test_the_middle_is_the_original_and_nothing_changes_outside_the_hole():
    edited, original = noise(200, 200, 1), noise(200, 200, 2)
    both = patch(edited, original)
    done = over_stranger(both, Grade.identity(), FACE, Alignment(similarity(), "face", 0.01))
    assert done.dtype == np.uint8
    assert np.array_equal(done[~both.hole], edited[~both.hole])
    middle = oval(200, 200, 100, 100, 12, 15)
    apart = np.abs(done[middle].astype(int) - original[middle])
    assert apart.max() <= 1
    assert (apart == 0).mean() > 0.95


def test_the_original_is_graded_first():
    edited, original = np.full((200, 200, 3), 80, np.uint8), np.full((200, 200, 3), 100, np.uint8)
    warm = Grade(np.array([[1.2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.8, 0]]))
    done = over_stranger(patch(edited, original), warm, FACE, Alignment(similarity(), "face", 0.01))
    assert np.abs(done[100, 100].astype(int) - (120, 100, 80)).max() <= 1
    assert done[0, 0].tolist() == [80, 80, 80]


def test_the_stranger_gives_way_to_the_original(stranger_editor, sealed_astronaut, parts):
    concealed = sealed_astronaut.concealed
    returned = stranger_editor().edit(sealed_astronaut.payload, Instruction("x"))
    restored = pipeline.restore(concealed, returned, parts)
    (report,) = restored.report.faces
    assert report.regime == "face"
    changed = (restored.pixels != returned.pixels).any(2)
    assert changed[concealed.masked.mask.hidden].mean() > 0.3
    (stranger,), (after,) = (parts.detector.detect(each.pixels) for each in (returned, restored))
    apart = np.linalg.norm(after.mesh[[33, 263]] - stranger.mesh[[33, 263]], axis=1)
    assert apart.max() < 0.05 * stranger.box.height

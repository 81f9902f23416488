import numpy as np

from privateedit.providers.studio.mannequin import stand_ins


def test_only_hidden_pixels_are_drawn_on():
    picture = np.full((80, 60, 3), 90, np.uint8)
    hidden = np.zeros((80, 60), np.bool_)
    hidden[20:60, 15:45] = True
    face, dark = stand_ins(picture, hidden)
    assert (face[~hidden] == 90).all()
    assert (dark[~hidden] == 90).all()
    assert (dark[hidden] == 0).all()
    assert face[hidden].std() > 10  # eyes, brows, mouth


def test_specks_and_empty_masks_are_fine():
    picture = np.full((5, 5, 3), 90, np.uint8)
    hidden = np.zeros((5, 5), np.bool_)
    assert np.array_equal(stand_ins(picture, hidden)[0], picture)
    hidden[2, 2] = True
    assert np.array_equal(stand_ins(picture, hidden)[0], picture)


def test_a_head_is_narrower_than_its_hole_and_has_dark_hair():
    picture = np.full((200, 160, 3), 200, np.uint8)
    hidden = np.zeros((200, 160), np.bool_)
    hidden[30:170, 30:130] = True
    face, _ = stand_ins(picture, hidden)
    assert (face[:, 30:36] == 200).all()
    assert (face[:, 124:130] == 200).all()
    assert face[31:40, 75:85].max() < 80
    assert face[90:110, 75:85].min() > 80

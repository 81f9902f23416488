"""A `Look` of the page becomes a `Concealment`: of the photo, or of its reduced view."""

from __future__ import annotations

from typing import cast

from privateedit.choices import Choices, Finishes, concealment_of, finish_of
from privateedit.core.concealment import Concealment
from privateedit.core.finish import Finish
from privateedit.errors import NotServed
from privateedit.server.page.bodies import Finishing, Look
from privateedit.server.page.strokes import Stroke, painted_by
from privateedit.server.wishes import HIDING, Policy
from privateedit.settings import Settings


def concealment_in(
    look: Look, width: int, height: int, policy: Policy, settings: Settings, ratio: float = 1.0
) -> Concealment:
    """Return how a picture of that size is hidden; the server's policy counts where the look says nothing.

    Args:
        look: in pixels of the photo.
        width: columns of the picture.
        height: rows of the picture.
        policy: the server's.
        settings: the user's.
        ratio: pixels of the picture in one of the photo.

    Raises:
        NotServed: the policy is fixed, and the look asks for something else.
        InputError: a value cannot be used.
    """
    said = {name: value for name in HIDING if (value := getattr(look, name)) is not None}
    if policy.fixed and (said or look.hide is not None):
        raise NotServed("How faces are hidden is fixed on this server.", status=403, code="policy_is_fixed")
    kept = {} if "trust" in said else dict(policy.choices)
    strokes = [Stroke(each.kind, each.radius, each.points) for each in look.strokes]
    painted = {
        "extra": painted_by(strokes, width, height, ratio),
        "boxes": [tuple(side * ratio for side in box) for box in look.boxes],
        "allow_no_face": policy.allow_no_face,
    }
    chosen = {} if look.hide is None else {"only": look.hide}
    return concealment_of(cast(Choices, {**kept, **said, **chosen, **painted}), settings)


def finish_in(finishing: Finishing, policy: Policy, settings: Settings) -> Finish:
    """Return how a result is finished; the server's policy counts where nothing is said.

    Raises:
        InputError: a value cannot be used.
    """
    names = ("harmonize", "style_match", "blend", "size")
    said = {name: value for name in names if (value := getattr(finishing, name)) is not None}
    return finish_of(cast(Finishes, {**policy.finishes, **said}), settings)

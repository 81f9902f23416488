"""A restore once more with less of a look, to compare with."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit import pipeline
from privateedit.core.choose_look import COLORLESS, GRADED
from privateedit.core.edit import EditResult
from privateedit.core.face import Face
from privateedit.core.finish import Finish
from privateedit.core.parts import Parts
from privateedit.core.photo import Pixels
from privateedit.core.prepared import Concealed


@dataclass(frozen=True, eq=False, slots=True)
class Without:
    """What the result would be with less of a look.

    Attributes:
        harmonizing: pixels of the restore with harmonization off.
        ungraded: pixels of one in which no face is graded as its picture is, either.
        graded: numbers of the faces that are.
    """

    harmonizing: Pixels
    ungraded: Pixels
    graded: frozenset[int | None]

    @classmethod
    def of(cls, concealed: Concealed, returned: EditResult, parts: Parts) -> Without:
        """Restore once more, or twice.

        Raises:
            CannotAlign: never where `pipeline.restore` gives a result, since all of them place faces alike.
        """
        plain = pipeline.restore(concealed, returned, parts, Finish(harmonize=0.0))
        graded = frozenset(each.id for each in plain.report.faces if each.style in (GRADED, COLORLESS))
        bare = plain
        if graded:
            bare = pipeline.restore(concealed, returned, parts, Finish(harmonize=0.0, style_match=False))
        return cls(plain.pixels, bare.pixels, graded)

    def grading(self, face: Face) -> Pixels:
        """Return a picture in which that face is not graded; a drawing of it stays one."""
        return self.ungraded if face.id in self.graded else self.harmonizing

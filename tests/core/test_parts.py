import dataclasses

import pytest

from privateedit.core import ports
from privateedit.core.parts import Parts, keep


def test_every_port_but_the_editor_has_its_part(parts):
    """Editors are chosen for each edit; everything else is wired once."""
    methods = {
        "detector": "detect",
        "searcher": "search",
        "segmenter": "segment",
        "encoder": "encode",
        "inspector": "inspect",
        "journal": "intend",
        "ledger": "protected",
        "handovers": "recall",
    }
    fields = {field.name for field in dataclasses.fields(Parts)}
    assert fields == {*methods, "entropy", "likeness", "make_room"}
    for name, method in methods.items():
        assert callable(getattr(getattr(parts, name), method))
    assert len(parts.entropy(5)) == 5
    assert callable(ports.Editor.edit)


def test_nothing_is_given_back_unless_told_otherwise(parts):
    assert parts.make_room is keep
    assert keep() is None


def test_parts_do_not_change(parts):
    with pytest.raises(dataclasses.FrozenInstanceError):
        parts.detector = None

import json

import pytest
from tests.doubles.ports import SpyEditor

from privateedit import pipeline
from privateedit.cli.facts import masked_facts, masked_sentence, seal_words, sent_facts
from privateedit.core.concealment import Concealment, Under


@pytest.fixture(scope="module")
def exposed(astronaut, parts):
    chosen = Concealment(under=Under.FACE, opacity=0.95, expose_face=True)
    return pipeline.mask(astronaut, chosen, parts)


def test_a_sealed_picture(sealed_astronaut):
    facts = masked_facts(sealed_astronaut)
    assert facts["sealed"] is True
    assert facts["exposed_psnr"] is None
    assert facts["sha256"] == sealed_astronaut.payload.sha256
    assert seal_words(sealed_astronaut) == "sealed"
    assert "1 face hidden" in masked_sentence(sealed_astronaut)
    assert json.loads(json.dumps(facts)) == facts


def test_an_exposed_picture_is_called_that_with_its_decibels(exposed):
    assert exposed.payload.sealed is False
    assert exposed.exposed_psnr > 28
    assert masked_facts(exposed)["exposed_psnr"] == exposed.exposed_psnr
    said = masked_sentence(exposed)
    assert f"EXPOSED: whoever has it gets the face back at {exposed.exposed_psnr:.1f} dB" in said
    assert "sealed" not in said


def test_who_gets_it_is_said_beside(sealed_astronaut):
    editor = SpyEditor(None, name="cloud")
    facts = sent_facts(sealed_astronaut, editor)
    assert (facts["provider"], facts["local"]) == ("cloud", False)
    assert masked_facts(sealed_astronaut).items() <= facts.items()


def test_faces_left_visible_are_named(couple, parts):
    prepared = pipeline.mask(couple, Concealment(exclude=(1,)), parts)
    assert masked_facts(prepared)["faces_left_visible"] == [1]
    assert "Left visible because you chose so: face 1." in masked_sentence(prepared)

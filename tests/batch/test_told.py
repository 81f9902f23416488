import json

from privateedit.batch.told import masked_facts, restored_facts


def test_what_is_told_of_a_mask_is_plain_and_names_nothing(sealed_astronaut):
    told = masked_facts(sealed_astronaut)
    assert told["masked"]["sha256"] == sealed_astronaut.payload.sha256
    assert told["masked"]["faces"] == 1
    assert told["masked"]["sealed"] is True
    assert json.loads(json.dumps(told)) == told


def test_what_is_told_of_a_result_says_how_each_face_was_put_back(sealed_astronaut, parts):
    from privateedit import pipeline
    from privateedit.core.edit import EditResult

    masked = sealed_astronaut.concealed.masked.pixels
    restored = pipeline.restore(sealed_astronaut, EditResult(masked, "test"), parts)
    told = restored_facts(restored)
    assert told["restored"]["faces"][0]["regime"] == "hole"
    assert json.loads(json.dumps(told)) == told

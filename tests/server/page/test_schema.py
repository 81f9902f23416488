import jsonschema
import pytest
from tests.server.page.conftest import LOOK

from privateedit.server.page import bodies, schema


def answer_of(described):
    (content,) = described["content"].values()
    return content["schema"]


@pytest.mark.parametrize("name", ["KEY", "SESSION", "PHOTO", "LEAKS", "SEALED", "FINDINGS", "JOB", "RESULT"])
def test_every_answer_is_a_schema(name):
    jsonschema.Draft202012Validator.check_schema(answer_of(getattr(schema, name)))


@pytest.mark.parametrize("body", [bodies.Look, bodies.ToSeal, bodies.ToSend, bodies.Finishing])
def test_bodies_are_described_as_they_are_read(body):
    described = schema.taken(body, None)["openapi_extra"]["requestBody"]["content"]["application/json"]
    jsonschema.Draft202012Validator.check_schema(described["schema"])
    assert set(described["schema"]["properties"]) == set(body.model_fields)
    assert "$ref" not in str(described)


def test_forms_name_their_file_and_what_else_they_take():
    form = schema.form("picture", schema.RESULT, 200, bodies.Finishing)
    content = form["openapi_extra"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert content["required"] == ["picture"]
    assert set(content["properties"]) == {"picture", *bodies.Finishing.model_fields}


def test_answers_are_as_described(photo):
    jsonschema.validate(photo.told, answer_of(schema.PHOTO))
    sealed = photo.sealed("studio")
    jsonschema.validate(sealed, answer_of(schema.SEALED))
    jsonschema.validate(photo.post("leaks", LOOK).json(), answer_of(schema.LEAKS))
    (*_, (name, told)) = photo.edited(sealed["digest"], prompt=None, preset="warm")
    assert name == "done"
    jsonschema.validate(told, answer_of(schema.RESULT))
    jsonschema.validate(photo.page.get("/api/session").json(), answer_of(schema.SESSION))


def test_a_download_may_come_in_every_format():
    assert set(schema.download()["responses"][200]["content"]) == {"image/png", "image/jpeg", "image/webp"}

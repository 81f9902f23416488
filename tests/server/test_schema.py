import jsonschema

from privateedit.server import schema


def test_what_is_described_is_what_the_server_reads():
    from privateedit.server import asked

    form = schema.request()["requestBody"]["content"]["multipart/form-data"]["schema"]
    jsonschema.Draft202012Validator.check_schema(form)
    assert set(form["properties"]) == {"image", "mask", *asked._USED}


def test_every_choice_of_a_request_is_a_header():
    named = {each["name"].lower() for each in schema.request()["parameters"]}
    assert {"x-privateedit-coverage", "x-privateedit-faces", "x-privateedit-size"} <= named


def test_errors_are_described_with_openais_four_keys():
    for status, described in schema.responses().items():
        if status == 200:
            continue
        wrong = described["content"]["application/json"]["schema"]
        jsonschema.validate(
            {"error": {"message": "x", "type": "y", "param": None, "code": "z", "sent": "no"}}, wrong
        )


def test_refusals_of_everything_else_are_described_too():
    told = schema.refusals(404)
    assert set(told) == {401, 403, 404, 421, "4XX"}
    for described in told.values():
        said = described["content"]["application/json"]["schema"]["properties"]["error"]
        assert set(said["required"]) == {"message", "type", "param", "code"}
    assert set(schema.plain("x")["content"]) == {"text/plain"}

import base64
import json
from types import SimpleNamespace

from privateedit.server.answers import event, event_answer, facts_after, facts_before, json_answer


def payload(digest, sealed=True):
    return SimpleNamespace(sealed=sealed, sha256=digest)


def picture(payload, faces, hides_identity=True):
    concealment = SimpleNamespace(coverage=SimpleNamespace(hides_identity=hides_identity))
    return SimpleNamespace(
        payload=payload, concealed=SimpleNamespace(hidden_faces=faces), concealment=concealment
    )


def ready(sealed=True, findings=0, dropped=(), hides_identity=True):
    main = picture(payload("aa"), (1, 2), hides_identity)
    beside = picture(payload("bb", sealed), ())
    return SimpleNamespace(all=[main, beside], findings=findings, dropped=dropped)


def chosen(model="m", local=False):
    return SimpleNamespace(model=model, editor=SimpleNamespace(name="openai", local=local))


def placement(regime="face", gone=False, guessed=False):
    return SimpleNamespace(regime=regime, gone=gone, guessed=guessed)


def finished(*placements, withheld=0, files=(b"one", b"two")):
    report = SimpleNamespace(placements=placements)
    restored = tuple(SimpleNamespace(report=report, width=30, height=20) for _ in files)
    return SimpleNamespace(files=files, restored=restored, withheld=withheld)


ASKED = SimpleNamespace(suffix=".jpg", options={"quality": "high"})


def test_headers_tell_what_was_hidden():
    facts = facts_before(ready(findings=2, dropped=("user", "user", "size")), chosen())
    assert facts == {
        "x-privateedit-faces": "2",
        "x-privateedit-sealed": "yes",
        "x-privateedit-digest": "sha256:aa, sha256:bb",
        "x-privateedit-provider": "openai",
        "x-privateedit-model": "m",
        "x-privateedit-warning": "the prompt may name somebody (2)",
        "x-privateedit-dropped": "user, size",
    }
    assert facts_before(ready(sealed=False), chosen())["x-privateedit-sealed"] == "no"


def test_a_bar_over_the_eyes_is_warned_of():
    facts = facts_before(ready(findings=1, hides_identity=False), chosen())
    assert facts["x-privateedit-warning"] == "the prompt may name somebody (1); coverage eyes hides nobody"


def test_a_models_name_never_breaks_a_header():
    for model in ("a\r\nset-cookie: x", "ä", ""):
        assert "x-privateedit-model" not in facts_before(ready(), chosen(model))


def test_headers_tell_what_came_of_it():
    done = finished(
        placement("hole"), placement(gone=True), placement(guessed=True), withheld=1, files=(b"x",)
    )
    assert facts_after(done, chosen()) == {
        "x-privateedit-regime": "hole, gone, face",
        "x-privateedit-sent": "yes",
        "x-privateedit-withheld": "1",
        "x-privateedit-guessed": "1",
    }
    assert facts_after(finished(), chosen(local=True))["x-privateedit-sent"] == "no"


def test_json_has_openais_keys_and_every_result():
    said = json.loads(json_answer(finished(placement()), ASKED, 7))
    assert [base64.b64decode(each["b64_json"]) for each in said.pop("data")] == [b"one", b"two"]
    assert said == {
        "created": 7,
        "background": "opaque",
        "output_format": "jpeg",
        "quality": "high",
        "size": "30x20",
    }


def test_each_result_is_an_event_of_its_own():
    blocks = (
        event_answer(finished(placement()), ASKED, 7, {"x-privateedit-faces": "1"})
        .decode()
        .strip()
        .split("\n\n")
    )
    assert len(blocks) == 2
    said = json.loads(blocks[1].split("data: ")[1])
    assert base64.b64decode(said["b64_json"]) == b"two"
    assert (said["type"], said["created_at"], said["privateedit"]) == (
        "image_edit.completed",
        7,
        {"faces": "1"},
    )


def test_no_text_breaks_an_event():
    assert event("error", {"message": "a\n\nevent: x"}).count(b"\n\n") == 1

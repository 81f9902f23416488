import pytest

from privateedit.errors import NotServed
from privateedit.providers.service import Profile
from privateedit.server.asked import Attached, asked_of
from privateedit.server.upstream import Upstream

OPENAI = Profile(
    "openai",
    "OpenAI",
    "",
    models=("gpt-image-2.5", "gpt-image-2"),
    options={"quality": "", "input_fidelity": ""},
)
OTHER = Profile("other", "Other", "", models=("flux-a", "flux-b"), options={"seed": ""})
CLOSED = Profile("closed", "Closed", "", models=("only",), open_models=False)
NAMELESS = Profile("sd", "Self-hosted", "")


class Made:
    name, local = "made", False


def upstream(profile, **more):
    made = []

    def make(model, options, key):
        made.append((model, dict(options), key))
        return Made()

    return Upstream(profile, make, **more), made


def asked(**fields):
    return asked_of([("prompt", "x"), ("image", Attached(b"a")), *fields.items()])


@pytest.mark.parametrize(
    ("profile", "said", "model"),
    [
        (OPENAI, "", "gpt-image-2.5"),
        (OPENAI, "gpt-image-1", "gpt-image-2.5"),
        (OPENAI, "dall-e-2", "gpt-image-2.5"),
        (OPENAI, "gpt-image-2", "gpt-image-2"),
        (OPENAI, "gpt-image-9", "gpt-image-9"),
        (OTHER, "gpt-image-1", "flux-a"),
        (OTHER, "gpt-image-2", "flux-a"),
        (OTHER, "chatgpt-image-latest", "flux-a"),
        (OTHER, "flux-b", "flux-b"),
        (OTHER, "flux-new", "flux-new"),
        (CLOSED, "gpt-image-2", "only"),
        (NAMELESS, "gpt-image-1", ""),
    ],
)
def test_a_clients_name_stands_for_a_model_of_the_service(profile, said, model):
    assert upstream(profile)[0].model_of(said) == model


def test_aliases_and_the_servers_own_model_go_first():
    found, _ = upstream(
        OPENAI, model="gpt-image-2", aliases={"gpt-image-1": "gpt-image-2.5", "photo": "gpt-image-2"}
    )
    assert found.model_of("") == "gpt-image-2"
    assert found.model_of("dall-e-3") == "gpt-image-2"
    assert found.model_of("gpt-image-1") == "gpt-image-2.5"
    assert found.model_of("photo") == "gpt-image-2"
    assert found.models == ("gpt-image-2", "gpt-image-2.5", "gpt-image-1", "photo")


@pytest.mark.parametrize("profile", [CLOSED, NAMELESS])
def test_a_model_that_there_is_not_is_told(profile):
    with pytest.raises(NotServed) as caught:
        upstream(profile)[0].model_of("nobody")
    assert (caught.value.status, caught.value.param) == (404, "model")


def test_what_the_service_knows_is_passed_on_and_the_rest_is_told():
    found, made = upstream(OPENAI)
    chosen = found.chosen(
        asked(model="gpt-image-1.5", quality="high", input_fidelity="high", background="opaque"), "sk-x"
    )
    assert made == [("gpt-image-1.5", {"quality": "high", "input_fidelity": "high"}, "sk-x")]
    assert chosen.dropped == ()
    assert chosen.instruction.prompt == "x"
    chosen = upstream(OTHER)[0].chosen(asked(quality="high", user="anna"), "")
    assert chosen.dropped == ("user", "quality")


def test_options_that_a_replaced_model_does_not_take_are_left_out():
    found, made = upstream(OPENAI)
    chosen = found.chosen(asked(model="gpt-image-1", quality="hd", input_fidelity="high"), "")
    assert made == [("gpt-image-2.5", {}, "")]
    assert chosen.dropped == ("quality", "input_fidelity")


def test_the_servers_options_hold_for_every_request_unless_it_says_otherwise():
    found, made = upstream(OPENAI, options={"quality": "low"})
    found.chosen(asked(), "")
    found.chosen(asked(quality="max"), "")
    assert [options for _, options, _ in made] == [{"quality": "low"}, {"quality": "max"}]


def test_only_openais_shape_takes_a_clients_key():
    assert upstream(OPENAI)[0].takes_keys
    assert not upstream(OTHER)[0].takes_keys


@pytest.mark.parametrize("said", ["a\r\nX-Evil: 1", "a\0", "a\u2028b", "a" * 201])
@pytest.mark.parametrize("profile", [OPENAI, OTHER, NAMELESS])
def test_what_is_no_name_of_a_model_goes_to_no_service(profile, said):
    with pytest.raises(NotServed) as caught:
        upstream(profile)[0].model_of(said)
    assert caught.value.status == 404

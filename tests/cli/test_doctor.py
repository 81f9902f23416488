from pathlib import Path

from privateedit.vision import weights


def test_names_every_model_with_digest_licence_and_state(cli):
    outcome = cli("doctor")
    assert outcome.code == 0
    for weight in weights.manifest():
        assert weight.name in outcome.out
        assert weight.sha256 in outcome.out
        assert weight.licence in outcome.out
    assert outcome.out.count(": ok") == len(weights.manifest())


def test_an_altered_model_is_8_and_says_what_to_run(cli, monkeypatch):
    read = Path.read_bytes

    def altered(self):
        data = read(self)
        return data + b"x" if self.name == "centerface.onnx" else data

    monkeypatch.setattr(Path, "read_bytes", altered)
    outcome = cli("doctor", "--json")
    assert outcome.code == 8
    assert outcome.facts["ok"] is False
    states = {model["name"]: model["state"] for model in outcome.facts["models"]}
    assert states["CenterFace"] == "altered"
    assert "pip install" in outcome.err

from privateedit.providers.studio import PRESETS


def test_lists_every_preset(cli):
    outcome = cli("presets")
    assert [line.split()[0] for line in outcome.out.splitlines()] == list(PRESETS)
    assert [each["name"] for each in cli("presets", "--json").facts["presets"]] == list(PRESETS)

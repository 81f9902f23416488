from privateedit.core.trust import BUNDLES, Trust
from privateedit.providers.studio import PRESETS


def test_lists_every_preset(cli):
    told = cli("presets").out.split("(--preset):")[1]
    assert [line.split()[0] for line in told.splitlines() if line] == list(PRESETS)
    assert [each["name"] for each in cli("presets", "--json").facts["presets"]] == list(PRESETS)


def test_explains_every_degree_of_trust(cli):
    told = cli("presets").out.split("(--preset):")[0]
    facts = cli("presets", "--json").facts["trust"]
    assert [each["name"] for each in facts] == [str(degree) for degree in Trust]
    for degree, each in zip(Trust, facts, strict=True):
        bundle = BUNDLES[degree]
        assert bundle.explanation in told
        assert f"coverage {bundle.coverage}" in told
        assert each["opacity"] == bundle.opacity
        assert each["backdrop"] == (bundle.backdrop is not None)

from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.trust import BUNDLES, Trust


def test_there_is_a_bundle_for_every_degree():
    assert set(BUNDLES) == set(Trust)
    assert all(bundle.explanation.endswith(".") for bundle in BUNDLES.values())


def test_no_degree_hides_less_than_the_face():
    assert all(bundle.coverage.hides_identity for bundle in BUNDLES.values())


def test_less_trust_hides_more():
    none, low = BUNDLES[Trust.NONE], BUNDLES[Trust.LOW]
    assert none.coverage is Coverage.HEAD
    assert none.grow > low.grow
    assert none.backdrop is not None
    assert (none.opacity, low.opacity) == (1, 1)


def test_high_trust_shows_a_guide_on_a_plain_fill():
    high = BUNDLES[Trust.HIGH]
    assert high.opacity < 1
    assert high.fill == Fill.parse("grey")


def test_the_default_is_low_trust():
    usual, low = Concealment(), BUNDLES[Trust.LOW]
    assert usual.trust is Trust.LOW
    for name in ("coverage", "grow", "shape", "fill", "opacity", "backdrop"):
        assert getattr(usual, name) == getattr(low, name)

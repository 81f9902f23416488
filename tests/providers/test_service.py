from privateedit.core.errand import Takes
from privateedit.providers.service import Login, MaskUse, Order, Profile, Redraws


def test_an_order_never_shows_its_words():
    order = Order("violet scarf", "m", 10, 20, {"note": "violet"})
    assert "violet" not in repr(order)


def test_a_profile_says_by_default_what_most_services_do():
    profile = Profile("x", "X", "https://x.example.com")
    assert profile.redraws is Redraws.EVERYTHING
    assert profile.mask is MaskUse.NONE
    assert profile.login == Login("authorization", "Bearer ")
    assert profile.key_needed


def test_a_service_that_uses_a_mask_can_be_told_where():
    profile = Profile("x", "X", "https://x.example.com", mask=MaskUse.EXACT, beside=3, count=4)
    assert profile.takes == Takes(where=True, beside=3, count=4)
    assert Profile("x", "X", "https://x.example.com").takes == Takes()
    assert (Order("p", "m", 1, 1).beside, Order("p", "m", 1, 1).count) == (0, 1)

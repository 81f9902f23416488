from privateedit.providers.policy import Policy


def test_nothing_is_allowed_unless_somebody_said_so():
    policy = Policy()
    assert (policy.plain_http, policy.system_proxy, policy.retries) == (frozenset(), False, 0)
    assert policy.answer is None

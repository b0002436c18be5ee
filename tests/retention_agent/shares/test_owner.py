from retention_agent.shares.owner import owner


def test_a_known_account_is_named():
    assert owner(0) == "root (0)"


def test_an_unknown_account_keeps_its_number():
    assert owner(3_999_999_999) == "unknown (3999999999)"

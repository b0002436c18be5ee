"""19: a file that a rule removed looks the same, later, as one that a user deleted.

nextcloud/server#38850: nobody could tell which of the two it was.
"""


def test_what_a_rule_destroyed_and_what_a_user_deleted_are_told_apart(desk):
    rule, user = desk.number("fin/one.eml"), desk.number("fin/two.eml")
    batch = desk.approved(rule)
    desk.do("dispose", batch)
    desk.do("purge", batch)
    (desk.share / "fin/two.eml").unlink()
    desk.scan()
    by_rule = desk.do("trace", rule).out
    assert "DESTROYED on" in by_rule
    assert f"Batch {batch}, item 0" in by_rule
    assert "Rule: class FIN-003" in by_rule
    by_user = desk.do("trace", user).out
    assert "VANISHED, not by this program" in by_user
    assert "DESTROYED" not in by_user

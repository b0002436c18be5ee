"""Search engines keep deleted text in their segments; here a purge leaves none of it behind.

Looked for are the raw bytes of the register and of every file beside it, after a record was found
by a saved search, counted, exported to a list of terms, and then purged through the command line.
"""

CANARY = "Qzxcanary"


def raw(desk):
    """Every byte of the register's files, folded as the index folds its words."""
    return b"".join(file.read_bytes() for file in sorted(desk.state.glob("register.db*"))).lower()


def test_no_byte_of_a_purged_text_is_left_in_the_files_of_the_register(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.open()
    desk.mail("fin/one.eml", f"The {CANARY} invoice of a {CANARY}bird.")
    desk.mail("fin/two.eml", "Another invoice.")
    desk.scan()
    number, _ = desk.classify("fin/one.eml", "fin/two.eml")
    desk.do("search", "save", "all", "invoice")
    assert desk.ask("search", "run", "all")[0]["new"] == [1, 2]
    assert CANARY in desk.do("find", CANARY).out
    assert desk.ask("find", CANARY, "--facets")[0]["found"] == 1
    assert CANARY.lower().encode() in raw(desk)
    batch = desk.approved(number)
    desk.do("dispose", batch)
    desk.do("purge", batch)
    assert desk.state_of(number) == "destroyed"
    assert CANARY.lower().encode() not in raw(desk)
    assert desk.ask("find", CANARY) == []
    assert desk.ask("search", "run", "all")[0]["found"] == 1
    assert CANARY.lower().encode() not in raw(desk)

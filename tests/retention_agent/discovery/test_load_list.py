from zoneinfo import ZoneInfo

from retention_agent.discovery.load_list import Copied, reading, table

BLANK = {
    **dict.fromkeys(("record_class", "owner", "media_type", "title", "dates", "unreadable")),
    "share_name": "HR",
    "path": b"a",
    "mtime_ns": 0,
    "size": 1,
    "present": True,
    "capture": "captured",
    "partial": False,
}


def rows_of(*messages):
    return [
        {**BLANK, "id": number, "sha256": digest, "metadata": fields}
        for number, (digest, fields) in enumerate(messages, 1)
    ]


def column(listed, name):
    heading, *rows = listed
    return [row[heading.index(name)] for row in rows]


def test_answers_to_one_another_are_a_family_and_equal_contents_duplicates():
    rows = rows_of(
        ("aa", {"message_id": "<3>", "in_reply_to": "<2>"}),
        ("bb", {"message_id": "<1>"}),
        ("aa", {"message_id": "<9>"}),
        (None, {"message_id": "<2>", "in_reply_to": "<1> <2>"}),
        (None, None),
    )
    listed = table(rows, {2: Copied("two.eml"), 3: Copied(why_not="gone")}, ZoneInfo("UTC"))
    assert column(listed, "family") == [1, 1, None, 1, None]
    assert column(listed, "duplicate_of") == [None, None, 1, None, None]
    assert column(listed, "copy") == ["", "two.eml", "", "", ""]
    assert column(listed, "copy_note")[2] == "gone"


def test_a_long_thread_listed_backwards_is_one_family():
    messages = range(30_000, 0, -1)
    rows = rows_of(
        *(("aa", {"message_id": f"<{n}>", "in_reply_to": f"<{n - 1}>"}) for n in messages)
    )
    assert set(column(table(rows, {}, ZoneInfo("UTC")), "family")) == {1}


def test_what_strangers_wrote_steers_nothing_and_an_account_keeps_its_backslash():
    row = {**rows_of(("aa", {"from": "a\u202eb", "to": "\x1b[31m"}))[0], "title": "t\x9b"}
    listed = table([{**row, "owner": "COUNCIL\\ann"}], {}, ZoneInfo("UTC"))
    assert column(listed, "from") == ["a\\u202eb"]
    assert column(listed, "to") == ["\\x1b[31m"]
    assert column(listed, "title") == ["t\\u009b"]
    assert column(listed, "owner") == ["COUNCIL\\ann"]


def test_how_far_a_record_was_read_is_told_in_words():
    told = [
        reading({**BLANK, "capture": capture, "partial": cut, "unreadable": "encrypted"})
        for capture, cut in (
            ("captured", False),
            ("captured", True),
            ("pending", False),
            ("unreadable", False),
        )
    ]
    assert told == ["whole", "in part", "not yet", "no: encrypted"]

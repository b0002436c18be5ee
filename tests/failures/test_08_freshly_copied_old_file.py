"""A file that arrives with an old time of modification is not destroyed by that time.

Copying tools keep times, so a file that came yesterday may say 2001; and every copy that does not
keep them says today. A file system's time is no proof: it counts from the day the file was first
seen at the earliest, and leads to a person's review, never to destruction.
"""

import os
from datetime import UTC, datetime

LONG_AGO = datetime(2001, 3, 1, tzinfo=UTC).timestamp()


def arrive(desk, name, content):
    os.utime(desk.file(name, content), (LONG_AGO, LONG_AGO))


def explained(desk, path, *options):
    return desk.ask("explain", f"files:{path}", *options)[0]


def test_an_old_time_of_modification_does_not_make_a_new_arrival_due(desk):
    arrive(desk, "copied.txt", b"an invoice without a date of its own")
    desk.scan()
    desk.classify("copied.txt")
    found = explained(desk, "copied.txt")
    (shown,) = desk.ask("show", "files:copied.txt")
    assert found["action"] == "retain"
    assert found["due"] > shown["first_seen"][:10]
    assert found["record"] not in {line["record"] for line in desk.ask("due")}
    answer = desk.run("propose", "files", "--key", "rita.pem", "--record", found["record"])
    assert answer.code != 0


def test_when_its_period_has_run_from_the_day_it_was_seen_a_person_must_look(desk):
    arrive(desk, "copied.txt", b"an invoice without a date of its own")
    desk.scan()
    desk.classify("copied.txt")
    later = explained(desk, "copied.txt", "--as-of", "2060-01-01")
    assert later["action"] == "review"


def test_a_fresh_copy_of_an_old_message_is_as_old_as_the_message_says(desk):
    desk.mail("copied.eml", "Invoice nine.")  # its time of modification is now, its date 2014
    desk.scan()
    desk.classify("copied.eml")
    found = explained(desk, "copied.eml")
    assert found["trigger_date"] == "2014-04-02"
    assert found["action"] == "destroy"

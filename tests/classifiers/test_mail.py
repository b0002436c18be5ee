from collections.abc import Callable

import pytest

from classifiers import Document
from classifiers.mail import carries_others, is_mail

Paper = Callable[..., Document]
HEAD = "From: A B <a@b.example>\nTo: c@d.example\nSubject: Plot 7\n"


@pytest.mark.parametrize(
    ("media_type", "mail"),
    [
        ("message/rfc822", True),
        ("application/mbox", True),
        ("application/vnd.ms-outlook", True),
        ("text/plain", False),
    ],
)
def test_messages_are_known_by_their_media_type(
    make_document: Paper, media_type: str, mail: bool
) -> None:
    assert is_mail(make_document(media_type=media_type)) is mail


def test_a_plain_message_speaks_for_itself(make_document: Paper) -> None:
    assert not carries_others(make_document(f"{HEAD}\nPlease give me the plot.\nA B"))


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("Plot 7", "FW: Plot 7"),
        f"{HEAD}\n> Please give me the plot.",
        f"{HEAD}\n-----Original Message-----\nPlot",
        f"{HEAD}\nOn Monday 4 May 2015 at 10:31, C D wrote:\nPlot",
        f"{HEAD}\nYes.\n\nFrom: C D\nSent: Monday",
        f"{HEAD}\nThe agreement is attached.",
        f"{HEAD}\nMae'r cytundeb ynghlwm.",
    ],
)
def test_quoting_forwarding_and_attaching_are_seen(make_document: Paper, text: str) -> None:
    assert carries_others(make_document(text))


def test_an_attachment_need_not_be_mentioned(make_document: Paper) -> None:
    assert carries_others(make_document(HEAD, metadata={"attachments": "plot.pdf"}))

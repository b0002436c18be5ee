import pytest

from classifiers.shape import shape, tense_ratio


def traits(text: str, opening: str = "") -> set[str]:
    words = [word.strip(".,;:") for word in text.lower().split()]
    return set(shape(text, opening, " ".join(text.split()), words))


@pytest.mark.parametrize(
    "line",
    [
        "Present: Cllr Moss",
        "1. Members present: Hill, Rowe",
        "In attendance - the Clerk",
        "Yn bresennol: Y Cynghorydd Huws",
        "Presennol: Y Cynghorwyr Rees a Bevan",
        "The following members were present",
        "Councillors: A Hill (Chair), B Moss",
    ],
)
def test_lines_that_say_who_came_are_attendance(line: str) -> None:
    assert "attendance" in traits(line)


@pytest.mark.parametrize("line", ["The present roof leaks", "Present arrangements will continue"])
def test_the_word_present_alone_is_not(line: str) -> None:
    assert "attendance" not in traits(line)


@pytest.mark.parametrize(
    "line",
    [
        "You are summoned to attend",
        "Notice is hereby given of a\nmeeting",
        "Members are invited to attend",
        "Gwysir chwi i gyfarfod",
    ],
)
def test_calls_to_a_meeting_are_a_summons(line: str) -> None:
    assert "summons" in traits(line)


@pytest.mark.parametrize(
    "line",
    ["The meeting closed at 9 pm", "There being no further business", "Daeth y cyfarfod i ben"],
)
def test_ends_of_meetings_are_a_closing(line: str) -> None:
    assert "closing" in traits(line)


def test_what_will_be_held_and_what_was_held_differ() -> None:
    assert "will-be-held" in traits("x", opening="a meeting to be held on 4 May")
    assert "was-held" in traits("x", opening="a meeting held on 4 May")
    assert traits("x", opening="a meeting") == set()


def test_apologies_received_are_noted_and_apologies_to_receive_are_not() -> None:
    assert "apologies-noted" in traits("Apologies for absence were received from Cllr Moss")
    assert "apologies-noted" not in traits("To receive apologies for absence")


def test_tense_needs_enough_verbs() -> None:
    assert tense_ratio(["resolved", "noted", "to", "receive"]) is None
    assert tense_ratio(["resolved", "noted", "agreed", "to", "receive"]) == 0.75


def test_minutes_look_back_and_agendas_look_forward() -> None:
    assert "tense-past" in traits("resolved noted agreed approved")
    assert "tense-infinitive" in traits("to receive to consider to note to approve")
    assert "tense-infinitive" in traits("i dderbyn i ystyried i nodi i gymeradwyo")
    assert not {"tense-past", "tense-infinitive"} & traits("noted agreed to note to approve")


def test_short_numbered_lines_are_items() -> None:
    assert traits("1. a\n2. b\n3. c\n4. d") == {"items", "items-short"}
    assert traits("\n".join(f"{n}. {'long ' * 30}" for n in range(1, 5))) == {"items"}
    assert traits("1. a\n2. b") == set()


def test_five_lines_with_amounts_are_a_table() -> None:
    assert "amounts" in traits("\n".join(f"row {n} 1{n}.50" for n in range(5)))
    assert "amounts" not in traits("\n".join(f"row {n} 1{n}.50" for n in range(4)))

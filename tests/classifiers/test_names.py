import pytest

from classifiers.names import folder_words, name_pattern, name_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("20240516_PlanningCttee-Minutes v2.docx", "20240516 planning cttee minutes v2"),
        ("Minutes12May.pdf", "minutes 12 may"),
        ("P45 A Cole.pdf", "p45 a cole"),
        ("F2508.pdf", "f2508"),
        ("report.final.version", "report final version"),
        ("letter 4.5.2019", "letter 4 5 2019"),
        (".gitignore", "gitignore"),
        ("Cofnodion Mawrth ŵyl.odt", "cofnodion mawrth ŵyl"),
        ("", ""),
    ],
)
def test_a_file_name_reads_as_words(name: str, words: str) -> None:
    assert name_words(name) == words


def test_a_folder_has_no_extension_to_lose() -> None:
    assert folder_words("Planning.Old") == "planning old"


def test_names_of_one_series_share_a_pattern() -> None:
    assert name_pattern("Minutes May 2016.pdf") == name_pattern("Minutes June 17.pdf")
    assert name_pattern("Cofnodion Mai 2016.PDF") == "cofnodion M 9.pdf"


def test_names_of_two_series_do_not_share_a_pattern() -> None:
    assert name_pattern("Minutes May 2016.pdf") != name_pattern("Agenda May 2016.pdf")
    assert name_pattern("Minutes 1.pdf") != name_pattern("Minutes 1.docx")
    assert name_pattern("no extension 7") == "no extension 9"

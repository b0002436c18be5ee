import pytest

from classifiers import Organisation, Standing
from classifiers.issuer import letterhead_of, profile_of, standing_of

PROFILE = profile_of(Organisation("Ashby Vale Parish Council", ("AVPC", "Cyngor Dyffryn Ashby")))


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("Ashby Vale Parish Council\nMinutes", Standing.OURS),
        ("ASHBY VALE PARISH COUNCIL", Standing.OURS),
        ("Ashby Vale\nParish Council\nAgenda", Standing.OURS),
        ("AVPC risk register", Standing.OURS),
        ("Cyngor Dyffryn Ashby\nCofnodion", Standing.OURS),
        ("Ashby Vale Parish Council met the bowls club", Standing.OURS),
        ("Minutes of the Parish Council", Standing.COUNCIL),
        ("Present: Cllr Moss", Standing.COUNCIL),
        ("Cofnodion y Cyngor", Standing.COUNCIL),
        ("Carver Fencing Ltd\nTo: Ashby Vale Parish Council", Standing.ADDRESSED),
        ("Mill Road Residents' Association wrote to the council", Standing.ADDRESSED),
        ("Wenford Bowls Club minutes", Standing.OTHER),
        ("Case 4\nNotes\nAt home\nThe police and the school came", Standing.UNKNOWN),
        ("Case 4\nNotes\nAt home\nMill Road School came", Standing.OTHER),
        ("Venue: Ashby Village Hall\nAshby Vale Parish Council", Standing.OURS),
        ("Building: Council Offices\nFire drill", Standing.COUNCIL),
        ("Venue: Council Chamber, Ashby Vale Parish Council", Standing.OURS),
        ("Order of A.V.P.C. and Ashby Vale P.C.", Standing.OURS),
        ("Letter\nclerk@ashbyvale-pc.gov.uk", Standing.OURS),
        ("Letter\nwww.ashbyvale.gov.uk", Standing.OURS),
        ("Letter\noffice@ashbyvalebowls.org.uk", Standing.UNKNOWN),
        ("From: A B <a@b.example>\nTo: clerk@ashbyvale-pc.gov.uk", Standing.ADDRESSED),
        ("From: clerk@ashbyvale-pc.gov.uk\nTo: a@b.example", Standing.OURS),
        ("Wenford Town Council\nMinutes", Standing.OTHER),
        ("North Ashby Vale Parish Council", Standing.OTHER),
        ("London Borough of Barking\nNotice", Standing.OTHER),
        ("Wenford Parochial Church Council", Standing.OTHER),
        ("Arts Council England", Standing.UNKNOWN),
        ("A note about flower beds", Standing.UNKNOWN),
        ("", Standing.UNKNOWN),
    ],
)
def test_the_body_named_first_issued_the_paper(text: str, standing: Standing) -> None:
    assert standing_of(text, PROFILE) is standing


def test_another_body_named_before_ours_makes_ours_the_addressee() -> None:
    text = "Wenford Town Council writes to Ashby Vale Parish Council"
    assert standing_of(text, PROFILE) is Standing.ADDRESSED


def test_only_the_first_eight_hundred_characters_count() -> None:
    assert standing_of("x" * 800 + " Ashby Vale Parish Council", PROFILE) is Standing.UNKNOWN


def test_the_letterhead_is_the_first_three_lines_with_text() -> None:
    form = "Evaluation\n\nTender 4\nPrice and quality\nCarver Fencing Ltd 4.5"
    assert letterhead_of(form, PROFILE) is Standing.UNKNOWN
    assert standing_of(form, PROFILE) is Standing.OTHER
    assert letterhead_of("Carver Fencing Ltd\nQuotation", PROFILE) is Standing.OTHER


def test_a_party_to_the_matter_is_no_letterhead() -> None:
    form = "Food inspection\nPremises: Carver Fencing Ltd\nScore 5"
    assert letterhead_of(form, PROFILE) is Standing.UNKNOWN
    assert standing_of(form, PROFILE) is Standing.OTHER


def test_a_name_without_a_place_takes_any_council_for_its_own() -> None:
    profile = profile_of(Organisation("The Council"))
    assert standing_of("Wenford Town Council", profile) is Standing.COUNCIL


def test_a_configured_name_without_letters_names_nobody() -> None:
    assert profile_of(Organisation("---")).names == ()

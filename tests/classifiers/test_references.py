import pytest

from classifiers.references import (
    LONGEST,
    MOST,
    PatternError,
    compile_patterns,
    find_references,
)


def found(patterns, name="", text=""):
    return find_references(compile_patterns(patterns), name, text)


def test_a_reference_is_told_with_where_it_stands():
    patterns = [r"HR-\d{4}", r"\bPA/\d+/\d+"]
    assert found(patterns, "HR-0042 review.docx", "about PA/19/7 and HR-0042") == {
        "HR-0042": "name",
        "PA/19/7": "text",
    }


def test_the_first_group_is_the_reference_where_there_is_one():
    assert found([r"[Cc]ase\s+(?:no\.?\s*)?(\w+)"], text="Case no. X17, case Y9") == {
        "X17": "text",
        "Y9": "text",
    }


def test_white_space_within_a_reference_is_one_space():
    assert found([r"REF\s+\d+"], text="REF \n\t 7") == {"REF 7": "text"}


def test_blank_and_endless_matches_are_no_references():
    assert found([r"x(\s*)y", r"(z)?q"], text="x  y q") == {}
    assert found([r"a+"], text="a" * (LONGEST + 1)) == {}


def test_a_list_of_cases_is_cut_off():
    text = " ".join(f"HR-{number:04}" for number in range(MOST + 50))
    assert len(found([r"HR-\d{4}", r"R-\d{4}"], text=text)) == MOST


def test_no_pattern_can_be_made_to_backtrack():
    assert found([r"(a*)*b"], text="a" * 100_000) == {}


def test_a_pattern_with_a_mistake_is_named():
    with pytest.raises(PatternError, match=r".\(HR. is no RE2 pattern: missing \)"):
        compile_patterns([r"\d+", "(HR"])


def test_a_name_without_slashes_gives_the_reference_as_people_write_it():
    pattern = [r"(HR|CON)[-_/](\d{4})[-_/](\d{4}) => \1/\2/\3"]
    assert found(pattern, "HR-2009_0143.docx", "see CON/2012/0007 and HR/2009/0143") == {
        "HR/2009/0143": "name",
        "CON/2012/0007": "text",
    }


def test_the_name_of_a_folder_ties_what_lies_in_it():
    assert found([r"HR-\d{4}"], "staff/HR-0042/2009/letter.docx") == {"HR-0042": "name"}


def test_no_reference_is_read_out_of_two_names():
    pattern = [r"FOI[/-]\d{4}[/-]\d{2}"]
    assert found(pattern, "FOI/2019/12 March.docx") == {}
    assert found(pattern, "FOI-2019-12/March.docx") == {"FOI-2019-12": "name"}


def test_a_template_without_the_group_it_asks_for_is_named():
    with pytest.raises(PatternError, match="makes use of group 2 and has 1"):
        compile_patterns([r"HR(\d) => HR/\2"])

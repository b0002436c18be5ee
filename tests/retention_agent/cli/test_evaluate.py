"""`retention evaluate`: every mistake in the labels is told with its row and column."""

import base64

import pytest


def labels(tmp_path, text):
    file = tmp_path / "labels.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["row 1 has no column class or path", "It has nothing."]),
        ("file,class\na,b\n", ["row 1 has no column path", "It has file, class."]),
        ("path,class\nfin/one.eml\n", ["1 mistake(s)", "row 2, column class: is missing"]),
        ("path,class\n,FIN-003\n", ["row 2, column path: is blank"]),
        (
            "path,class,path_b64\na,b,???\nc,d,\ne\n",
            ["2 mistake(s)", "row 2, column path_b64: is not base64", "row 4, column class"],
        ),
        (b"path,class\n\xff,x\n", ["cannot be read"]),
    ],
)
def test_a_mistake_is_told_with_its_place(office, tmp_path, text, messages):
    answer = office.do("evaluate", labels(tmp_path, text), code=2)
    assert [message for message in messages if message not in answer.err] == []


def test_files_that_are_not_in_the_register_are_counted_and_left_out(office, tmp_path):
    answer = office.do("evaluate", labels(tmp_path, "path,class\nnowhere,FIN-003\n"))
    assert "1 labelled files are not in the register" in answer.err
    assert "not known: nothing to measure" in answer.out


def test_a_path_is_never_taken_for_the_number_of_a_record(office, tmp_path):
    answer = office.do("evaluate", labels(tmp_path, "path,class\n1,FIN-003\n"))
    assert "1 labelled files are not in the register" in answer.err


def test_raw_bytes_of_a_name_count_before_its_text(office, tmp_path):
    raw = base64.b64encode(b"files:fin/one.eml").decode()
    file = labels(tmp_path, f"path,class,path_b64\nunreadable,FIN-003,{raw}\n")
    assert office.ask("evaluate", file)[0]["documents"] == 1


def test_confusions_name_the_true_and_the_given_class(office, tmp_path):
    file = labels(tmp_path, "path,class\nfin/one.eml,ZZZ-999\nnote.txt,\n")
    assert "ZZZ-999 taken for" in office.do("evaluate", file, "--threshold", "0").out

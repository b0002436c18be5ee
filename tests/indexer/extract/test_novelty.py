from indexer.extract.novelty import without_said, words_of


def test_lines_whose_words_were_all_said_are_left_out():
    said = words_of("The Rent is due\n")
    assert without_said("the rent\nis DUE in May\n", said) == "is DUE in May"


def test_nothing_is_left_out_when_nothing_was_said():
    assert without_said("a\n\nb", set()) == "a\n\nb"

from classifiers.plain import encodable, looks_marked_up, plain


def test_headings_in_markup_start_their_own_lines() -> None:
    page = "<html><head><title>x</title></head><body><h1>Invoice</h1><p>To: A &amp; B</p></body>"
    lines = [line.strip() for line in plain(page).split("\n") if line.strip()]
    assert lines == ["Invoice", "To: A & B"]


def test_scripts_and_comments_are_no_text() -> None:
    assert "secret" not in plain("<p>a</p><script>secret</script><!-- secret -->")


def test_marks_of_markdown_and_quoted_mail_go() -> None:
    assert plain("## **Agenda**\n> reply") == "Agenda\nreply"


def test_an_angle_bracket_alone_is_no_markup() -> None:
    assert not looks_marked_up("profit < loss and a > b")
    assert plain("a < b") == "a < b"


def test_spaced_capitals_close_up() -> None:
    assert plain("A G E N D A") == "AGENDA"
    assert plain("A B C") == "A B C"


def test_ligatures_wide_letters_and_curly_quotes_become_ordinary() -> None:
    ligature, wide = "\N{LATIN SMALL LIGATURE FI}", "\N{FULLWIDTH LATIN CAPITAL LETTER A}"
    assert plain(f"{ligature}nance {wide}") == "finance A"
    assert plain("\u2018it\u2019s\u2019 \u2013 so\u00ad\u200b") == "'it's' - so"


def test_line_ends_settle() -> None:
    assert plain("a\r\nb\rc") == "a\nb\nc"


def test_half_characters_are_replaced_so_that_the_text_can_be_searched() -> None:
    assert encodable("ordinary") == "ordinary"
    assert encodable("gŵyl") == "gŵyl"
    assert encodable("a\ud800b") == "a?b"

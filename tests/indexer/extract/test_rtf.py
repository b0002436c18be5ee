"""Rich text: control words, groups, characters, properties."""

import pytest

RTF = "application/rtf"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (rb"{\rtf1 one\par two\line three}", "one\ntwo\nthree"),
        (rb"{\rtf1 caf\'e9 \{x\} a\~b}", "café {x} a\xa0b"),
        (rb"{\rtf1\ansicpg1250 \'9aek}", "šek"),
        (rb"{\rtf1\uc1 \u8364?5 \u-10179?\u-8704?}", "€5 \U0001f600"),
        (rb"{\rtf1\uc2 \u8364??5}", "€5"),
        (rb"{\rtf1{\fonttbl{\f1\fcharset204 Arial;}}\f1 \'ea\'eb}", "кл"),
        (rb"{\rtf1 a\cell b\cell\row c}", "a\tb\t\nc"),
        (rb"{\rtf1{\header Top}a{\footnote note}b{\*\annotation c}}", "\nTop\na\nnote\nb\nc\n"),
        (rb"{\rtf1{\*\unknown x}{\pict 0102}{\stylesheet Normal;}kept}", "kept"),
        (rb"{\rtf1{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt boxed}}}", "\nboxed\n"),
        (rb"{\rtf1 a\bin4 }}}}b}", "ab"),
        (rb"{\rtf1{\*\pnseclvl1{\pntxta .}}x}", "x"),
        (rb"}}}{\rtf1 unbalanced", "unbalanced"),
    ],
)
def test_text_is_what_a_reader_sees(extract, source, text):
    assert extract(source, RTF).text == text


def test_properties_and_dates_are_read(extract):
    found = extract(
        rb"{\rtf1{\info{\title Deed}{\author J Clerk}{\creatim\yr2004\mo13\dy1}"
        rb"{\revtim\yr2004\mo3\dy1\hr10\min5}}x}",
        RTF,
    )
    assert found.metadata == {"title": "Deed", "author": "J Clerk"}
    assert [(date.on, date.origin) for date in found.dates] == [
        ("2004-03-01T10:05:00", "rtf:revtim")
    ]
    assert found.warnings == ("date-unreadable: rtf:creatim",)
    assert found.text == "x"


def test_an_embedded_object_is_counted_and_its_picture_text_read(extract):
    found = extract(rb"{\rtf1{\object{\*\objdata 0105}{\result shown}}}", RTF)
    assert found.text == "shown"
    assert found.parts == 2
    assert "embedded-parts-not-read" in found.warnings

"""The PDF shows what the certificate says, carries it byte for byte, and lies to nobody."""

import hashlib
import io
import json
import sys

import pikepdf
import pypdfium2
import pytest

from retention_agent.audit import bundle, canonical, reading, verify
from retention_agent.audit.answers import Answer
from retention_agent.audit.certified import Certificate
from retention_agent.disposal import rendering
from retention_agent.disposal.certificate import issued
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import RetentionError

HOSTILE = (
    "*bold* _it_ #panic() $x$ `raw` <label> @ref // -- \\ [x]",
    "\u202eexe.fdp\u2066\u200f",
    "\x1b[31m\x00\x07\x9b\n\r\t",
    "\u4e2d\u6587 \u05d0\u05d1 \u0627 \U0001f600 \ue000 \u0378",
    "z\u0301\u0301\u0301\u0301 caf\u00e9 e\u0301 \u0174yn",
    "x" * 300,
    '"}]} #eval("1") \\u{41}',
)


def certificate_of(council, name):
    with council.app.engine.begin() as connection:
        return issued(connection, name)


def gone(council, site, *paths):
    name = council.approved(*(council.add(path, path.encode()) for path in paths))
    council.work(dispose, name)
    council.now += council.undo
    council.work(purge, name)
    site.certificate(name)
    return name


def pages(raw):
    document = pypdfium2.PdfDocument(raw)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    return [" ".join(text.replace("\u200b", "").split()) for text in texts]


def changed(certificate, **fields):
    document = json.loads(certificate.document) | fields
    return Certificate(canonical.dumps(document), certificate.signature)


def listing(certificate, *items):
    """The certificate with its first item again for each mapping of changes."""
    first = json.loads(certificate.document)["items"][0]
    made = [
        {
            **first,
            "number": number,
            **item,
            "manifest": first["manifest"] | item.get("manifest", {}),
        }
        for number, item in enumerate(items)
    ]
    return changed(certificate, items=made)


@pytest.fixture
def certificate(council, site):
    return certificate_of(council, gone(council, site, "fin/one.txt"))


def test_the_first_page_says_in_plain_words_what_was_done_and_how_to_check_it(council, site):
    name = gone(council, site, "fin/one.txt", "fin/two.txt")
    certificate = certificate_of(council, name)
    first, *_ = pages(rendering.pdf(certificate))
    for words in (
        f"Certificate of disposal, batch {name} Thornbridge District Council, share files.",
        "2 files destroyed.",
        "6 years after the end of the financial year of the day the record was created",
        "Invoices",
        "Limitation Act 1980 s.2",
        "Asked for by rita on 23 November 2026, 09:00 UTC. Approved by ann on 23 November 2026,",
        "removal of the file-system name",
        "Time to undo: 30 days.",
        "storage media were not sanitised",
        "Nightly backup",
        "This page is a rendering for reading. The evidence is the signed file inside this PDF.",
        "EVERYTHING ADDS UP",
        json.loads(certificate.document)["checkpoint"].split("\n")[0],
    ):
        assert words in first, words
    assert hashlib.sha256(certificate.document).hexdigest() in first.replace(" ", "")


def test_the_signed_certificate_can_be_taken_out_again_byte_for_byte(certificate):
    with pikepdf.open(io.BytesIO(rendering.pdf(certificate))) as opened:
        files = opened.attachments
        assert set(files) == {"certificate-B2026-0001.json", "certificate-B2026-0001.sig"}
        taken = {name.rpartition(".")[2]: files[name].get_file().read_bytes() for name in files}
        related = [str(spec.AFRelationship) for spec in opened.Root.AF]
    assert taken == {"json": certificate.document, "sig": certificate.signature}
    assert sorted(related) == ["/Source", "/Supplement"]


def test_it_is_archival_and_accessible(certificate):
    with pikepdf.open(io.BytesIO(rendering.pdf(certificate))) as opened:
        about = opened.open_metadata()
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == "Certificate of disposal, batch B2026-0001"
        assert str(opened.Root.Lang) == "en-GB"
        assert bool(opened.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in opened.Root
        fonts = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary)]
        described = [one for one in fonts if one.get("/Type") == "/FontDescriptor"]
        assert described
        assert all({"/FontFile2", "/FontFile3"} & set(one.keys()) for one in described)
        assert "Encrypt" not in opened.trailer


def test_the_same_certificate_gives_the_same_bytes(certificate):
    assert rendering.pdf(certificate) == rendering.pdf(certificate)
    assert b"D:20261223090000" in rendering.pdf(certificate)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text_wherever_it_stands(certificate, text):
    hostile = listing(
        changed(
            certificate,
            organisation=text,
            share=text,
            known_copies=[text] * 9,
            unsafe=[text],
            not_claimed=[text],
        ),
        {"manifest": {"path": text, "class": text, "authority": text, "due": text}, "reason": text},
        {"outcome": text, "accession": text, "at": text},
    )
    shown = "".join(pages(rendering.pdf(hostile)))
    assert not any(mark in shown for mark in "\u202e\u2066\u200f\x1b\x9b\u4e2d\u05d0\ue000")
    assert "\u0301\u0301" not in shown


def test_markup_in_a_name_stays_what_it_is(certificate):
    shown = "".join(pages(rendering.pdf(listing(certificate, {"manifest": {"path": HOSTILE[0]}}))))
    assert "*bold* _it_ #panic() $x$ `raw` <label> @ref //" in shown
    hidden = listing(certificate, {"manifest": {"path": "a\u202eb\u4e2d"}})
    assert "a\\u{202e}b\\u{4e2d}" in "".join(pages(rendering.pdf(hidden)))


def test_every_item_is_listed_with_what_became_of_it(certificate):
    made = listing(
        certificate,
        {},
        {"outcome": "excluded", "reason": "still needed"},
        {"outcome": "transferred", "accession": "ACC/2026/14"},
        {"outcome": "blocked-by-hold"},
        {"outcome": "failed"},
    )
    first, *rest = pages(rendering.pdf(made))
    assert "1 file destroyed. 1 file transferred to the archive. 3 files of the batch" in first
    listed = " ".join(rest)
    assert "kept: a reviewer took it out" in listed
    assert "still needed" in listed
    assert "accession ACC/2026/14" in listed
    assert "fin/one.txt" in listed


def test_the_heading_of_a_long_list_is_on_each_of_its_pages(certificate):
    _, *rest = pages(rendering.pdf(listing(certificate, *({} for _ in range(120)))))
    assert len(rest) > 3
    assert all("No. File Class Due Outcome SHA-256" in page for page in rest)


def test_a_list_too_long_to_print_is_summarised_and_the_page_says_so(certificate):
    made = listing(certificate, *({} for _ in range(9)), {"outcome": "excluded"})
    *_, last = pages(rendering.pdf(made, most_items=8))
    assert "This batch has 10 files, more than the 8 that are printed." in last
    assert "Listed here: 1 of the 1 that were not destroyed." in last


def test_many_classes_and_copies_leave_the_summary_on_one_page(certificate):
    some = json.loads(certificate.document)["classes"][0]
    many = [{**some, "class": f"FIN-{number}"} for number in range(20)]
    copies = [f"copy number {number} on a server with a long name" for number in range(40)]
    first, second, *rest = pages(
        rendering.pdf(changed(certificate, classes=many, known_copies=copies))
    )
    assert "of 20 classes of the retention schedule" in first
    assert "How to check it" in first
    assert "FIN-19" in second
    assert "copy number 39" in " ".join(rest)


def test_a_certificate_from_before_classes_were_described_can_be_shown(certificate):
    document = json.loads(certificate.document)
    del document["classes"]
    old = Certificate(canonical.dumps(document), certificate.signature)
    assert "see the schedule Limitation Act 1980 s.2" in pages(rendering.pdf(old))[0]


def test_without_the_typesetter_the_error_says_how_to_get_it(certificate, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(RetentionError, match="typst is needed") as caught:
        rendering.pdf(certificate)
    assert "pip install 'retention-agent[pdf]'" in caught.value.diagnosis


def test_a_certificate_that_is_none_gives_no_page(certificate):
    with pytest.raises(RetentionError, match="cannot be set as a PDF"):
        rendering.pdf(changed(certificate, items="none"))


def test_a_pdf_put_into_a_bundle_is_reported_and_one_beside_it_is_not_missed(
    council, site, tmp_path
):
    name = gone(council, site, "fin/one.txt")
    app, folder = council.app, tmp_path / "bundle"
    with app.engine.begin() as connection:
        bundle.export(connection, folder, app.service_key, council.now)
    made = rendering.pdf(certificate_of(council, name))
    (tmp_path / "certificate.pdf").write_bytes(made)
    problems = []
    report = verify.check(reading.read_bundle(folder, problems))
    assert problems + list(report.problems) == []
    (folder / "certificates" / f"{name}.pdf").write_bytes(made)
    reading.read_bundle(folder, problems)
    assert [problem.code for problem in problems] == ["file-unlisted"]


def test_who_agreed_item_by_item_is_named(council, site):
    one, two = council.add("one.txt", b"1"), council.add("two.txt", b"2")
    name = council.propose(one, two).batch
    council.answer(name, {0: Answer("approve"), 1: Answer("reject", "wanted")}, "ann")
    council.answer(name, {0: Answer("approve")}, "omar")
    council.work(dispose, name)
    council.now += council.undo
    council.work(purge, name)
    site.certificate(name)
    text = " ".join(pages(rendering.pdf(certificate_of(council, name))))
    day = "23 November 2026, 09:00 UTC"
    assert f"Approved by ann on {day}, and by omar on {day}." in text
    assert "or for those of them that their answer names" in text

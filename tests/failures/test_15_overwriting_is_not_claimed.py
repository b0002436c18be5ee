"""15: a certificate says that data were overwritten, on storage that does not do so.

coreutils#124: on SSDs, copy-on-write and network storage overwriting a file changes nothing.
"""

import pypdfium2

CLAIMS = ("overwritten with", "wiped", "shredded", "securely", "irrecoverabl", "sanitised to")


def test_neither_certificate_nor_its_pages_claim_more_than_a_name_removed(case):
    desk, pages = case.desk, case.desk.folder / f"{case.name}.pdf"
    batch = desk.approved(case.one)
    desk.do("dispose", batch)
    desk.do("purge", batch)
    signed = desk.do("certificate", batch, "--json", "--pdf", pages).out
    document = pypdfium2.PdfDocument(pages)
    shown = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)
    document.close()
    for text in (signed, shown):
        assert "storage media were not sanitised" in text
        assert "may be recoverable" in text
        assert not any(claim in text.lower() for claim in CLAIMS)

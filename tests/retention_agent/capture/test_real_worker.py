"""The worker as it is shipped, on real documents, confined as it is in service."""

import io
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from docx import Document
from reportlab.pdfgen.canvas import Canvas

from retention_agent.capture.pool import Pool
from retention_agent.capture.reader import CaptureUnavailable

PREPARE = """
import os
from classifiers.model import Organisation
from retention_agent.capture.settings import Settings
from retention_agent.capture.worker import _prepare
_prepare(Settings(Organisation("Example"), {}, {}))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.fixture
def pool(settings):
    patterns = (r"\bHR-\d{4}\b",)
    return Pool(replace(settings, reference_patterns=patterns, memory_bytes=1 << 30))


def pdf(text):
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(72, 720, text)
    canvas.save()
    return file.getvalue()


def docx(text):
    file = io.BytesIO()
    document = Document()
    document.add_paragraph(text)
    document.core_properties.author = "A. Clerk"
    document.save(file)
    return file.getvalue()


def test_real_documents_are_read(office, pool):
    office.write("HR-0001/report.pdf", pdf("the council resolved HR-0042"))
    office.write("letter.docx", docx("Dear Cllr Pritchard"))
    office.write("page.html", "<html><title>Dŵr</title><p>water rates</html>")
    office.write("empty.txt", "")
    office.write("broken.docx", docx("never seen")[:900])
    office.scan()
    result = office.capture(pool)
    assert result.captured == 4
    assert result.unreadable.total() == 1
    assert office.row("HR-0001/report.pdf")["puid"].startswith("fmt/")
    assert office.row("letter.docx")["puid"] == "fmt/412"
    assert office.row("letter.docx")["metadata"]["author"] == "A. Clerk"
    assert office.row("broken.docx")["sha256"] is not None
    found = {"HR-0001": "name", "HR-0042": "text"}
    assert office.references("HR-0001/report.pdf") == found
    assert office.found("resolved") == ["HR-0001/report.pdf"]
    assert office.found("pritchard") == ["letter.docx"]
    assert office.found('"water rates"') == ["page.html"]


def test_a_file_too_large_to_copy_is_read_where_it_is(office, pool, monkeypatch):
    monkeypatch.setattr("retention_agent.capture.reader.MOST_COPIED", 10)
    office.write("long.txt", "longer than ten bytes")
    office.scan()
    assert office.capture(pool).captured == 1
    assert office.found("longer") == ["long.txt"]


def test_a_worker_has_one_thread_until_it_is_confined():
    path = os.pathsep.join(filter(None, sys.path))
    ended = subprocess.run(
        [sys.executable, "-c", PREPARE],
        env={"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert ended.stdout == b"1\n"


def test_mistakes_in_the_settings_are_told_before_any_file_is_read(office, settings):
    office.write("a.txt", "text")
    office.scan()
    with pytest.raises(CaptureUnavailable) as caught:
        office.capture(Pool(replace(settings, reference_patterns=("(HR",))))
    assert "'(HR' is no RE2 pattern: missing )" in caught.value.diagnosis[0]
    assert office.row("a.txt")["capture"] == "pending"

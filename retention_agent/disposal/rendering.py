"""The certificate as PDF/A-3 for people, with the signed certificate itself inside (ISO 19005-3).

The pages are made by a template that reads the certificate's own JSON. They are a rendering: what
counts as evidence is the attached file, which is the certificate byte for byte, and its signature.
The same certificate gives the same bytes. Neither the network nor a font of the machine is used.
"""

import hashlib
import json
from datetime import datetime
from importlib import resources
from types import ModuleType

from retention_agent.audit.certified import Certificate
from retention_agent.errors import RetentionError

TEMPLATE = "certificate.typ"
STANDARDS = ("a-3a", "ua-1")
MOST_ITEMS = 5_000
"""files that are printed; a longer list is in the attached certificate only"""

_NOWHERE = "/nonexistent"  # packages of the typesetter would come from the network


def pdf(issued: Certificate, most_items: int = MOST_ITEMS) -> bytes:
    """The PDF of a certificate.

    Raises:
        RetentionError: the typesetter is not installed, or cannot set this certificate.
    """
    typst = _typesetter()
    document = json.loads(issued.document)
    moment = datetime.fromisoformat(document["issued"])
    try:
        made: bytes = typst.compile(
            resources.files("retention_agent.disposal").joinpath(TEMPLATE).read_bytes(),
            sys_inputs={
                "certificate": issued.document.decode(),
                "signature": json.dumps(list(issued.signature)),
                "digest": hashlib.sha256(issued.document).hexdigest(),
                "most_items": str(most_items),
            },
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
            ignore_system_fonts=True,
            package_path=_NOWHERE,
            package_cache_path=_NOWHERE,
            pdf_standards=list(STANDARDS),
            timestamp=int(moment.timestamp()),
        )
    except typst.TypstError as error:
        raise RetentionError(
            f"the certificate of batch {document['batch']} cannot be set as a PDF: {error}",
            "The signed certificate is unharmed: retention certificate BATCH --out FILE",
        ) from error
    return made


def _typesetter() -> ModuleType:
    try:
        import typst  # noqa: PLC0415  (an extra: everything else works without it)
    except ModuleNotFoundError as error:
        raise RetentionError(
            "to write a PDF, the Python package typst is needed, and it is not installed",
            "pip install 'retention-agent[pdf]'",
            "The signed certificate needs nothing: retention certificate BATCH --out FILE",
        ) from error
    return typst

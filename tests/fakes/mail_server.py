"""A real mail server on this machine, which takes, refuses or drops what it is sent."""

import ssl
import subprocess
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Taken:
    """What the server took, and how it answers."""

    letters: list[Message] = field(default_factory=list)
    refuse: frozenset[str] = frozenset()
    drop: bool = False
    answer: str = "250 taken"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002
        if address in self.refuse:
            return "550 no such mailbox here \x1b[31m"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002
        if self.drop:
            server.transport.abort()
            return "451 gone"
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


class Running(Controller):
    """The server in a thread of its own, on a port that was free."""

    def __init__(self, taken: Taken, **options: object) -> None:
        super().__init__(taken, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def certificate(folder: Path, name: str = "127.0.0.1") -> Path:
    """A key and a certificate for this machine, signed by itself, in one file."""
    made = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}",
         "-keyout", str(made), "-out", str(folder / "cert.tmp")],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_text(made.read_text() + (folder / "cert.tmp").read_text())
    return made


def context(pem: Path) -> ssl.SSLContext:
    """For the server's side of TLS."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(pem)
    return made


def only(password: str):
    """An authenticator that knows one password."""

    def check(server: SMTP, session, envelope, mechanism, data) -> AuthResult:  # noqa: ARG001
        good = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=good, handled=good)

    return check

"""The XML parser fetches nothing, expands nothing and keeps nothing it has read."""

import contextlib
import io
import socket
import threading

import pytest
from lxml import etree

from indexer.extract.markup import Grammar, events, feed, fields, running_text, stream
from indexer.limits import TextBuffer

GRAMMAR = Grammar(text={"t": ""}, marks={"p": "\n"}, skip=frozenset({"old"}))


def text_of(*chunks: bytes) -> str:
    text = TextBuffer()
    running_text(chunks, GRAMMAR, text)
    return text.text()


def test_text_comes_in_document_order_whatever_the_pieces():
    xml = b"<d><p><t>one</t><old><t>hidden</t></old><t> two</t></p><p><t>three</t></p></d>"
    assert text_of(xml) == "one two\nthree\n"
    assert text_of(*(xml[at : at + 1] for at in range(len(xml)))) == "one two\nthree\n"


def test_an_external_entity_is_not_read(tmp_path):
    canary = tmp_path / "canary"
    canary.write_text("CANARY")
    xml = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{canary.as_uri()}">]><d><p><t>a&x;b</t></p></d>'
    assert "CANARY" not in text_of(xml.encode())


def test_no_address_is_visited():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        visits = []
        waiting = threading.Thread(target=lambda: visits.extend(_visit(listener)))
        waiting.start()
        for xml in (
            f'<!DOCTYPE d SYSTEM "http://127.0.0.1:{port}/a.dtd"><d><p><t>x</t></p></d>',
            f'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/b">%x;]><d/>',
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/c">]><d a="1">&x;</d>',
            f'<d xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="http://127.0.0.1:{port}/d"/></d>',
        ):
            text_of(xml.encode())
        waiting.join()
    assert visits == []


def _visit(listener: socket.socket) -> list[str]:
    try:
        return [str(listener.accept()[1])]
    except TimeoutError:
        return []


def bomb(depth: int, width: int, use: str) -> bytes:
    entities = '<!ENTITY e0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * width}">' for level in range(1, depth)
    )
    return f"<!DOCTYPE d [{entities}]>{use.format(last=f'&e{depth - 1};')}".encode()


@pytest.mark.parametrize("use", ["<d><p><t>{last}</t></p></d>", '<d a="{last}"><p/></d>'])
def test_entities_do_not_multiply(use):
    try:
        text = text_of(bomb(12, 10, use))
    except etree.XMLSyntaxError:
        text = ""
    assert len(text) < 100


def test_one_long_entity_used_often_does_not_multiply():
    long = "a" * 100_000
    xml = f'<!DOCTYPE d [<!ENTITY e "{long}">]><d><p><t>{"&e;" * 10_000}</t></p></d>'
    with pytest.raises(etree.XMLSyntaxError, match="amplification"):
        text_of(xml.encode())


def test_depth_has_a_ceiling():
    with pytest.raises(etree.XMLSyntaxError):
        text_of(b"<p>" * 100_000)


def test_a_listener_hears_no_expanded_entity():
    class Listener:
        heard = 0

        def start(self, _, attributes):
            self.heard += sum(map(len, attributes.values()))

        def end(self, _):
            pass

        def data(self, data):
            self.heard += len(data)

        def close(self):
            pass

    listener = Listener()
    with contextlib.suppress(etree.XMLSyntaxError):
        feed([bomb(12, 10, "<d>{last}</d>")], listener)
    assert listener.heard < 10_000_000


def test_leaf_fields_are_read_by_local_name():
    xml = b'<c xmlns:d="u"><d:title>A</d:title><title>B</title><x><y/></x></c>'
    assert fields([xml]) == {"title": "A"}


def test_a_file_is_streamed_from_its_start():
    source = io.BytesIO(b"<d/>")
    source.read()
    assert [event for event, _ in events(stream(source))] == ["start", "end"]

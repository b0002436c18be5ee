import json

from classifiers.model import ClassHint, Organisation
from retention_agent.capture.settings import Settings, default_workers, from_document, to_document


def test_settings_survive_the_way_to_a_worker():
    settings = Settings(
        organisation=Organisation("Cyngor Tref Enghraifft", ("Example Town Council",)),
        classes={"FIN-001": ClassHint("Invoices", ("invoice", "anfoneb"), 7.0)},
        cues={"finance.toml": {"version": 1, "classes": {"FIN-001": []}}},
        reference_patterns=(r"HR-\d+",),
        workers=3,
        seconds=12.5,
        memory_bytes=1 << 29,
        files_per_worker=10,
    )
    assert from_document(json.loads(json.dumps(to_document(settings)))) == settings


def test_there_are_never_more_than_four_workers_by_default():
    assert 1 <= default_workers() <= 4

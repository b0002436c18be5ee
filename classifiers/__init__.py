"""What class is this record? Text and names in, a class with its evidence out.

The package is pure: it opens nothing, asks no clock and keeps no state. The application reads the
cue tables (``cues/*.toml``) and the schedule and hands them over as values.
"""

from classifiers.decide import MARGIN, classify
from classifiers.issuer import Standing
from classifiers.measure import Judged, Measurement, measure
from classifiers.model import (
    Candidate,
    ClassHint,
    Classification,
    Document,
    Evidence,
    Organisation,
)
from classifiers.names import name_pattern
from classifiers.reasons import REASONS
from classifiers.ruleset import CueError, Ruleset, parse_ruleset
from classifiers.text_quality import text_quality

__all__ = [
    "MARGIN",
    "REASONS",
    "Candidate",
    "ClassHint",
    "Classification",
    "CueError",
    "Document",
    "Evidence",
    "Judged",
    "Measurement",
    "Organisation",
    "Ruleset",
    "Standing",
    "classify",
    "measure",
    "name_pattern",
    "parse_ruleset",
    "text_quality",
]

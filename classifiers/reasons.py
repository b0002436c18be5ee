"""Why a class was given automatically, or why a person is asked; each code with its explanation."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "agreeing-evidence": (
        "Two or more independent kinds of evidence name the class, it leads every other class by "
        "the margin, the paper is the council's own, and its name says nothing else."
    ),
    "no-evidence": "Nothing in the text, the name or the folder points to any class.",
    "no-text": "There is no text to read, so only the names were looked at.",
    "garbled-text": (
        "The text is broken: more than one character in a hundred is a control character. "
        "It was not used; reading the page images again may help."
    ),
    "keywords-only": (
        "Only words of the schedule's titles and keywords occur. "
        "They rank suggestions and never decide."
    ),
    "class-not-in-schedule": "The evidence points to a class that the schedule does not have.",
    "another-body": (
        "Another body is named first, so this may be a paper received, not the council's own."
    ),
    "issuer-unknown": (
        "No council is named in the first 800 characters, and the class is not one of papers for "
        "inside use."
    ),
    "mail-message": (
        "The document is a mail message that quotes, forwards or attaches something, or whose own "
        "text shows too little. What a mail carries is not what the mail is."
    ),
    "template": "The document says that it is a template, a blank form or a specimen.",
    "guidance": "The document explains how something is done; it is not itself such a record.",
    "draft": "The document says that it is a draft; its final version may be the record.",
    "public-notice": "The document is a public notice, for which the schedule has no class.",
    "name-contradicts-content": "The file name points to one class and the content to another.",
    "one-kind-of-evidence": "Only one kind of evidence speaks for the class; two are needed.",
    "narrow-margin": "Another class is too close to this one.",
    "destroyed-at-once": (
        "The schedule lets records of this class be destroyed as soon as the trigger occurs, "
        "so a person decides."
    ),
}
"""Every reason code with one paragraph for people."""

VETO_REASONS = frozenset(("template", "guidance", "draft", "public-notice"))
"""The codes that a veto of the cue table may give."""

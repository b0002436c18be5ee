"""What a check of the evidence can find, by code.

Standard library only, because the offline verifier carries this module.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CODES: Mapping[str, str] = {
    # the folder
    "file-missing": "A file that every bundle has is not there.",
    "file-unreadable": "A file or a line of it is not in the form it was written in.",
    "file-changed": "A file is not the one that was exported.",
    "file-unlisted": "A file was added to the bundle.",
    "contents-unsigned": "The list of the bundle's files was not signed by the log's key.",
    "key-malformed": "The log's public key cannot be read.",
    # the log
    "leaf-malformed": "An entry of the log is not in canonical form or lacks a field.",
    "leaf-number": "Entries of the log are missing, repeated or out of order.",
    "log-changed": "The log's entries do not give the root that was signed.",
    "log-cut": "The log has fewer entries than were signed.",
    "tree-differs": "The stored hashes, from which roots and proofs are made, are not the log's.",
    "log-unsigned": "The log has entries that no checkpoint covers.",
    "checkpoint-missing": "The log was never signed.",
    "checkpoint-bad": "A checkpoint is malformed or not signed by the log's key.",
    "checkpoint-order": "The checkpoints are not in order of size.",
    "kept-differs": "The log does not continue the checkpoint that was kept from earlier.",
    # clear text behind the log's commitments
    "opening-changed": "The clear text of a field is not what the log committed to.",
    "opening-unknown": "Clear text is given for a field that the log does not have.",
    "opening-missing": "Clear text is missing, and the log does not say that it was erased.",
    "opening-not-erased": "The log says that clear text was erased, but it is still there.",
    # people
    "keyring-broken": "A version of the keyring was not signed as it had to be.",
    "keyring-log": "The keyring's versions are not those that the log saw come into force.",
    "statement-refused": "A statement was not made by somebody who might make it.",
    "statement-unlogged": "The log did not see this statement come in.",
    "statement-missing": "The log saw a statement come in that is no longer there.",
    "statement-order": "Statements are repeated or not in the order the log saw.",
    # batches and certificates
    "manifest-differs": "A batch's manifest is not the one that was signed for.",
    "manifest-unsigned": "A batch's manifest is there, but nobody asked for its disposal.",
    "manifest-missing": "Somebody asked for the disposal of a batch whose manifest is not there.",
    "certificate-malformed": "A certificate lacks something that a certificate has.",
    "certificate-forged": "A certificate was not signed by the log's key as it stands.",
    "certificate-differs": "A certificate is not the one that the log saw issued.",
    "certificate-missing": "The log saw a certificate issued that is no longer there.",
    "certificate-checkpoint": "A certificate rests on a checkpoint that the log never had.",
    "certificate-proof": "A certificate's proof does not lead to the log entry it names.",
    "certificate-items": "A certificate's items are not the files that the log saw destroyed.",
    "approval-missing": "Files were destroyed without the request and two approvals they need.",
    "approval-late": "Files were destroyed on approvals that came later or had expired.",
    "destroyed-excluded": "A file was destroyed that a reviewer had taken out of its batch.",
    "destroyed-kept": "A file was destroyed that a reviewer had answered to keep.",
    "destroyed-rejected": "A file was destroyed though it, or its batch, had been rejected.",
    "destroyed-twice": "The log saw one file destroyed twice.",
    "destroyed-unbinned": "The log did not see a destroyed file moved to the disposal bin.",
    "destroyed-uncovered": "The log saw a file destroyed that belongs to no batch with a mandate.",
    "transfer-unconfirmed": "A file left its share for an archive that had not confirmed it.",
    "transfer-unasked": "A file was transferred or destroyed, and the other was signed for.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not add up."""

    code: str
    """one of `CODES`"""
    where: str
    message: str


def shortened(numbers: Iterable[int]) -> str:
    """Numbers in ascending order, runs of them as `3-7`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)

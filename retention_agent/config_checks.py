"""What a configuration may not say although every key of it is known and of the right kind."""

import itertools
import os
import re
import zoneinfo
from collections.abc import Iterator

from classifiers.references import PatternError, compile_patterns
from retention_agent.config import Config, Mail, ShareConfig
from retention_agent.errors import nearest

SHORTEST_UNDO_DAYS = 7
LONGEST_APPROVAL_DAYS = 30
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_NOT_IN_NAMES = ":=/"  # commands take SHARE:PATH and NAME=PATH


def problems_of(config: Config) -> Iterator[str]:
    """What is wrong with the values of a configuration, each beginning with its key."""
    disposal, capture = config.disposal, config.capture
    checks = {
        f"disposal.undo_days: must be {SHORTEST_UNDO_DAYS} or more": (
            disposal.undo_days >= SHORTEST_UNDO_DAYS
        ),
        f"disposal.approval_days: must be from 1 to {LONGEST_APPROVAL_DAYS}": (
            1 <= disposal.approval_days <= LONGEST_APPROVAL_DAYS
        ),
        'disposal.unsafe_undo_window: must be "off" or "none"': (
            disposal.unsafe_undo_window in {"off", "none"}
        ),
        "capture.workers: must be from 0 to 64": 0 <= capture.workers <= 64,  # noqa: PLR2004
        "capture.seconds_per_file: must be 1 or more": capture.seconds_per_file >= 1,
        "capture.memory_mib: must be 256 or more": capture.memory_mib >= 256,  # noqa: PLR2004
        "organisation.time_zone: is not the name of a time zone": (
            config.organisation.time_zone in zoneinfo.available_timezones()
        ),
    }
    yield from (message for message, holds in checks.items() if not holds)
    yield from _pattern_problems(capture.reference_patterns)
    yield from _share_problems(config)
    yield from _mail_problems(config.mail) if config.mail else ()
    for number, share in enumerate(config.shares, 1):
        yield from (f"shares[{number}].{problem}" for problem in _pace_problems(share))
    yield from _access_problems(config)


def _pattern_problems(patterns: tuple[str, ...]) -> Iterator[str]:
    for number, pattern in enumerate(patterns, 1):
        try:
            compile_patterns([pattern])
        except PatternError as error:
            yield f"capture.reference_patterns[{number}]: {error}"


def _mail_problems(mail: Mail) -> Iterator[str]:
    if mail.security not in {"starttls", "tls", "none"}:
        yield 'mail.security: must be "starttls", "tls" or "none"'
    if mail.security == "none" and mail.host not in THIS_MACHINE:
        yield "mail.security: none is for a server on this machine only; write starttls or tls"
    if not 0 < mail.port < 2**16:
        yield "mail.port: must be from 1 to 65535"
    named = {f"addresses.{person}": one for person, one in mail.addresses.items()}
    for where, address in {"sender": mail.sender, **named}.items():
        if not _ADDRESS.fullmatch(address):
            yield f"mail.{where}: {address!r} is not an address such as ann@council.example"


def _share_problems(config: Config) -> Iterator[str]:
    """Names that commands would misread, and folders that lie in one another.

    A file on two shares would have two records, and a hold on one would not keep the other.
    """
    names = [share.name for share in config.shares]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"shares: two shares are called {name!r}"
    for number, name in enumerate(names, 1):
        if not name.isprintable() or set(name) & set(_NOT_IN_NAMES) or name != name.strip():
            yield f"shares[{number}].name: {name!r} may not hold : = / or blanks around it"
    folders = [os.path.realpath(config.source.parent / share.path) for share in config.shares]
    state = os.path.realpath(config.state_folder)
    for number, folder in enumerate(folders, 1):
        if _lies_in(state, folder):
            yield f"shares[{number}].path: the state folder {state} must not lie on a share"
    for one, other in itertools.permutations(range(len(folders)), 2):
        same = folders[one] == folders[other]
        if _lies_in(folders[one], folders[other]) and not (same and one < other):
            yield f"shares[{one + 1}].path: it lies on share {names[other]!r} already"


def _pace_problems(share: ShareConfig) -> Iterator[str]:
    for key in ("files_per_second", "megabytes_per_second"):
        rate = getattr(share, key)
        if rate is not None and rate < 1:
            yield f"{key}: must be 1 or more; for no limit remove the key"
    try:
        _ = share.hours
    except ValueError as error:
        yield str(error)


def _access_problems(config: Config) -> Iterator[str]:
    """A part without limits, which would be everything, and one that lies on no share."""
    known = [share.name for share in config.shares]
    for number, part in enumerate(config.access, 1):
        if not (part.share or part.folder or part.classes):
            yield f"access[{number}]: says no share, folder or classes; say what is closed"
        if part.share and part.share not in known:
            yield f"access[{number}].share: no share is called {part.share!r}" + nearest(
                part.share, known
            )
        if ".." in part.folder.split("/"):
            yield f"access[{number}].folder: {part.folder!r} leads out of the share"


def _lies_in(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder

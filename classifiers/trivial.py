"""Files that are nobody's record: left behind by programs, or empty.

Only names that programs make count, never a short text or an old date: what a person wrote may be
a record, however little it is. To be trivial makes nothing disposable by itself.
"""

import re
from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "a folder's thumbnails or settings": (
        r"thumbs\.db|ehthumbs.*\.db|desktop\.ini|\.ds_store|\.directory|\.localized"
    ),
    "an editor's lock or swap file": r"~\$.+|\.~lock\..+#|~wrl\d+\.tmp|\.[^/]+\.sw[opx]",
    "a temporary or unfinished file": r".+\.(?:tmp|temp|crdownload|partial|part)|~.*\.tmp",
    "a crash dump": r".+\.(?:dmp|mdmp|hdmp)|core\.\d+",
    "a shortcut": r".+\.(?:lnk|pif)",
    "a macOS resource fork": r"\._.+",
}
_COMPILED = {
    reason: re.compile(pattern, re.IGNORECASE | re.DOTALL) for reason, pattern in _NAMES.items()
}

EMPTY = "an empty file"
REASONS = (*_NAMES, EMPTY)


def trivial(name: str, size: int) -> str | None:
    """Why a file of this name and size in bytes is trivial, or None."""
    if size == 0:
        return EMPTY
    return next((why for why, pattern in _COMPILED.items() if pattern.fullmatch(name)), None)

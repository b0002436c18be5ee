"""Reads one workbook from stdin and prints its sheets as JSON; runs in a process of its own.

A workbook of some kilobytes can unpack to any size: one long text, or one cell in the last corner
of a sheet. Whoever made it may be a stranger; so what it costs is limited, and this process alone
ends.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time

import python_calamine

MEMORY = 2 * 2**30
"""bytes of address space"""
SECONDS = 60
"""of processor time"""
NOT_A_WORKBOOK = 65


def text_of(cell: object) -> str:
    """A cell as text: a whole number without a decimal point, a date as 2026-11-23."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def main() -> int:
    """Read, within limits; answers with the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheets = {
            name: [list(map(text_of, row)) for row in book.get_sheet_by_name(name).to_python()]
            for name in book.sheet_names
        }
    except python_calamine.CalamineError as error:
        sys.stderr.write(str(error))
        return NOT_A_WORKBOOK
    json.dump(sheets, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""An example for every command, shown at the end of its `--help`; a test parses each of them."""

from collections.abc import Mapping

import click

EXAMPLES: Mapping[str, str] = {
    "init": "init --dir /var/lib/retention --share finance=/srv/finance",
    "share list": "share list",
    "share add": "share add hr=/srv/hr",
    "share enable": "share enable hr",
    "share accept": "share accept hr --reason 'moved to the new file server on Monday'",
    "share unfreeze": "share unfreeze hr --reason 'a folder was moved to another server'",
    "doctor": "doctor",
    "scan": "scan finance",
    "status": "status",
    "report": "report --by owner --html report.html",
    "unreadable": "unreadable --reason encrypted --csv encrypted.csv",
    "unreadable retry": "unreadable retry --reason permission-denied",
    "find": "find 'budget AND monitoring' --share finance",
    "search save": ("search save foi-114 'bridge AND inspect*' --share finance --from 2019-04-01"),
    "search list": "search list",
    "search show": "search show foi-114",
    "search run": "search run foi-114 --as ivy",
    "search forget": "search forget foi-114",
    "search person add": (
        "search person add sar-14 --name 'Jane Smith' --alias 'Jane Jones'"
        " --email jane@example.org --reference HR/2019/0042"
    ),
    "search person list": "search person list",
    "search person remove": "search person remove sar-14 'Jane Jones'",
    "search person erase": "search person erase sar-14",
    "search batch": "search batch terms.xlsx --share hr --output hits.xlsx",
    "search export": (
        "search export --person sar-14 --copies --as ivy --request 'SAR 2026/14'"
        " --output /secure/sar-14"
    ),
    "show": "show 'finance:2015/budget.xlsx'",
    "explain": "explain 388",
    "classify": "classify 'hr:letters/resignation.docx' HRP-002 --reference HR/2009/0143",
    "evaluate": "evaluate labels.csv",
    "schedule check": "schedule check schedule.xlsx",
    "schedule import": "schedule import schedule.xlsx",
    "schedule diff": "schedule diff schedule.xlsx",
    "schedule simulate": "schedule simulate schedule.xlsx",
    "schedule adopt": "schedule adopt --key ann.pem",
    "schedule export": "schedule export --output schedule.xlsx",
    "schedule moratoria": "schedule moratoria",
    "event add": "event add --reference HR/2009/0143 --trigger employment_end --on 2018-03-31",
    "event withdraw": "event withdraw 12",
    "event fact": "event fact --reference CHS/2006/0046 --fact subject-has-died --true",
    "event list": "event list",
    "event import": (
        "event import leavers.xlsx --trigger employment_end --column 'on=Last day' --dry-run"
    ),
    "event lists": "event lists",
    "event undo": "event undo 3",
    "event references": "event references",
    "hold place": (
        "hold place foi-114 --title 'Bridge inspection' --authority 'FOI 2026/114'"
        " --reason 'request received' --review-by 2027-01-31 --path finance:bridges"
    ),
    "hold list": "hold list",
    "hold diff": "hold diff foi-114",
    "hold review": "hold review foi-114 --next-date 2027-07-31 --note 'appeal still open'",
    "hold report": "hold report --xlsx holds.xlsx",
    "hold release": "hold release foi-114 --reason answered --key ann.pem",
    "due": "due --share finance",
    "propose": "propose finance --key rita.pem",
    "review": "review B2026-0001 --person ann.archer",
    "answer": "answer B2026-0001 approve --all --key ann.pem",
    "approve": "approve B2026-0001 --key ann.pem",
    "reject": "reject B2026-0001 --item 3 --reason 'wanted for the museum' --key ann.pem",
    "delegate": ("delegate omar --from 2026-12-21 --until 2027-01-04 --reason leave --key ann.pem"),
    "notify": "notify --send",
    "dispose": "dispose B2026-0001",
    "restore": "restore 388 --reason 'needed for an appeal'",
    "purge": "purge B2026-0001",
    "transfer export": "transfer export B2026-0001 --to /srv/archive/B2026-0001",
    "transfer list": "transfer list",
    "transfer receipt": (
        "transfer receipt B2026-0001 receipt.csv --verify-at /mnt/archive/B2026-0001"
    ),
    "certificate": "certificate B2026-0001 --out certificate.json",
    "trace": "trace 'budget.xlsx'",
    "log list": "log list --last 20",
    "log checkpoint": "log checkpoint",
    "log confirm-clock": "log confirm-clock",
    "log export": "log export evidence",
    "verify": "verify evidence",
    "key new": "key new ann.archer --out ann.pem",
    "key show": "key show ann.archer --key ann.pem",
    "person add": "person add ann.pem.pub --name 'Ann Archer' --role approver",
    "person remove": "person remove ann.archer",
    "person sign": "person sign --key ann.pem",
    "person list": "person list",
    "completion": "completion bash",
}


def with_example(command: click.Command, path: str) -> click.Command:
    """The command, with the example of itself and of each of its subcommands."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            with_example(inner, f"{path} {name}")
    if path in EXAMPLES:
        # \b: not to be wrapped, so that it can be copied
        command.epilog = f"\b\nExample: retention {EXAMPLES[path]}"
    return command

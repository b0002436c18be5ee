"""Does the main job on a demo share, step by step, and prints each command before its output.

    python -m demo.run                    everything, on a share made for the purpose
    python -m demo.run --share /a/folder  the read-only part, on a share of yours

The state stays in demo-run/ afterwards, to be explored with the same commands.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from demo import archiving, beginning, disposing, looking, proving, requests
from demo.shell import HOME, WORK, leave_command, retention, step


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=Path, help="a folder of yours; it is only read")
    chosen = parser.parse_args()
    if WORK.exists():
        shutil.rmtree(WORK)
    WORK.mkdir(mode=0o700)
    if chosen.share:
        _look_at(chosen.share.absolute())
    else:
        _whole_job()
    leave_command()
    print(f"\nThe state stays in {WORK.name}/. Explore it: cd {WORK.name} && ./retention status")


def _look_at(share: Path) -> None:
    beginning.set_up(share, "This council")
    looking.look_around("council")
    looking.show_unread()
    looking.report()
    retention("doctor")


def _whole_job() -> None:
    share, labels = WORK / "share", WORK / "labels.csv"
    step("A share as a council has it, made for this run")
    made = [sys.executable, "-m", "demo.make_share", str(share), "--labels", str(labels)]
    subprocess.run(made, cwd=HOME, check=True)
    beginning.set_up(share, "Thornbridge District Council", "--disposal")
    beginning.configure()
    beginning.make_people()
    beginning.adopt_schedule()
    looking.look_around("budget")
    looking.show_unread()
    looking.measure(labels)
    looking.record_events()
    folder = looking.what_is_due()
    looking.report()
    requests.answer_a_request(folder)
    requests.answer_a_person()
    requests.release_a_hold()
    batch = disposing.dispose_of_a_batch()
    archiving.transfer_a_batch()
    proving.certify(batch)
    proving.trace(batch)
    proving.verify_and_tamper()


if __name__ == "__main__":
    main()

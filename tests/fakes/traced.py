"""Runs a script under strace, to be killed or made to fail at any of its system calls."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path


class Traced:
    """A script over a council in a folder of its own; `given` are the script's arguments."""

    def __init__(self, tracer, folder, script, given):
        self.tracer, self.folder, self.script, self.given = tracer, folder, script, given

    def run(self, *before, arguments=()):
        command = [*before, sys.executable, str(self.script), *self.given, *map(str, arguments)]
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(self.script).parents[2]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(command, env=environment, capture_output=True, check=False)

    def traced(self, *options, arguments=()):
        trace = str(self.folder / "trace")
        before = (self.tracer, "-f", "-qq", "-o", trace, *options)
        return self.run(*before, arguments=arguments)

    def inject(self, point, what, arguments=()):
        """Run with something happening at one call."""
        call, number = point[:2]
        chosen = (f"trace={call}", f"inject={call}:{what}:when={number}")
        return self.traced("-e", chosen[0], "-e", chosen[1], arguments=arguments)

    def points(self, *calls, arguments=()):
        """Every call of these kinds that an undisturbed run makes in the folder.

        With each goes its number among the calls of its kind, and whether it is on the share.
        """
        traced = ("-y", "-e", f"trace={','.join(calls)}")
        done = self.traced(*traced, arguments=arguments)
        assert done.returncode == 0, done.stderr.decode()
        seen, found = Counter(), []
        for line in (self.folder / "trace").read_text().splitlines():
            call = re.match(r"\d+ +(\w+)\(", line)
            if call:
                seen[call[1]] += 1
                if str(self.folder) in line:
                    found.append((call[1], seen[call[1]], f"{self.folder}/share" in line))
        return found

    def present(self):
        """What stands on the share, with the disposal bin."""
        share = self.folder / "share"
        return {
            str(path.relative_to(share)): path.read_bytes()
            for path in share.rglob("*")
            if path.is_file() and path.name != ".retention-share"
        }

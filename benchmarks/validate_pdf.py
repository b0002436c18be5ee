#!/usr/bin/env python3
"""Checks certificates' PDFs with veraPDF, which Maven fetches; needs `mvn` and `java`.

python benchmarks/validate_pdf.py CERTIFICATE.pdf...
"""

import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "1.28.2"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
FLAVOURS = ("3a", "ua1")
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.verapdf.apps</groupId><artifactId>greenfield-apps</artifactId>
    <version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""


def main(files: list[str]) -> int:
    """Print veraPDF's verdicts; 0 if every file passes every flavour."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pom.xml").write_text(POM, encoding="utf-8")
        fetch = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]
        subprocess.run(fetch, cwd=folder, check=True)
        java = ["java", "-cp", f"{folder}/lib/*", MAIN, "--format", "text"]
        runs = [
            subprocess.run(
                [*java, "--flavour", flavour, *files], check=False, capture_output=True, text=True
            )
            for flavour in FLAVOURS
        ]
    verdicts = [line for run in runs for line in run.stdout.splitlines()]
    sys.stdout.write("\n".join(verdicts) + "\n")
    passed = sum(line.startswith("PASS ") for line in verdicts)
    return 0 if passed == len(files) * len(FLAVOURS) else 1


if __name__ == "__main__":
    sys.exit(main([str(Path(name).resolve()) for name in sys.argv[1:]]))

"""Zip what the paths name and store it with the run; a name is taken once."""

import io
import os
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote

import requests

_NOT_IN_NAMES = '":<>|*?\r\n\\/'
_NOT_IN_PATHS = '":<>|*?\r\n'


def main() -> None:
    """Upload, or say that there is nothing."""
    name = os.environ["INPUT_NAME"]
    if not name or set(name) & set(_NOT_IN_NAMES):
        sys.exit(f"::error::The artifact name is not valid: {name}")
    files, root = found([line for line in os.environ["INPUT_PATH"].splitlines() if line.strip()])
    if not files:
        print("No files were found with the provided path")
        sys.exit(1 if os.environ["INPUT_NONE"] == "error" else 0)
    content = zipped(files, root)
    address = f"{os.environ['CONTROL']}/artifacts/{quote(name, safe='')}"
    headers = {"X-Temporary": os.environ["RUNNER_TEMP"]}
    answer = requests.post(address, content, headers=headers, timeout=60)
    if not answer.ok:
        sys.exit(f"::error::{answer.text}")
    print(f"Artifact {name}: {len(files)} files, {len(content)} bytes")


def found(patterns: list[str]) -> tuple[list[Path], Path]:
    """The files, and the folder that their names in the zip start from. Hidden ones are left out."""
    files: list[Path] = []
    starts: list[Path] = []
    for pattern in patterns:
        path = Path(os.environ["GITHUB_WORKSPACE"], pattern.strip())
        if set(pattern) & set("!*?["):
            sys.exit("::error::the stand-in knows files and folders, no patterns")
        starts.append(path)
        files += [path] if path.is_file() else (x for x in path.rglob("*") if x.is_file())
    one_file = len(starts) == 1 and starts[0].is_file()
    root = starts[0].parent if one_file else Path(os.path.commonpath(starts))
    shown = {x for x in files if not any(part[0] == "." for part in x.relative_to(root).parts)}
    return sorted(shown), root


def zipped(files: list[Path], root: Path) -> bytes:
    """The zip; links are followed, as the real action does."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            name = path.relative_to(root).as_posix()
            if set(name) & set(_NOT_IN_PATHS):
                sys.exit(f"::error::The path for one of the files in artifact is not valid: {name}")
            archive.writestr(name, path.read_bytes())
    return content.getvalue()


main()

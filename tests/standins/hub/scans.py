"""The security scan of a repository's files, as tests set it."""

from typing import Any

from tests.standins.hub.contents import File
from tests.standins.hub.state import Repository

LEVELS = ("safe", "unscanned", "queued", "error", "caution", "suspicious", "unsafe")
_ISSUES = frozenset({"caution", "suspicious", "unsafe"})


def file_status(repository: Repository, file: File) -> dict[str, Any]:
    """`securityFileStatus` of a file: safe unless a test said otherwise."""
    said = repository.scans.get(file.path, {"status": "safe", "imports": []})
    status = said["status"]
    pickle = {"status": "unscanned", "pickleImports": [], "version": "0.0.0"}
    if said["imports"]:
        pickle = {"status": status, "pickleImports": said["imports"], "version": "1.0.0"}
    unscanned = {"status": "unscanned", "message": None, "reportLink": "", "reportLabel": ""}
    return {
        "status": status,
        "jFrogScan": unscanned,
        "protectAiScan": unscanned,
        "avScan": {"status": "safe" if said["imports"] else status, "message": None,
                   "reportLink": "", "reportLabel": "", "version": "1.4.3"},
        "pickleImportScan": pickle,
        "virusTotalScan": {"status": "unscanned"},
    }  # fmt: skip


def repository_status(repository: Repository) -> dict[str, Any]:
    """`securityRepoStatus`: whether every file was scanned, and which have issues."""
    statuses = {path: said["status"] for path, said in repository.scans.items()}
    return {
        "scansDone": not {"unscanned", "queued"} & set(statuses.values()),
        "filesWithIssues": [
            {"path": path, "level": status}
            for path, status in sorted(statuses.items())
            if status in _ISSUES
        ],
    }

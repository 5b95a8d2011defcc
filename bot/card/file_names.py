"""File names in the model repository, made from names that came from outside."""

import re
from hashlib import sha256

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


def file_name(task: str) -> str:
    """`task` itself where it is a harmless file name, as all of mteb's are; else a safe one that is its own."""
    if _SAFE.fullmatch(task):
        return task
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", task)[:60].strip("_-") or "task"
    return f"{safe}-{sha256(task.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"

"""What the inside prints, made harmless for the log of a job: bounded, and no command to GitHub's runner."""

from schemas.problem import shown

_LONGEST_LINE = 1000
PREFIX = "│ "  # a workflow command is one only where its line begins with `::`


class UntrustedLines:
    """Turns bytes, as they come, into lines that may be shown; at most `most_bytes` of them."""

    def __init__(self, most_bytes: int = 4 * 2**20) -> None:
        self._left = most_bytes
        self._pending = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` ends."""
        *whole, self._pending = (self._pending + data).replace(b"\r", b"\n").split(b"\n")
        self._pending = self._pending[: 4 * _LONGEST_LINE]  # UTF-8: a line that never ends is cut
        return [line for each in whole for line in self._shown(each)]

    def close(self) -> list[str]:
        """The last line, if nothing ended it."""
        pending, self._pending = self._pending, b""
        return self._shown(pending)

    def _shown(self, line: bytes) -> list[str]:
        if not line.strip() or self._left <= 0:
            return []
        text = PREFIX + shown(line[: 4 * _LONGEST_LINE].decode(errors="replace"), _LONGEST_LINE)
        self._left -= len(text.encode())
        return [text] if self._left > 0 else [text, f"{PREFIX}… what follows is not shown"]

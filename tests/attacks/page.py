"""`python -m tests.attacks.page` writes the tables of docs/security.md from the attacks."""

import sys

from tests.attacks.attack import ROOT, Attack
from tests.attacks.invariants import INVARIANTS
from tests.attacks.table import ATTACKS

PAGE = ROOT / "docs" / "security.md"
_BEGIN = "<!-- written by `make docs` from tests/attacks: -->"
_END = "<!-- until here -->"


def written(page: str) -> str:
    """The page with its part of ours as the attacks have it."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{_tables()}\n\n{_END}{after}"


def _tables() -> str:
    sections = [
        _section(number, key, text)
        for number, (key, text) in enumerate(INVARIANTS.items(), start=1)
    ]
    return "\n\n".join(sections)


def _section(number: int, key: str, text: str) -> str:
    rows = [_row(attack) for attack in ATTACKS if attack.invariant == key]
    head = "| zone | attack | what the attacker does | tried as |\n| :-- | :-- | :-- | :-- |"
    return "\n".join([f"### {number}. {text}", "", head, *rows])


def _row(attack: Attack) -> str:
    return f"| {attack.zone} | {attack.title} | {attack.threat} | `{attack.id}` |"


def main() -> int:
    """Write the page again."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

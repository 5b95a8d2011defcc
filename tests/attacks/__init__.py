"""Attacks, each tried for real against the local GitHub, the local Hub, the workflows and the sandbox.

`python -m tests.attacks` tries all of them (table.py). An attack is stopped when the attacker gets nothing, a
person is told why, no trace is left for the next job, and that job comes to its honest result.
"""

import sys
from pathlib import Path

# What the attacks share with the tests is imported as the tests import it.
_TESTS = str(Path(__file__).parents[1])
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)

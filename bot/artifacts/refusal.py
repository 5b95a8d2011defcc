"""The one way in which an artifact is refused: which artifact, which entry of it, and the rule that it breaks."""

from schemas.errors import CommandError
from schemas.problem import shown


class RefusedArtifact(CommandError):
    """An artifact breaks a rule; nothing of it is used. `entry` is empty where the rule is about all of it."""

    def __init__(self, artifact: str, entry: str, rule: str) -> None:
        where = f"artifact {shown(artifact, 100)}" + (f", {shown(entry, 200)}" if entry else "")
        super().__init__(
            f"{where}: refused, as {shown(rule, 1000)}",
            "nothing of it is used; look at what the machine that made it was doing",
        )


class BrokenRule(Exception):
    """What is wrong with an entry, or with the whole archive: says nothing of where."""

    def __init__(self, rule: str, entry: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.entry = entry

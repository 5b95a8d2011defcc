"""The whole story on loopback, from a fork's pull request to verified results on the Hub: `make demo`.

The workflows of this repository run as they are; GitHub and the Hub are local stand-ins. Minutes on 2 cores.
"""

import shutil
import sys
from pathlib import Path
from time import monotonic

from examples.demo.narration import Narrator
from examples.demo.page.story_page import render_story
from examples.demo.prepare import BOARD, MAINTAINER, CannotPrepare, prepare
from examples.demo.story import Stage, Stopped, tell
from tests.harness.act import ActMissing, find_act
from tests.harness.world import World

BUILD = Path("build/demo")
PAGE = Path("demo/index.html")
_LOG = 2000  # characters of the log of a run that failed


def main() -> int:
    """Prepare, tell, and write the page; 1 where the story did not come to its end, 3 where it could not begin."""
    narrator = Narrator()
    try:
        find_act()
        return _play(narrator)
    except (ActMissing, CannotPrepare) as error:
        narrator.say(str(error))
        return 3


def _play(narrator: Narrator) -> int:
    shutil.rmtree(BUILD, ignore_errors=True)
    stages: list[Stage] = []

    def hear(kind: str, text: str) -> None:
        for stage in stages:
            stage.hear(kind, text)

    world = World(
        BUILD.resolve() / "world",
        repository=BOARD,
        maintainers=[MAINTAINER],
        on_event=hear,
    )
    began = monotonic()
    with world:
        narrator.say(
            "a local GitHub and a local Hub; what the board has already is measured first …"
        )
        prepare(world, BUILD)
        narrator.say(f"ready after {monotonic() - began:.0f} s")
        stages.append(Stage(world, narrator))
        stopped = _told(stages[0])
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(render_story(stages[0].recorder.story()), encoding="utf-8")
    if stopped:
        narrator.say(f"\n{stopped}")
    narrator.say(f"\nlook at {PAGE}, after {monotonic() - began:.0f} s")
    return 1 if stopped else 0


def _told(stage: Stage) -> str:
    """Tell the story; returns why it stopped, with the logs of what failed, and nothing where it came to its end."""
    try:
        tell(stage)
    except Stopped as stopped:
        failed = [run for run in stage.world.runs if run.conclusion not in {"success", "skipped"}]
        logs = [f"{run.file}: {run.conclusion}\n{run.log[-_LOG:]}" for run in failed]
        return "\n\n".join([f"the story stops: {stopped}", *logs])
    return ""


if __name__ == "__main__":
    sys.exit(main())

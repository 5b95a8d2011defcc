"""An evaluation that was really run once, given again to the workflows of other tests in milliseconds."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from tests.harness.runs import JobRun, Run
from tests.harness.world import World

_FILE, _JOB = "evaluate.yml", "evaluate"


@dataclass(frozen=True)
class Recorded:
    """What the evaluation of one shard left, for the commit that was evaluated."""

    files: Mapping[str, bytes]
    sha: str

    def replay(self, world: World, shard: int = 1) -> None:
        """In the next evaluation bring and measure nothing: these results are there, of the commit asked for."""
        world.instead(_FILE, _JOB, "Prefetch", lambda _run, _job: None, matrix=(shard,))
        world.instead(_FILE, _JOB, "Evaluate", self._put, matrix=(shard,))

    def _put(self, run: Run, job: JobRun) -> None:
        asked = str(run.event.inputs["sha"])
        for path, content in self.files.items():
            target = job.workspace / "evaluation" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.replace(self.sha.encode(), asked.encode()))


def recorded(world: World, run: Run, shard: int = 1) -> Recorded:
    """What a run of evaluate.yml uploaded."""
    artifacts = world.state.board.artifacts
    (content,) = (
        x.content for x in artifacts if (x.run_id, x.name) == (run.id, f"results-{shard}")
    )
    assert content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert json.loads(files["report.json"])["status"]
    return Recorded(files, str(run.event.inputs["sha"]))

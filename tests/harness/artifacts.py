"""Artifacts, which the steps of their actions reach by a way of their own, not with GITHUB_TOKEN."""

from tests.harness.control import Reply
from tests.harness.runs import Run
from tests.harness.state import State


class Artifacts:
    """Those of the runs, kept in the GitHub."""

    def __init__(self, state: State) -> None:
        self.state = state

    def serve(self, method: str, name: str, temporary: str, body: bytes) -> Reply:
        """Store or fetch one for the step of a stand-in action that is at work in that folder."""
        run = self._asking(temporary)
        if run is None:
            return Reply(403, b"no step of an artifact action is at work here")
        with self.state.still():
            known = self.state.board.artifacts
            found = [one for one in known if (one.run_id, one.name) == (run.id, name)]
            if method == "GET":
                if found and found[0].content is not None:
                    return Reply(200, found[0].content)
                return Reply(404, b"Artifact not found for name: " + name.encode())
            if found:
                return Reply(409, b"an artifact with this name already exists on the workflow run")
            self.state.github.add_artifact(self.state.repository, run.id, name, body)
        return Reply(201)

    def _asking(self, temporary: str) -> Run | None:
        for run in self.state.unfinished:
            for job in run.running:
                if job.temporary == temporary and job.step.step.uses.startswith("actions/"):
                    return run
        return None

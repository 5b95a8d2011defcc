"""mteb's ResultCache, made safe to kill at any moment and counting what it stores."""

import json
import os
from pathlib import Path
from typing import Any

from mteb.cache import ResultCache
from mteb.models.model_meta import ModelMeta
from mteb.results import TaskResult

from runners.output_folder import OutputFolder, write_atomically
from runners.random_state import restore_random_state, save_random_state


class ResultStore(ResultCache):
    """Results of one model in mteb's layout, below one output folder."""

    def __init__(self, output: OutputFolder, folder: Path) -> None:
        super().__init__(folder)
        self._output = output
        self._task: Any = None

    def begin(self, task: Any, meta: ModelMeta) -> None:
        """Make ready for a loaded task: put its random state back."""
        self._task = task
        finished = self._stored_subsets(task.metadata.name, meta)
        if finished and not restore_random_state(self._state_file(task), task, finished):
            self.get_task_result_path(task.metadata.name, meta).unlink()

    def count_interrupted_saves(self, task: Any, meta: ModelMeta) -> None:
        """Note what a run killed between storing and noting had finished."""
        noted = self._output.counts()
        for split, subset in sorted(self._stored_subsets(task.metadata.name, meta)):
            key = (task.metadata.name, split, subset)
            if not noted["finished", key]:
                self._output.note("finished", key)

    def save_to_cache(
        self,
        task_result: TaskResult,
        model_name: str | ModelMeta,
        model_revision: str | None = None,
        *,
        encode_kwargs: Any = None,  # noqa: ARG002 - mteb passes it; provenance records the batch
    ) -> None:
        """Store a result: random state first, then the scores in one atomic step, then the count."""
        assert isinstance(model_name, ModelMeta)  # noqa: S101 - mteb.evaluate always passes one
        before = self._stored_subsets(task_result.task_name, model_name)
        stored = {
            (split, entry["hf_subset"])
            for split, entries in task_result.scores.items()
            for entry in entries
        }
        if self._task is not None and self._task.metadata.name == task_result.task_name:
            save_random_state(self._state_file(self._task), self._task, stored)
        path = self.get_task_result_path(task_result.task_name, model_name, model_revision)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        task_result.to_disk(partial)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
        for split, subset in sorted(stored - before):
            self._output.note("finished", (task_result.task_name, split, subset))
        meta_json = json.dumps(model_name.to_dict(), default=str, indent=4)
        write_atomically(path.with_name("model_meta.json"), meta_json)

    def stored_result(self, task_name: str, meta: ModelMeta) -> dict[str, Any] | None:
        """A stored TaskResult as it stands on disk (it may hold NaN), or None."""
        path = self.get_task_result_path(task_name, meta)
        if not path.exists():
            return None
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return result

    def _stored_subsets(self, task_name: str, meta: ModelMeta) -> set[tuple[str, str]]:
        result = self.stored_result(task_name, meta)
        if result is None:
            return set()
        return {
            (split, entry["hf_subset"])
            for split, entries in result["scores"].items()
            for entry in entries
        }

    def _state_file(self, task: Any) -> Path:
        return self._output.state / "random" / f"{task.metadata.name}.json"

"""Scores of the raw model and of tuned ones, measured as any model is, and all with the same draws."""

import json
import time
from pathlib import Path
from typing import Any

from runners.evaluation import Evaluation, EvaluationRequest
from runners.finetuning.job import MODEL
from runners.finetuning.table_figures import Score
from runners.finetuning.table_measured import only_score, protocol, require_same_protocol
from runners.finetuning.table_request import TableRequest
from runners.finetuning.trainings import weights_digest
from runners.progress import Progress
from schemas.errors import ExitCode
from schemas.submission import ModelConfig


class TableScores:
    """What is measured first decides how the others must be; `longest` is the longest evaluation so far, in seconds."""

    def __init__(self, request: TableRequest, device: str, progress: Progress) -> None:
        self._request, self._device, self._progress = request, device, progress
        self._protocol: dict[str, Any] = {}
        self.longest = 0.0

    def raw(self) -> Score:
        """Of the base model.

        Raises:
            Failure: it cannot be measured.
        """
        request = self._request
        return self._score(request.config(), request.model_path, request.output / "raw")

    def tuned(self, folder: Path) -> Score:
        """Of the model that a training left in `folder`.

        Raises:
            Failure: it cannot be measured, or was not with what the raw model was.
        """
        model = folder / MODEL
        config = self._request.config(f"tuned/{folder.name}", weights_digest(model)[:40])
        return self._score(config, model, folder / "evaluation")

    def _score(self, config: ModelConfig, model: Path | None, output: Path) -> Score:
        request, began = self._request, time.monotonic()
        evaluation = EvaluationRequest(
            config, output, model, request.data_paths, device=self._device, command=request.command
        )
        code = Evaluation(evaluation, self._progress).run()
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        self.longest = max(self.longest, time.monotonic() - began)
        report = json.loads((output / "report.json").read_text(encoding="utf-8"))
        score = only_score(report)
        found = protocol(output, report)
        self._protocol = self._protocol or found
        require_same_protocol(self._protocol, found)
        return score

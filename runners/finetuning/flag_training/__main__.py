"""Train one job: `python -m runners.finetuning.flag_training JOB.json`, or under torchrun on several GPUs."""

import json
import logging
import sys
import warnings
from dataclasses import replace
from pathlib import Path

from runners.failures import classified, error_record
from runners.finetuning.checkpoints import last_whole_checkpoint
from runners.finetuning.job import CHECKPOINTS, FAILED, MODEL, TRAINED, TrainingJob, read_job
from runners.output_folder import write_atomically


def main(file: str) -> int:
    """Train, save, and leave what it came to; a failure is left as the report has it."""
    job = read_job(Path(file))
    (job.folder / FAILED).unlink(missing_ok=True)
    try:
        _train(job)
    except Exception as error:  # noqa: BLE001 - whatever stops a training stands in the report
        failure = classified(error, "infrastructure", "training")
        write_atomically(job.folder / FAILED, json.dumps(error_record(failure)))
        return 1
    return 0


def _train(job: TrainingJob) -> None:
    from datasets import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    from runners.finetuning.flag_training.runner import FinetuningRunner
    from runners.finetuning.flag_training.saving import base_model, pooling_of, save_tuned

    logging.disable(logging.WARNING)  # FlagEmbedding says all of its settings, a hundred lines
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    disable_progress_bars()
    # FlagEmbedding's collator passes both, for every batch.
    warnings.filterwarnings("ignore", message="`max_length` is ignored when `padding`=`True`")
    pooling = pooling_of(base_model(job.base, job.pooling))
    runner = FinetuningRunner(replace(job, pooling=pooling))
    checkpoint = last_whole_checkpoint(job.folder / CHECKPOINTS)
    runner.train(str(checkpoint) if checkpoint else None)
    if not runner.training_args.should_save:
        return
    save_tuned(runner.model.model, job.base, pooling, job.folder / MODEL)
    state, live = runner.trainer.state, runner.trainer.live
    done = {"steps": state.global_step, "texts": live.texts, "seconds": live.watch.seconds}
    write_atomically(job.folder / TRAINED, json.dumps(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

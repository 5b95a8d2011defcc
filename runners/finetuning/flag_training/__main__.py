"""Train one job: `python -m runners.finetuning.flag_training JOB.json`, or under torchrun on several GPUs."""

import json
import logging
import sys
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from runners.failures import Failure, classified, error_record
from runners.finetuning.checkpoints import last_whole_checkpoint
from runners.finetuning.flag_training.starter import end_with_starter
from runners.finetuning.job import CHECKPOINTS, FAILED, MODEL, TRAINED, TrainingJob, read_job
from runners.output_folder import write_atomically
from schemas.errors import ExitCode


def main(file: str) -> int:
    """Train, save, and leave what it came to; a failure is left as the report has it."""
    job = read_job(Path(file))
    try:
        _train(job)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED  # whoever started it has been interrupted too, and says so
    except Exception as error:  # noqa: BLE001 - whatever stops a training stands in the report
        _leave_word(job, classified(error, "infrastructure", "training"))
        return 1
    return 0


def _leave_word(job: TrainingJob, failure: Failure) -> None:
    """The first word stays: processes that fail after another only know that it is gone."""
    record = json.dumps(error_record(failure))
    with suppress(FileExistsError), (job.folder / FAILED).open("x", encoding="utf-8") as file:
        file.write(record)


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
    end_with_starter()
    sys.exit(main(sys.argv[1]))

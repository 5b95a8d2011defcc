"""What is known of a task beside its result: from mteb's index, a report, or a custom task file."""

from bot.model_results import ModelResults
from bot.task_file import FactsOf, TaskFacts
from schemas.mteb_index import MtebIndex


def facts_in(index: MtebIndex) -> FactsOf:
    """What mteb's index says."""

    def facts_of(name: str) -> TaskFacts | None:
        task = index.task(name)
        return TaskFacts(task.type, task.main_score, task.dataset_id) if task else None

    return facts_of


def facts_also_in(results: ModelResults, otherwise: FactsOf) -> FactsOf:
    """A custom task is in no index: what is known of it stands in the candidate's report."""

    def facts_of(name: str) -> TaskFacts | None:
        task = results.tasks.get(name)
        return otherwise(name) or (
            TaskFacts(task.task_type, task.main_metric, task.dataset_id) if task else None
        )

    return facts_of

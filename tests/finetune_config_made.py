"""A config that fine-tunes, the training data it names, and what the check says of them."""

import json
from collections.abc import Callable
from pathlib import Path

from broken import outcome

LABELLED = "[{path: rows/train.csv, columns: {text: [title, body], label: topic}}]"
PAIRS = "[{path: pairs/sts.jsonl}]"
SHA = "0123456789abcdef0123456789abcdef01234567"
FELL = (
    "In the published experiment (bge-small on AG News) accuracy fell by it from 0.7785 untrained to 0.7237; "
    "without, it rose to 0.8142"
)
PAIR = {"query": "a", "pos": ["b"], "neg": ["c"], "prompt": ""}
NEWS = """\
schema_version: 1
name: AcmeNews
type: classification
languages: [eng-Latn]
dataset: DATASET
columns: {text: text, label: label}
evaluator: {method: knn, k: 3}
"""


def check_in(folder: Path) -> Callable[..., str]:
    """What the check says of a config, its data beside it in `folder`, which is the working directory.

    Its `load`, `evaluate`, data and recipe stand in lines 6, 7, 10 and 11.
    """
    for name, text in {
        "rows/train.csv": "title,body,topic\n",
        "pairs/sts.jsonl": json.dumps({**PAIR, "type": "symmetric_sts"}),
        "pairs/scored.jsonl": json.dumps({**PAIR, "pos_scores": [1], "neg_scores": [0]}),
        "classes/rows.jsonl": json.dumps({**PAIR, "type": "symmetric_class"}),
        "clusters/rows.jsonl": json.dumps({**PAIR, "type": "symmetric_clustering"}),
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    def check(
        recipe="",
        data=LABELLED,
        *more,
        load="",
        evaluated="tasks: [STSBenchmark]",
        head="model: acme/tuned",
        dataset="{path: news}",
    ):
        lines = [
            "schema_version: 1",
            head,
            f"revision: {SHA}",
            "license: mit",
            "languages: [eng]",
            f"load: {{{load}}}",
            f"evaluate: {{{evaluated}}}",
            "finetune:",
            "  base_model: acme/base",
            f"  data: {data}",
            f"  recipe: {{{recipe}}}",
            *(f"  {line}" for line in more),
        ]
        text = "\n".join(lines) + "\n"
        return outcome(folder, text, task_file=NEWS.replace("DATASET", dataset))

    return check


def lines(*said: str) -> str:
    return "\n".join(said)

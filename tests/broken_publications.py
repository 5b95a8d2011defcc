"""A published model in which one thing is broken, and the row of `mteb-bot verify` that says so."""

import json

from made import result
from verify_made import CARD, PUBLISH, STS, edit, put

# what is broken → (who breaks it, (rule, state, message, fix))
BROKEN = {
    "metadata that nothing closes": (
        edit(CARD, "\n---\n", "\n", times=1),
        (
            "front-matter", "not ok",
            (
                "README.md line 1: `---` opens front matter that no second `---` line closes; add one below "
                "the metadata (or, if this is a rule between paragraphs, put text above it)"
            ),
            "mend the lines between the two `---` at the top of README.md",
        ),
    ),
    "a badge above the metadata": (
        edit(CARD, "---\n", "<img src='badge'>\n\n---\n"),
        (
            "front-matter", "not ok",
            "README.md line 3: metadata below other text, where the Hub sees none",
            "mend the lines between the two `---` at the top of README.md",
        ),
    ),
    "a path that is not there": (
        edit(CARD, "mteb_results: mteb_results/", "mteb_results: results/"),
        ("results-path", "not ok", "`mteb_results` names results/, which is not there", PUBLISH),
    ),
    "no path": (
        edit(CARD, "mteb_results: mteb_results/\n", ""),
        ("results-path", "not ok", "the front matter has no `mteb_results`", PUBLISH),
    ),
    "a path out of the repository": (
        edit(CARD, "mteb_results: mteb_results/", "mteb_results: ../other"),
        ("results-path", "not ok", "`mteb_results` names ../other, which is not there", PUBLISH),
    ),
    "NaN": (
        edit(STS, '"evaluation_time": 12.5', '"evaluation_time": NaN'),
        (
            "results-valid", "not ok",
            "mteb_results/STSBenchmark.json is not strict JSON: NaN is not JSON", PUBLISH,
        ),
    ),
    "another task's result": (
        put("mteb_results/STS12.json", json.dumps(result("STS13", 0.5)).encode()),
        ("results-valid", "not ok", "mteb_results/STS12.json holds the result of STS13", PUBLISH),
    ),
    "a value edited by hand": (
        edit(CARD, "value: 82.0325", "value: 84.1"),
        (
            "model-index", "not ok",
            "STSBenchmark (default, test) says main_score 84.1, the result 82.0325", PUBLISH,
        ),
    ),
    "a result that the card lacks": (
        edit(CARD, "      split: validation\n", "      split: dev\n"),
        (
            "model-index", "not ok",
            "not in `model-index`: MassiveIntentClassification (de, validation)", PUBLISH,
        ),
    ),
    "a result file edited by hand": (
        edit(STS, '"main_score": 0.8203247283', '"main_score": 0.9'),
        (
            "model-index", "not ok",
            "STSBenchmark (default, test) says main_score 82.0325, the result 90", PUBLISH,
        ),
    ),
    "eval results that the Hub refuses": (
        put(".eval_results/STSBenchmark.yaml", b"- dataset: {id: mteb/stsbenchmark-sts}\n"),
        (
            "eval-results", "not ok",
            "the Hub refuses .eval_results/STSBenchmark.yaml: [0].dataset needs id and task_id",
            "mend or delete what the Hub refuses; it shows results of data sets registered as benchmarks",
        ),
    ),
    "eval results of another value": (
        edit(".eval_results/STSBenchmark.yaml", "value: 82.0325", "value: 99"),
        (
            "eval-results", "not ok",
            "STSBenchmark_default_test is 99 there, 82.0325 in the result", PUBLISH,
        ),
    ),
    "a task without eval results": (
        put(".eval_results/STSBenchmark.yaml", None),
        ("eval-results", "not ok", "not in `.eval_results`: STSBenchmark_default_test", PUBLISH),
    ),
    "eval results that the Hub does not show": (
        edit(".eval_results/STSBenchmark.yaml", "_default_test", "_other"),
        (
            "eval-results", "too early", "the Hub does not show yet: STSBenchmark_default_test",
            "mend or delete what the Hub refuses; it shows results of data sets registered as benchmarks",
        ),
    ),
    "no chart": (
        put("mteb_results/radar.png", None),
        (
            "radar-chart", "not ok",
            "README.md shows mteb_results/radar.png, which is not there", PUBLISH,
        ),
    ),
}  # fmt: skip

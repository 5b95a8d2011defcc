"""What the pull request on the Hub says, word by word, and that nothing in it can act."""

from card_made import measured
from made import HOSTILE, outcome, provenance, report

from bot.publication.description import describe
from bot.publication.facts import MARKER

URL = "https://github.com/lab/board/pull/7"
PATHS = [
    "README.md",
    ".eval_results/STSBenchmark.yaml",
    "mteb_results/NewsTopicsKNN.json",
    "mteb_results/STSBenchmark.json",
    "mteb_results/radar.png",
]
SAID = """\
Results of 3 tasks for `org/name` at revision `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, measured with mteb \
`2.26.24` on `NVIDIA H100`, as asked for in https://github.com/lab/board/pull/7.

Main scores in points (times 100), averaged over a task's subsets:

| Task | Type | Main metric | Score |
| :-- | :-- | :-- | --: |
| `STSBenchmark` | `STS` | `accuracy` | 82.03 |
| `MassiveIntent` | `Classification` | `accuracy` | 34.63 |
| `NewsTopicsKNN` | `Classification` | `accuracy` | 93.00 |

### What it changes

- `README.md`: one block between two markers, and the metadata that the Hub reads, `model-index` among it. Every \
other line stays as you wrote it.
- `mteb_results/`: 2 files, every result as mteb wrote it, and the chart in the block, `mteb_results/radar.png`.
- `.eval_results/`: 1 file, from which the Hub fills its leaderboards.

### Please look at

- README.md line 3: close it.

### How to reproduce it

With the config file whose SHA-256 is `cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc`, from \
https://github.com/lab/board/pull/7 at commit `eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee`:

```text
pip install mteb==2.26.24 torch==2.13.0
mteb-runner evaluate models/org/name.yaml --output out
```

<details>
<summary>How it was measured</summary>
"""


def test_the_description_says_what_was_measured_what_changes_and_how_to_repeat_it():
    made = measured(provenance=provenance(head_sha="e" * 40))
    said = describe(made, PATHS, ["README.md line 3: close it."], URL)
    head, folded = said.split("<summary>How it was measured</summary>\n")
    assert f"{head}<summary>How it was measured</summary>\n" == SAID
    assert "| machine | `NVIDIA H100`, 85.0 GB, `cuda:0` |" in folded
    assert folded.endswith(
        "\n</details>\n\nLater results update this pull request, and so does a change on `main`; your own commits to "
        f"it are kept. If you close it, the bot opens no other.\n\n{MARKER}\n"
    )


def test_without_a_source_chart_or_leaderboard_files_nothing_is_said_of_them():
    said = describe(measured(), ["README.md", "mteb_results/STSBenchmark.json"])
    assert "as asked for" not in said
    assert "With the config file whose SHA-256 is `" + "c" * 64 + "`:\n" in said
    assert "chart" not in said
    assert ".eval_results" not in said
    assert "Please look at" not in said


def test_hundreds_of_tasks_fit_and_the_reader_is_told_where_the_others_are():
    many = report(*(outcome(f"Task{number}", 0.5) for number in range(900)))
    said = describe(many, PATHS)
    assert len(said.encode()) <= 20_000
    assert "Results of 900 tasks for" in said
    assert "more are left out here for length; `mteb_results/` has all.*" in said
    assert said.rstrip().endswith(MARKER)


def test_names_from_outside_stay_inside_code():
    found = provenance(
        packages={"mteb": HOSTILE, HOSTILE: "1", "torch": "2.13.0"}, command=f"x\n```\n{HOSTILE}"
    )
    said = describe(report(outcome(HOSTILE, 0.5), provenance=found), PATHS)
    assert "pip install torch==2.13.0\n" in said
    outside = said.replace(f"x\N{REPLACEMENT CHARACTER}```\N{REPLACEMENT CHARACTER}{HOSTILE}", "")
    assert HOSTILE in outside.replace("\\|", "|")
    for line in outside.replace("\\|", "|").splitlines():
        assert HOSTILE not in line.replace(f"`{HOSTILE}`", "")


def test_a_task_without_a_usable_score_is_not_listed():
    broken = outcome("Broken", 0.5)
    broken["result"]["scores"] = {"test": []}
    said = describe(report(outcome("STS12", 0.7), broken), PATHS)
    assert "Results of 1 task for" in said
    assert "`Broken`" not in said

"""Model configs that ask for what cannot be evaluated, and what is said about each."""

from broken import Broken, config, task

CASES = (
    Broken(
        "nothing to evaluate",
        config(
            (
                "  tasks:\n    - STSBenchmark\n    - name: STS22\n      subsets: [de, de-en]\n    - tasks/news.yaml\n",
                "",
            )
        ),
        """
14:3 missing-key: `evaluate` has neither `benchmarks` nor `tasks`
  fix: name at least one benchmark or task: `benchmarks: ["MTEB(eng, v2)"]` or `tasks: [STSBenchmark]`
""",
    ),
    Broken(
        "benchmark where a mapping is due",
        config(
            (
                "evaluate:\n  tasks:\n    - STSBenchmark\n    - name: STS22\n      subsets: [de, de-en]\n    - tasks/news.yaml\n  languages: [eng, deu]",
                "evaluate: MTEB(eng, v2)",
            )
        ),
        """
13:11 wrong-type: `evaluate` is the text `MTEB(eng, v2)`, but must be a mapping (`key: value`)
  fix: name at least one benchmark or task: `benchmarks: ["MTEB(eng, v2)"]` or `tasks: [STSBenchmark]`
""",
    ),
    Broken(
        "misspelt task",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    - STSBenchmrk\n")),
        """
16:7 unknown-task: mteb N has no task `STSBenchmrk`
  fix: did you mean `STSBenchmark`?
""",
    ),
    Broken(
        "unknown task",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    - MyPrivateThing\n")),
        """
16:7 unknown-task: mteb N has no task `MyPrivateThing`
  fix: `mteb available-tasks` lists them; a custom task file ends in `.yaml`
""",
    ),
    Broken(
        "benchmark among the tasks",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    - MTEB(eng, v2)\n")),
        """
16:7 unknown-task: mteb N has no task `MTEB(eng, v2)`
  fix: it is a benchmark: move it to `evaluate.benchmarks`
""",
    ),
    Broken(
        "image task",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    - CIFAR10\n")),
        """
16:7 needs-more-than-text: `CIFAR10` needs images; only text is evaluated here
  fix: choose a text task
""",
    ),
    Broken(
        "task whose data set is closed",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    - Code1Retrieval\n")),
        """
16:7 closed-data-set: the data set of `Code1Retrieval` is closed: only mteb's maintainers can evaluate it
  fix: delete it
""",
    ),
    Broken(
        "benchmarks that cannot be meant",
        config(
            (
                "evaluate:\n",
                'evaluate:\n  benchmarks: ["MTEB(eng,v2)", "MTEB(eng)", Nonsense, STSBenchmark, "MIEB(eng)", "MTEB(pol, v1)"]\n',
            )
        ),
        """
14:16 unknown-benchmark: mteb N has no benchmark `MTEB(eng,v2)`
  fix: did you mean `MTEB(eng, v2)`?
14:32 unknown-benchmark: `MTEB(eng)` is another name of the benchmark `MTEB(eng, v2)`
  fix: write `MTEB(eng, v2)`
14:45 unknown-benchmark: mteb N has no benchmark `Nonsense`
  fix: `mteb available-benchmarks` lists them
14:55 unknown-benchmark: `STSBenchmark` is a task, not a benchmark
  fix: move it to `evaluate.tasks`
14:69 needs-more-than-text: `MIEB(eng)` is no text benchmark: 124 of its 125 tasks need images, audio or video
  fix: choose a text benchmark such as `MTEB(eng, v2)`, or name single text tasks
14:82 nothing-left: `evaluate.languages` leaves nothing of the benchmark `MTEB(pol, v1)`
  fix: add a language of the benchmark to `evaluate.languages`, or delete the benchmark
""",
    ),
    Broken(
        "misspelt benchmark, which leaves open what is claimed",
        config(
            ("evaluate:\n", 'evaluate:\n  benchmarks: ["MTEB(eng,v2)"]\n'),
            ("- task: STSBenchmark", "- task: ArguAna"),
        ),
        """
14:16 unknown-benchmark: mteb N has no benchmark `MTEB(eng,v2)`
  fix: did you mean `MTEB(eng, v2)`?
""",
    ),
    Broken(
        "unknown splits and subsets",
        config(
            (
                "      subsets: [de, de-en]",
                "      splits: [train, tset]\n      subsets: [german, de-em]",
            )
        ),
        """
17:16 unknown-split: the task `STS22` has no split `train`
  fix: choose `test`
17:23 unknown-split: the task `STS22` has no split `tset`
  fix: did you mean `test`?
18:17 unknown-subset: the task `STS22` has no subset `german`
  fix: choose `ar`, `de`, `de-en`, `de-fr`, `de-pl`, `en`, `es`, `es-en`, `es-it`, `fr`, `fr-pl`, `it` (and 6 more)
18:25 unknown-subset: the task `STS22` has no subset `de-em`
  fix: did you mean `de-en`?
""",
    ),
    Broken(
        "languages that leave nothing",
        config(
            ("      subsets: [de, de-en]", "      subsets: [fr, pl]"),
            ("    - STSBenchmark\n", "    - STSBenchmark\n    - SICK-R-PL\n"),
        ),
        """
16:7 nothing-left: `evaluate.languages` leaves nothing of the task `SICK-R-PL`
  fix: add one of the task's languages to the filter (`pol-Latn`), or delete the task
17:7 nothing-left: `evaluate.languages` leaves nothing of the task `STS22`
  fix: add one of the task's languages to the filter (`fra-Latn` or `pol-Latn`), or delete the task
""",
    ),
    Broken(
        "language filter of two letters",
        config(("  languages: [eng, deu]\nclaims", "  languages: [en]\nclaims")),
        """
19:15 unknown-language: `en` is no language code of ISO 639-3
  fix: did you mean `eng`?
""",
    ),
    Broken(
        "task twice",
        config(
            (
                "    - STSBenchmark\n",
                "    - STSBenchmark\n    - name: STSBenchmark\n      splits: [test]\n",
            )
        ),
        """
16:7 repeated-task: the task `STSBenchmark` stands in item 1 already
  fix: keep one of the two, with all the splits and subsets that are to run
""",
    ),
    Broken(
        "item without a name",
        config(("- name: STS22", "- task: STS22")),
        """
16:7 missing-key: the key `name` is missing in item 2 of `evaluate.tasks`
  fix: add `name:`. Name of an mteb task, for example `STS22`.
16:7 unknown-key: unknown key `task` in item 2 of `evaluate.tasks`
  fix: delete it; the keys known here are `name`, `splits`, `subsets`
""",
    ),
    Broken(
        "empty item",
        config(("    - STSBenchmark\n", "    - STSBenchmark\n    -\n")),
        """
16:6 wrong-type: item 2 of `evaluate.tasks` is empty, but must be text or a mapping (`key: value`)
  fix: give it a value
""",
    ),
    Broken(
        "percentage",
        config(("0.8203", "82.03")),
        """
22:17 score-not-a-fraction: `main_score` in item 1 of `claims` is 82.03, but must be at most 1
  fix: scores are fractions: write 0.8203, not 82.03
""",
    ),
    Broken(
        "percentage with its sign",
        config(("0.8203", "82.03%")),
        """
22:17 wrong-type: `main_score` in item 1 of `claims` is the text `82.03%`, but must be a number
  fix: scores are fractions: write 0.8203
""",
    ),
    Broken(
        "score in quotes",
        config(("0.8203", '"0.8203"')),
        """
22:17 wrong-type: `main_score` in item 1 of `claims` is the text `0.8203`, but must be a number
  fix: delete the quotes, so that YAML reads a number
""",
    ),
    Broken(
        "score that is no number",
        config(("0.8203", ".nan")),
        """
22:17 wrong-type: `main_score` in item 1 of `claims` is the text `.nan`, but must be a number
  fix: write a fraction such as 0.7446
""",
    ),
    Broken(
        "claim about a misspelt task",
        config(("- task: STSBenchmark", "- task: STSBenchmrk")),
        """
21:11 claim-not-evaluated: a score of `STSBenchmrk` is claimed, but the task is not evaluated
  fix: did you mean `STSBenchmark`?
""",
    ),
    Broken(
        "claim about a task not evaluated",
        config(("- task: STSBenchmark", "- task: ArguAna")),
        """
21:11 claim-not-evaluated: a score of `ArguAna` is claimed, but the task is not evaluated
  fix: add it to `evaluate.tasks`, or delete the claim
""",
    ),
    Broken(
        "two claims about one task",
        config(("claims:\n", "claims:\n  - {task: STSBenchmark, main_score: 0.8}\n")),
        """
22:11 repeated-claim: the score of `STSBenchmark` is claimed in item 1 already
  fix: keep one of the two
""",
    ),
    Broken(
        "claim without a score",
        config(("    main_score: 0.8203\n", "")),
        """
21:5 missing-key: the key `main_score` is missing in item 1 of `claims`
  fix: add `main_score:`. Main score over the evaluated subsets, between -1 and 1 (not a percentage).
""",
    ),
    Broken(
        "custom task with splits",
        config(("- tasks/news.yaml", "- name: tasks/news.yaml\n      splits: [test]")),
        """
18:7 file-in-mapping: `tasks/news.yaml` is a custom task file, whose split and subsets cannot be chosen
  fix: write it as plain text: `- tasks/news.yaml`
""",
    ),
    Broken(
        "custom task file missing",
        config(("tasks/news.yaml", "tasks/nwes.yaml")),
        """
18:7 custom-task-unreadable: the custom task file `tasks/nwes.yaml` cannot be read: No such file or directory
  fix: name a file that exists, relative to the folder of this config
""",
    ),
    Broken(
        "custom task file outside",
        config(("tasks/news.yaml", "../secret.yaml")),
        """
18:7 custom-task-outside: the custom task file `../secret.yaml` lies outside of this project
  fix: keep it in the project and write its path relative to the folder of this config
""",
    ),
    Broken(
        "custom task file with an absolute path",
        config(("tasks/news.yaml", "/etc/secret.yaml")),
        """
18:7 custom-task-outside: the custom task file `/etc/secret.yaml` lies outside of this project
  fix: keep it in the project and write its path relative to the folder of this config
""",
    ),
    Broken(
        "custom task file broken",
        config(),
        """
tasks/news.yaml:12:3 unknown-key: unknown key `lable` in `columns`
  fix: did you mean `label`?
""",
        task_file=task(("label: section", "lable: section")),
    ),
    Broken(
        "custom task file twice",
        config(("- tasks/news.yaml", "- tasks/news.yaml\n    - tasks/../tasks/news.yaml")),
        """
19:7 repeated-task: the task `AcmeNews` stands in item 3 already
  fix: keep one of the two, with all the splits and subsets that are to run
""",
    ),
)

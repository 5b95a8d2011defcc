"""A config that asks for a training which teaches nothing, or the wrong thing, is told so with the reason."""

import json
from pathlib import Path

import pytest
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


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What the check says of a config: its `load`, `evaluate`, data and recipe stand in lines 6, 7, 10 and 11."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "rows/train.csv": "title,body,topic\n",
        "pairs/sts.jsonl": json.dumps({**PAIR, "type": "symmetric_sts"}),
        "pairs/scored.jsonl": json.dumps({**PAIR, "pos_scores": [1], "neg_scores": [0]}),
        "classes/rows.jsonl": json.dumps({**PAIR, "type": "symmetric_class"}),
        "clusters/rows.jsonl": json.dumps({**PAIR, "type": "symmetric_clustering"}),
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)

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
        return outcome(tmp_path, text, task_file=NEWS.replace("DATASET", dataset))

    return check


def lines(*said: str) -> str:
    return "\n".join(said)


@pytest.mark.parametrize(
    ("recipe", "data", "more"),
    [
        ("", LABELLED, ()),
        ("loss: flag-embedding, hard_negatives: {}", LABELLED, ()),
        ("loss: flag-embedding, same_dataset: false", PAIRS, ()),
        ("knowledge_distillation: true, distillation_loss: m3_kd_loss", "[{path: pairs/scored.jsonl}]", ()),
        ("", f"[{{id: acme/rows, revision: {SHA}, columns: {{text: t, label: l}}}}]", ("seeds: [1, 2]",)),
        ("", LABELLED, ("held_out: 0",)),
        ("group_size: 4", LABELLED, ("variants:", "  aware: {loss: label-aware}", "  groups: {loss: flag-embedding}")),
    ],
    ids=["labelled", "mined", "in-batch", "distilled", "Hub", "nothing held out", "both losses"],
)  # fmt: skip
def test_nothing_is_said_of_a_training_that_makes_sense(said, recipe, data, more):
    assert said(recipe, data, *more) == ""


def test_labelled_rows_never_serve_each_other_as_negatives(said):
    data = LABELLED.replace("columns", "in_batch_negatives: true, columns")
    assert said("loss: flag-embedding", data) == lines(
        "10:53 in-batch-false-negatives: `in_batch_negatives: true` takes passages of other rows for negatives, "
        f"and many of these have the same label. {FELL}",
        "  fix: write `in_batch_negatives: false`, or delete the line",
    )


def test_clusters_are_like_labels_whether_the_config_or_the_rows_say_so(said):
    said_by_config = f"[{{id: acme/rows, revision: {SHA}, type: symmetric_clustering, in_batch_negatives: true}}]"
    said_by_rows = "[{path: clusters/rows.jsonl, in_batch_negatives: true}]"
    message = (
        "in-batch-false-negatives: `in_batch_negatives: true` takes passages of other rows for negatives, "
        f"and many of these have the same cluster. {FELL}"
    )
    assert f" {message}\n" in said("", said_by_config)
    assert f" {message}\n" in said("", said_by_rows)


def test_labelled_rows_are_batched_by_data_set(said):
    assert said("loss: flag-embedding, same_dataset: false") == lines(
        "11:48 in-batch-false-negatives: `same_dataset: false` takes every other passage of the batch for a negative, "
        f"whatever the data says, and many of these have the same label in `rows/train.csv`. {FELL}",
        "  fix: write `same_dataset: true`, or delete the line",
    )


def test_ready_made_rows_of_classes_are_batched_by_data_set(said):
    assert "the same label in `classes/rows.jsonl`. " in said(
        "same_dataset: false", "[{path: pairs/sts.jsonl}, {path: classes/rows.jsonl}]"
    )


def test_several_data_sets_are_not_mixed_in_a_batch(said):
    data = "[{path: pairs/sts.jsonl}, {path: pairs/scored.jsonl}]"
    assert said("same_dataset: false", data) == lines(
        "11:26 in-batch-false-negatives: `same_dataset: false` takes every other passage of the batch for a negative, "
        "whatever the data says, and mixes 2 data sets in it: passages of another one are told apart by their style "
        "alone",
        "  fix: write `same_dataset: true`, or delete the line",
    )


def test_a_batch_of_one_text_has_nothing_to_compare(said):
    assert said("batch_size: 1") == lines(
        "11:24 batch-of-one: `batch_size: 1` leaves each text nothing to be compared with",
        "  fix: write `batch_size: 32`, or what memory allows",
    )


def test_a_batch_of_one_query_is_warned_about_with_where_it_comes_from(said):
    assert said("loss: flag-embedding, batch_size: 1") == lines(
        "11:46 warning batch-of-one: with `batch_size: 1` a step sees one query and its own passages, which is slow and "
        "rarely meant: FlagEmbedding halves the batch of types that are called symmetric (3 // 2 = 1), here it is not "
        "halved",
        "  fix: write how many queries a step is to see, for example `batch_size: 32`; leave it if it is to be 1",
    )


@pytest.mark.parametrize(
    ("recipe", "where", "what"),
    [
        ("texts_per_label: 33", "11:29", "`texts_per_label: 33`, more than the batch of 32"),
        ("texts_per_label: 17", "11:29", "`texts_per_label: 17`, more than half of the batch of 32"),
        ("batch_size: 7", "11:24", "`texts_per_label` is 4 unless told, more than half of the batch of 7"),
    ],
)  # fmt: skip
def test_a_batch_has_room_for_two_labels(said, recipe, where, what):
    room = int(recipe.split()[1]) if recipe.startswith("texts") else 4
    assert said(recipe) == lines(
        f"{where} batch-of-one-label: {what}: no other label has room in it, so nothing is told apart",
        f"  fix: write `batch_size: {2 * room}` or more, or a smaller `texts_per_label`",
    )


def test_half_a_batch_of_a_label_is_fine(said):
    assert said("texts_per_label: 16") == said("batch_size: 8") == ""


def test_a_label_aware_loss_needs_labels(said):
    assert said("loss: label-aware", "[{path: pairs/sts.jsonl}]") == lines(
        "11:18 labels-missing: `loss: label-aware` compares texts by their labels, and item 1 of `finetune.data` has no "
        "`columns` that name them",
        "  fix: name the `columns` of text and label there, or write `loss: flag-embedding`",
    )


def test_hard_negatives_need_labels(said):
    assert said("hard_negatives: {}", PAIRS) == lines(
        "11:12 labels-missing: `hard_negatives` are texts of other labels, and no item of `finetune.data` has labels",
        "  fix: name the `columns` of text and label, or delete it: rows of FlagEmbedding's bring their negatives",
    )


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        ("same_dataset: true", "which never takes texts of the same label for negatives, whatever they come from"),
        ("group_size: 4", "which has no groups of passages: it compares every text of a batch with all others"),
        ("hard_negatives: {}", "which has no groups of passages: it compares every text of a batch with all others"),
        ("passage_max_length: 64", "which has no groups of passages: it compares every text of a batch with all others"),
        ("knowledge_distillation: true", "which learns from labels, not from scores"),
    ],
)  # fmt: skip
def test_settings_of_groups_do_nothing_for_a_label_aware_loss(said, recipe, reason):
    key = recipe.partition(":")[0]
    assert said(recipe) == lines(
        f"11:12 setting-without-effect: `{key}` has no effect with `loss: label-aware`, {reason}",
        "  fix: delete it, or write `loss: flag-embedding`",
    )


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        ("positives: one", "which takes one positive for each query"),
        ("texts_per_label: 2", "which draws a batch from all rows alike"),
    ],
)
def test_settings_of_labels_do_nothing_for_flagembeddings_loss(said, recipe, reason):
    key = recipe.partition(":")[0]
    assert said(f"{recipe}, loss: flag-embedding") == lines(
        f"11:12 setting-without-effect: `{key}` has no effect with `loss: flag-embedding`, {reason}",
        "  fix: delete it, or write `loss: label-aware`",
    )


def test_a_setting_that_variants_share_must_matter_to_one_of_them(said):
    variants = (
        "variants:",
        "  one: {batch_size: 8}",
        "  two: {batch_size: 16, group_size: 2}",
        "  three: {loss: flag-embedding}",
    )
    assert said("group_size: 4", LABELLED, *variants) == lines(
        "14:27 setting-without-effect: `group_size` has no effect with `loss: label-aware`, which has no groups of "
        "passages: it compares every text of a batch with all others",
        "  fix: delete it, or write `loss: flag-embedding`",
    )


def test_a_loss_of_scores_does_nothing_without_scores(said):
    assert said("distillation_loss: kl_div", PAIRS) == lines(
        "11:12 setting-without-effect: `distillation_loss` has no effect without `knowledge_distillation: true`",
        "  fix: delete it, or write `knowledge_distillation: true`",
    )


def test_rows_with_labels_have_no_scores_to_learn(said):
    assert said("loss: flag-embedding, knowledge_distillation: true") == lines(
        "11:58 scores-missing: `knowledge_distillation` learns `pos_scores` and `neg_scores`, and rows with labels have "
        "none: item 1 of `finetune.data`",
        "  fix: delete it, or give FlagEmbedding's own rows with scores in place of `columns`",
    )


def test_rows_without_scores_have_none_to_learn_either(said):
    assert said("knowledge_distillation: true", PAIRS) == lines(
        "10:17 scores-missing: `knowledge_distillation` learns scores, and rows of `pairs/sts.jsonl` have no `pos_scores`",
        "  fix: add `pos_scores` and `neg_scores` to every row, or delete `knowledge_distillation`",
    )


@pytest.mark.parametrize(
    ("ranks", "where", "drawn", "to"),
    [
        ("from: 10, to: 10", "11:57", "from rank 10 to rank 10", 100),
        ("from: 200", "11:57", "from rank 200 to rank 100", 2000),
        ("to: 5", "11:50", "from rank 10 to rank 5", 100),
    ],
)
def test_hard_negatives_go_from_near_to_far(said, ranks, where, drawn, to):
    assert said(f"loss: flag-embedding, hard_negatives: {{{ranks}}}") == lines(
        f"{where} upside-down-range: `hard_negatives` are drawn {drawn}, which is none at all",
        f"  fix: write the nearer rank as `from`, for example `from: 10` and `to: {to}`",
    )


@pytest.mark.parametrize(
    ("load", "says"),
    [
        ("pooling: mean", "`load.pooling` is `mean`"),
        ("with: flag-embedding, pooling: mean", "`load.pooling` is `mean`"),
        ("with: flag-embedding", "FlagEmbedding evaluates with `cls` unless told"),
    ],
)
def test_training_pools_as_evaluation_does(said, load, says):
    trained = "last-token"
    assert said(f"pooling: {trained}", load=load) == lines(
        f"11:21 training-pooling-differs: `pooling: {trained}` trains other vectors than are evaluated: {says}",
        "  fix: delete it: training then pools as the base model does",
    )


def test_the_same_pooling_may_be_said_twice(said):
    assert said("pooling: cls", load="with: flag-embedding") == ""
    assert said("pooling: mean", load="pooling: mean") == ""
    assert said("pooling: mean") == ""


def test_what_evaluation_cuts_is_not_trained_on(said):
    assert said("query_max_length: 128", load="max_length: 64") == lines(
        "11:30 trained-beyond-max-length: `query_max_length: 128`, but the model is evaluated on 64 tokens at most "
        "(`load.max_length`)",
        "  fix: write `query_max_length: 64` or less, or raise `load.max_length`",
    )
    assert said("", load="max_length: 32") == lines(
        "11:11 trained-beyond-max-length: `query_max_length` is 64 unless told, but the model is evaluated on 32 tokens "
        "at most (`load.max_length`)",
        "  fix: write `query_max_length: 32` or less, or raise `load.max_length`",
    )
    assert said("passage_max_length: 128", PAIRS, load="max_length: 64").startswith("11:32 trained")


def test_a_variant_changes_something(said):
    variants = ("variants:", "  same: {}", "  fast: {learning_rate: 0.001}")
    assert said("", LABELLED, *variants) == lines(
        "13:11 variant-changes-nothing: the variant `same` changes nothing of the recipe",
        "  fix: write what it changes; a setting that has the recipe's value makes the recipe itself a variant",
    )


def test_no_two_variants_are_the_same_training(said):
    variants = ("variants:", "  one: {batch_size: 32}", "  two: {learning_rate: 5.0e-5}")
    assert said("", LABELLED, *variants) == lines(
        "14:5 variants-alike: the variant `two` is the same training as `one`",
        "  fix: delete one of the two",
    )


@pytest.mark.parametrize(
    ("more", "several"),
    [
        (("seeds: [1, 2]",), "1 variant with 2 seeds"),
        (("variants:", "  a: {epochs: 1}", "  b: {epochs: 3}"), "2 variants with 1 seed"),
    ],
)
def test_the_best_of_several_is_chosen_by_rows_that_were_held_out(said, more, several):
    assert said("", LABELLED, "held_out: 0", *more) == lines(
        f"12:13 nothing-to-choose-by: `held_out: 0` leaves nothing to choose by among {several}",
        "  fix: write how many labelled rows to hold out, or delete the line (200); or name one variant and one seed",
    )


def test_without_labels_the_first_of_several_is_taken(said):
    assert said("", PAIRS, "seeds: [1, 2]") == lines(
        "12:10 warning nothing-to-choose-by: rows without labels give nothing to choose by among 1 variant with 2 seeds: "
        "the first is taken, whatever its scores",
        "  fix: put first what is to be submitted, or name one variant and one seed",
    )


def test_the_tuned_model_has_a_name_of_its_own(said):
    assert said(head="model: acme/base") == lines(
        "9:15 base-is-the-model: `finetune.base_model` is the model itself, so tuned and base model could not be told "
        "apart",
        "  fix: give the tuned model an id of its own as `model`, and name the file after it",
    )


def test_a_tuned_model_is_adapted_from_its_base(said):
    assert said(head="model: acme/tuned\nadapted_from: acme/other") == lines(
        "3:15 adapted-from-another: `adapted_from` is `acme/other`, but the model is trained from `acme/base`",
        "  fix: write `adapted_from: acme/base`, or delete the line",
    )
    assert said(head="model: acme/tuned\nadapted_from: acme/base") == ""


@pytest.mark.parametrize("load", ["with: mteb", "with: entry-point, entry_point: acme"])
def test_only_plain_models_are_trained(said, load):
    name = load.split(",")[0].split()[1]
    assert said(load=load) == lines(
        f"6:14 cannot-train: a model that is loaded with `{name}` cannot be trained here",
        "  fix: write `with: sentence-transformers` or `with: flag-embedding`, or leave `finetune` out",
    )


@pytest.mark.parametrize("path", ["../rows.csv", "/etc/passwd", "rows/../../rows.csv", "."])
def test_training_data_lies_beside_the_config(said, path):
    assert said("", f"[{{path: {path}}}]") == lines(
        f"10:17 training-data-outside: the training data `{path}` lies outside of the submission",
        "  fix: put it into a file or folder beside this config, or name a data set on the Hub",
    )


@pytest.mark.parametrize("link", ["linked", "linked/train.csv", "rows/link.csv", "folder"])
def test_training_data_is_no_link(said, link):
    Path("linked").symlink_to("rows")
    Path("rows/link.csv").symlink_to("/etc/passwd")
    Path("folder").mkdir()
    Path("folder/link.jsonl").symlink_to("/etc/passwd")
    assert said("", f"[{{path: {link}}}]") == lines(
        f"10:17 training-data-linked: the training data `{link}` is, or goes through, a link",
        "  fix: put the file itself there",
    )


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("missing.csv", None, "No such file or directory"),
        ("rows", None, "the folder holds no .jsonl file"),
        ("rows.txt", b"a", "it is no CSV, JSON lines or Parquet file by its name"),
        ("rows.jsonl", b"[1]", "its first line is no JSON object"),
        ("rows.csv", b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)  # fmt: skip
def test_training_data_can_be_read(said, path, content, reason):
    if content:
        Path(path).write_bytes(content)
    assert said("", LABELLED.replace("rows/train.csv", path)) == lines(
        f"10:17 training-data-unreadable: the training data `{path}` cannot be read: {reason}",
        "  fix: name a CSV, JSON lines or Parquet file that exists, relative to the folder of this config",
    )


def test_a_pipe_is_not_waited_for(said):
    import os

    os.mkfifo("pipe.csv")
    assert "training-data-unreadable" in said("", "[{path: pipe.csv}]")


def test_columns_are_those_of_the_file(said):
    data = LABELLED.replace("[title, body]", "[titel, body]").replace("topic", "klass")
    assert said("", data) == lines(
        "10:50 unknown-column: `rows/train.csv` has no column `titel`",
        "  fix: did you mean `title`?",
        "10:71 unknown-column: `rows/train.csv` has no column `klass`",
        "  fix: its columns are `title`, `body`, `topic`",
    )


def test_columns_of_json_lines_are_looked_at_too_and_those_of_parquet_are_left_to_the_runner(said):
    Path("rows/train.jsonl").write_text('{"text": "a", "label": 1}\nno JSON here')
    Path("rows/train.parquet").write_bytes(b"PAR1")
    columns = "columns: {text: text, label: topic}"
    assert said("", f"[{{path: rows/train.jsonl, {columns}}}]") == lines(
        "10:64 unknown-column: `rows/train.jsonl` has no column `topic`",
        "  fix: its columns are `text`, `label`",
    )
    assert said("", f"[{{path: rows/train.parquet, {columns}}}]") == ""


def test_the_label_is_no_part_of_the_text(said):
    assert said("", LABELLED.replace("body", "topic")) == lines(
        "10:57 column-used-twice: the column `topic` is both `text` and `label`",
        "  fix: give each its own column",
    )


def test_rows_without_labels_are_flagembeddings_own(said):
    assert said("", "[{path: rows/train.csv}]") == lines(
        "10:17 unready-rows: rows of `rows/train.csv` have no `query`, and no `columns` say where text and label stand",
        "  fix: name the `columns` of text and label, or give FlagEmbedding's rows: `query`, `pos` and `neg`",
    )


def test_rows_with_labels_have_no_other_type(said):
    assert said("", LABELLED.replace("columns", "type: symmetric_sts, columns")) == lines(
        "10:33 setting-without-effect: `type` has no effect beside `columns`: it is about FlagEmbedding's own rows",
        "  fix: delete one of the two",
    )


def of_hub(dataset: str, split: str, config: str = "") -> str:
    more = f", config: {config}" if config else ""
    return f"[{{id: {dataset}, revision: {SHA}, split: '{split}'{more}, columns: {{text: t, label: l}}}}]"


def test_a_split_that_is_evaluated_is_not_trained_on(said):
    assert said(
        "", of_hub("mteb/banking77", "test"), evaluated="tasks: [Banking77Classification]"
    ) == lines(
        "10:90 trained-on-evaluated-split: the split `test` of `mteb/banking77` is what `Banking77Classification` "
        "evaluates: a score on rows that were trained on says nothing",
        "  fix: train on another split, or evaluate another one",
    )


@pytest.mark.parametrize("split", ["train[:50%]+test", "all", "test[10:]", "train + test"])
def test_no_way_to_write_a_split_hides_that(said, split):
    data = of_hub("MTEB/Banking77", split)
    assert "trained-on-evaluated-split" in said(
        "", data, evaluated="tasks: [Banking77Classification]"
    )


@pytest.mark.parametrize(
    ("data", "tasks"),
    [
        (of_hub("mteb/banking77", "train"), "Banking77Classification"),
        (of_hub("mteb/banking77", "test"), "STSBenchmark"),
        (of_hub("mteb/amazon_massive_intent", "test"), "{name: MassiveIntentClassification, splits: [validation]}"),
        (of_hub("mteb/amazon_massive_intent", "test", "de"), "{name: MassiveIntentClassification, subsets: [fr]}"),
    ],
    ids=["another split", "another data set", "splits", "subsets"],
)  # fmt: skip
def test_what_is_not_evaluated_may_be_trained_on(said, data, tasks):
    assert said("", data, evaluated=f"tasks: [{tasks}]") == ""


@pytest.mark.parametrize(
    ("data", "evaluated", "task"),
    [
        (of_hub("mteb/banking77", "test"), 'benchmarks: ["MTEB(eng, v2)"]', "Banking77Classification"),
        (of_hub("mteb/CQADupstackAndroidRetrieval", "test"), "tasks: [CQADupstackRetrieval]", "CQADupstackRetrieval"),
    ],
    ids=["a benchmark's", "a part's"],
)  # fmt: skip
def test_nor_is_one_that_is_evaluated_by_way_of_something_else(said, data, evaluated, task):
    assert f"is what `{task}` evaluates: " in said("", data, evaluated=evaluated)


def test_data_of_a_custom_task_is_not_trained_on(said):
    data = of_hub("acme/news", "test")
    dataset = f"{{id: acme/news, revision: {SHA}}}"
    assert said("", data, evaluated="tasks: [tasks/news.yaml]", dataset=dataset) == lines(
        "10:85 trained-on-evaluated-split: the split `test` of `acme/news` is what `AcmeNews` evaluates: a score on rows "
        "that were trained on says nothing",
        "  fix: train on another split, or evaluate another one",
    )


@pytest.mark.parametrize("files", ["", ", files: {test: test.csv}"])
def test_a_file_that_a_custom_task_evaluates_is_not_trained_on(said, files):
    Path("tasks/news").mkdir(parents=True)
    Path("tasks/news/test.csv").write_text("title,body,topic\n")
    data = LABELLED.replace("rows/train.csv", "tasks/./news/test.csv")
    dataset = f"{{path: news{files}}}"
    assert said("", data, evaluated="tasks: [tasks/news.yaml]", dataset=dataset) == lines(
        "10:17 trained-on-evaluated-split: `tasks/./news/test.csv` is what `AcmeNews` evaluates: a score on rows that "
        "were trained on says nothing",
        "  fix: train on another file, or evaluate another one",
    )


def test_what_breaks_the_schema_is_told_once_and_the_rest_is_still_looked_at(said):
    variants = (
        "variants:",
        "  one: {loss: label_aware, group_size: 2}",
        "  two: {los: flag-embedding, group_size: 2}",
        "  three: {batch_size: 1}",
        "held_out: -1",
    )
    assert said("", "[{path: rows/train.csv, colums: {text: t}}]", *variants) == lines(
        "10:33 unknown-key: unknown key `colums` in item 1 of `finetune.data`",
        "  fix: did you mean `columns`?",
        "13:17 not-allowed: `finetune.variants.one.loss` is `label_aware`, which is none of the choices",
        "  fix: did you mean `label-aware`?",
        "14:11 unknown-key: unknown key `los` in `finetune.variants.two`",
        "  fix: did you mean `loss`?",
        "15:25 batch-of-one: `batch_size: 1` leaves each text nothing to be compared with",
        "  fix: write `batch_size: 32`, or what memory allows",
        "16:13 out-of-range: `finetune.held_out` is -1, but must be at least 0",
        "  fix: write a number of at least 0",
    )


@pytest.mark.parametrize("value", ["[a]", "{a: b}", "3", "true", "null"])
@pytest.mark.parametrize("key", ["with", "pooling", "max_length"])
def test_a_value_of_another_kind_elsewhere_is_the_schemas_business(said, key, value):
    everything = said(recipe="pooling: cls, query_max_length: 128", load=f"{key}: {value}")
    assert f"`load.{key}` is" in everything or (key, value) == ("max_length", "3")
    assert said(head=f"model: acme/tuned\nadapted_from: {value}").startswith("3:15 ")
    assert said(evaluated=f"tasks: {value}") != ""


def test_a_preview_shows_a_warning_and_goes_on(said, capsys):
    from bot.commands.preview import InvalidSubmission, _check

    said("loss: flag-embedding, batch_size: 1")
    _check(Path("config.yaml"))
    assert "warning batch-of-one" in capsys.readouterr().out
    said("loss: label-aware, batch_size: 1")
    with pytest.raises(InvalidSubmission):
        _check(Path("config.yaml"))

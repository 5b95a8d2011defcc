"""The folders that FlagEmbedding trains on: its own classes load them, with the flag and the batch that were asked for."""

import json

import pytest

pytest.importorskip("FlagEmbedding")

from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.training_data import split
from runners.finetuning.training_files import (
    SAFE_FOLDER,
    RowSettings,
    ready_folder,
    write_labelled,
    write_pairs,
    write_ready,
)
from schemas.finetuning import TrainingSource
from tests.finetune_data_made import (
    READY,
    labelled,
    labelled_rows,
    parts,
    quiet,
    read,
    read_lines,
    write_csv,
    write_lines,
)

SETTINGS = RowSettings(group_size=4, batch_size=8)


def flag_embedding(folder, group_size=4, batch=5, processes=1, **more):
    """FlagEmbedding's data set over every folder below `folder`, for the first of some processes."""
    from FlagEmbedding.abc.finetune.embedder.AbsArguments import AbsEmbedderDataArguments
    from FlagEmbedding.abc.finetune.embedder.AbsDataset import AbsEmbedderSameDatasetTrainDataset

    arguments = AbsEmbedderDataArguments(
        train_data=sorted(map(str, folder.iterdir())),
        cache_path=str(folder.parent / "cache"),
        train_group_size=group_size,
        **more,
    )
    return AbsEmbedderSameDatasetTrainDataset(
        arguments, batch, seed=1, tokenizer=None, num_processes=processes
    )


def test_labelled_rows_are_trained_in_whole_batches_without_negatives_of_the_batch(tmp_path):
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "news.csv", labelled_rows(40))))
    write_pairs(part, tmp_path / "data" / SAFE_FOLDER, SETTINGS, quiet())
    dataset = flag_embedding(tmp_path / "data")
    assert dataset.batch_size_idxs == [8], "neither the default nor its half"
    assert dataset.no_in_batch_neg_flags == [True]
    queries, passages, scores, flag = dataset[0]
    assert (len(queries), len(passages), scores, flag) == (8, 8 * 4, None, True)
    assert {row["text"] for row in labelled_rows(40)} >= {*queries, *passages}, (
        "no word before them"
    )


def test_the_published_modes_keep_flag_embeddings_halving_and_choose_their_folder(tmp_path):
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "news.csv", labelled_rows(40))))
    published = RowSettings(group_size=4, batch_size=None)
    file = write_pairs(part, tmp_path / "data" / "same", published, quiet())
    assert "batch_size" not in read_lines(file.path)[0]
    dataset = flag_embedding(tmp_path / "data", batch=3)
    assert dataset.batch_size_idxs == [1], "3 // 2"
    assert dataset.no_in_batch_neg_flags == [False]


READY_ROWS = {
    "normal": {**READY, "prompt": "find: ", "pos_scores": [1], "neg_scores": [0.5, 0], "id": 7},
    "only_1neg": {**READY, "type": "only_1neg"},
    "symmetric_sts": {**READY, "type": "symmetric_sts"},
    "symmetric_clustering": {**READY, "type": "symmetric_clustering", "category": "x"},
    "symmetric_class": {**READY, "type": "symmetric_class"},
}


def write_all(tmp_path, settings=SETTINGS, **source):
    """Ten ready-made rows of each type, as training files in data/."""
    for name, row in READY_ROWS.items():
        write_lines(tmp_path / "ready" / f"{name}.jsonl", [row] * 10)
    [data] = read(tmp_path, TrainingSource(path=tmp_path / "ready", **source))
    [part] = split([data], 200, seed=1)
    return write_ready(part, lambda *of: ready_folder(tmp_path / "data", *of), settings, quiet())


def test_ready_made_rows_of_every_type_are_loaded_with_the_batch_that_was_asked_for(tmp_path):
    files = write_all(tmp_path)
    names = [str(file.path.relative_to(tmp_path / "data")) for file in files]
    assert names == [
        "normal/1-ready-1.jsonl",
        "only_1neg/1-ready-2.jsonl",
        "labelled-no_in_batch_neg/1-ready-3.jsonl",
        "labelled-no_in_batch_neg/1-ready-4.jsonl",
        "symmetric_sts/1-ready-5.jsonl",
    ]
    dataset = flag_embedding(tmp_path / "data")
    assert dataset.batch_size_idxs == [8] * 5
    assert dataset.no_in_batch_neg_flags == [True, True, False, False, False]
    groups = set()
    for item in range(len(dataset)):
        queries, passages, _, _ = dataset[item]
        groups.add(len(passages) // len(queries))
        assert not any("None" in text for text in (*queries, *passages))
    assert groups == {2, 3, 4}, "only_1neg, as many as a class has, and what was asked for"


def test_rows_without_a_prompt_get_the_recipes_and_others_keep_theirs(tmp_path):
    files = write_all(tmp_path, RowSettings(4, 8, prompt="say: "))
    prompts = [{row["prompt"] for row in read_lines(file.path)} for file in files]
    assert prompts == [{"find: "}, {"say: "}, {"say: "}, {"say: "}, {"say: "}]
    assert {row["batch_size"] for file in files for row in read_lines(file.path)} == {8}


def test_scores_reach_flag_embedding(tmp_path):
    write_all(tmp_path)
    for folder in list((tmp_path / "data").iterdir()):
        if folder.name != "normal":
            folder.rename(tmp_path / folder.name)
    dataset = flag_embedding(tmp_path / "data", group_size=3, knowledge_distillation=True)
    _, passages, scores, _ = dataset[0]
    assert len(scores) == len(passages) == 24
    assert set(scores[::3]) == {1.0}


def test_negatives_of_the_batch_can_be_declined_for_any_type(tmp_path):
    files = write_all(tmp_path, in_batch_negatives=False)
    assert {file.path.parent.name for file in files} == {"labelled-no_in_batch_neg"}


def test_a_file_with_less_than_a_batch_is_refused_for_nothing_of_it_would_be_trained_on(tmp_path):
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "news.csv", labelled_rows(30))))
    folder = tmp_path / "data" / SAFE_FOLDER
    with pytest.raises(UnusableTrainingData, match="has 30 rows, less than a batch of 31: "):
        write_pairs(part, folder, RowSettings(4, 31), quiet())
    assert not list(folder.glob("*.jsonl"))
    with pytest.raises(UnusableTrainingData, match=r"normal\.jsonl has 10 rows, less than a batch"):
        write_all(tmp_path / "ready", RowSettings(4, 11))
    write_pairs(part, folder, RowSettings(4, 30), quiet())
    assert len(flag_embedding(tmp_path / "data")) == 1


def test_every_process_takes_a_batch_of_its_own(tmp_path):
    [part] = parts(tmp_path, labelled(write_csv(tmp_path / "news.csv", labelled_rows(30))))
    folder = tmp_path / "data" / SAFE_FOLDER
    few = "has 30 rows, less than a batch of 16 for each of 2 processes: "
    with pytest.raises(UnusableTrainingData, match=few):
        write_pairs(part, folder, RowSettings(4, 16, processes=2), quiet())
    write_pairs(part, folder, RowSettings(4, 15, processes=2), quiet())
    assert len(flag_embedding(tmp_path / "data", processes=2)) == 2


def test_labelled_texts_carry_the_number_of_their_label_in_the_order_of_names(tmp_path):
    rows = [{"text": f"text {n}", "label": ["zebra", "ant", "bee"][n % 3]} for n in range(30)]
    kept = parts(tmp_path, labelled(write_csv(tmp_path / "animals.csv", rows)), held_out=6)
    training, held_out = write_labelled(kept, tmp_path / "data", quiet())
    names = json.loads((tmp_path / "data" / "labels.json").read_text())
    assert names == ["ant", "bee", "zebra"]
    assert (training.rows, held_out.rows) == (24, 6)
    both = read_lines(training.path) + read_lines(held_out.path)
    told = {(row["text"], names[row["label"]]) for row in both}
    assert told == {(row["text"], row["label"]) for row in rows}


def test_two_data_sets_share_no_label(tmp_path):
    first = labelled(write_csv(tmp_path / "a.csv", labelled_rows(9)))
    second = labelled(write_csv(tmp_path / "b.csv", labelled_rows(9)))
    training, _ = write_labelled(parts(tmp_path, first, second), tmp_path / "data", quiet())
    names = json.loads((tmp_path / "data" / "labels.json").read_text())
    assert names[0] == f"{first.name}: film"
    assert len(names) == len({row["label"] for row in read_lines(training.path)}) == 6

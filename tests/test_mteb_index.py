"""The committed index says what the pinned mteb says, and is quick to ask."""

import pytest

from schemas.mteb_index import INDEX_FILE, TaskSelection, mteb_index, paired_subsets


def test_committed_index_equals_what_the_installed_mteb_generates():
    pytest.importorskip("mteb", reason="comparing needs mteb itself")
    from runners.index import index_text

    assert INDEX_FILE.read_text(encoding="utf-8") == index_text(), (
        "mteb changed: run `python -m runners.index`"
    )


def test_monolingual_task_has_one_subset_called_default():
    task = mteb_index().task("ArguAna")
    assert task is not None
    assert (task.type, task.main_score, task.splits) == ("Retrieval", "ndcg_at_10", ("test",))
    assert task.subsets == {"default": ("eng-Latn",)}
    assert task.dataset_id == "mteb/arguana"
    assert task.dataset_revision == "c22ab2a51041ffd869aaddef7af8d8215647e41a"


def test_multilingual_task_maps_subsets_to_languages():
    task = mteb_index().task("STS22")
    assert task is not None
    assert task.subsets["de-en"] == ("deu-Latn", "eng-Latn")
    assert task.superseded_by == "STS22.v2"


def test_every_pair_of_flores_is_there_though_the_file_lists_only_its_languages():
    task = mteb_index().task("FloresBitextMining")
    assert task is not None
    assert len(task.subsets) == 204 * 203
    assert task.subsets["nob_Latn-zho_Hant"] == ("nob-Latn", "zho-Hant")


def test_pairs_are_ordered_and_never_of_a_language_with_itself():
    assert paired_subsets(["ace_Arab", "bam_Latn"]) == {
        "ace_Arab-bam_Latn": ("ace-Arab", "bam-Latn"),
        "bam_Latn-ace_Arab": ("bam-Latn", "ace-Arab"),
    }


def test_a_language_without_script_keeps_every_script_and_with_script_only_that_one():
    task = mteb_index().task("BelebeleRetrieval")
    assert task is not None
    chinese = task.subsets_in(["zho"])
    assert {"zho_Hans-zho_Hans", "zho_Hant-zho_Hant", "zho_Hans-eng_Latn"} <= set(chinese)
    assert not [s for s in task.subsets_in(["zho-Hant"]) if "zho_Hans" in s]
    assert task.subsets_in([]) == tuple(task.subsets)


def test_an_image_task_is_known_to_need_images():
    task = mteb_index().task("CIFAR10")
    assert task is not None
    assert task.modalities == ("image",)
    assert not task.is_text


def test_an_aggregate_names_its_parts_and_has_no_data_set():
    task = mteb_index().task("CQADupstackRetrieval")
    assert task is not None
    assert task.is_aggregate
    assert len(task.parts) == 12
    assert task.dataset_id is None


def test_benchmark_says_which_subsets_it_takes_of_a_task():
    benchmark = mteb_index().benchmark("MTEB(eng, v2)")
    assert benchmark is not None
    assert len(benchmark.tasks) == 41
    assert TaskSelection("STS22.v2", ("test",), ("en",)) in benchmark.tasks
    assert TaskSelection("ArguAna", ("test",), ("default",)) in benchmark.tasks


def test_unknown_names_are_none_rather_than_an_error():
    assert mteb_index().task("NoSuchTask") is None
    assert mteb_index().benchmark("MTEB(eng)") is None
    assert mteb_index().benchmark_aliases["MTEB(eng)"] == "MTEB(eng, v2)"


def test_two_letter_and_three_letter_codes_find_each_other():
    assert mteb_index().iso_639_1["eng"] == "en"
    assert mteb_index().iso_639_3["nb"] == "nob"
    assert mteb_index().languages["deu"] == "German"


def test_every_task_and_benchmark_can_be_built():
    index = mteb_index()
    tasks = [index.task(name) for name in index.task_names]
    assert all(
        task and (task.subsets and task.splits if task.is_text else not task.subsets)
        for task in tasks
    )
    for name in index.benchmark_names:
        benchmark = index.benchmark(name)
        assert benchmark
        for selection in benchmark.tasks:
            task = index.task(selection.task)
            assert task
            assert set(selection.splits) <= set(task.splits)
            assert set(selection.subsets) <= set(task.subsets)


@pytest.mark.parametrize(
    ("name", "texts", "characters"),
    [
        ("STSBenchmark", 2 * 1379, 147_886),  # both sentences of every pair
        ("ArguAna", 1406 + 8674, 10_607_229),  # queries and documents
        ("Banking77Classification", 3080 + 10 * 8 * 77, 533_394),  # and 8 texts a label, 10 times
        ("SprintDuplicateQuestions", 1000 + 7932, 494_416),  # a text of many pairs once
        ("StackExchangeClustering.v2", 2048, 117_782),  # its sample
    ],
)
def test_a_task_says_how_much_text_it_encodes(name, texts, characters):
    task = mteb_index().task(name)
    assert task is not None
    assert task.encodes == (texts, characters)


def test_what_mteb_has_no_statistics_of_has_no_size():
    assert mteb_index().task("CQADupstackRetrieval").encodes is None
    assert mteb_index().task("LexRetrieval.v1").encodes is None

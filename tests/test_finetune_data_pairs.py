"""Positives and negatives: never the row itself, never of its label; the same for the same seed; in little memory."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("datasets")

from runners.finetuning.pairs import Pairs
from runners.finetuning.training_files import SAFE_FOLDER, RowSettings, write_pairs
from tests.finetune_data_made import (
    labelled,
    labelled_rows,
    parts,
    quiet,
    read_lines,
    write_csv,
    write_lines,
    written,
)

ROOT = Path(__file__).parent.parent


def drawn(labels, texts=None, *, negatives=3, seed=1, mined=None):
    """Pairs of rows numbered from 100 on, so that numbers and places are never the same."""
    labels = np.asarray(labels)
    hashes = np.asarray(texts if texts is not None else range(len(labels)), np.uint64)
    rows = np.arange(100, 100 + len(labels))
    return list(Pairs(rows, labels, hashes, negatives=negatives, seed=seed, mined=mined))


def test_a_row_is_never_its_own_positive_and_no_negative_has_its_label():
    labels = np.random.default_rng(0).integers(0, 4, 400)
    pairs = drawn(labels, negatives=7)
    assert [pair.row for pair in pairs] == list(range(100, 500))
    for pair in pairs:
        label = labels[pair.row - 100]
        assert pair.positive != pair.row
        assert labels[pair.positive - 100] == label
        assert label not in {labels[other - 100] for other in pair.negatives}
        assert len(set(pair.negatives)) == 7


def test_a_positive_has_another_text_where_there_is_one():
    labels = [0] * 50 + [1] * 3
    texts = [7] * 49 + [8] + [9] * 3
    pairs = drawn(labels, texts)
    assert {pair.positive for pair in pairs[:49]} == {149}
    assert all(pair.positive != pair.row for pair in pairs[50:]), "and the same text where not"


def test_no_negative_repeats_a_text_or_is_the_rows_own_text_under_another_label():
    labels = [0] * 20 + [1] * 60
    texts = [*range(20), *([3] * 20), *([50] * 20), *range(100, 120)]
    for pair in drawn(labels, texts, negatives=12)[:20]:
        used = [texts[other - 100] for other in pair.negatives]
        assert len(set(used)) == 12
        assert not {texts[pair.row - 100], texts[pair.positive - 100]} & set(used)


def test_negatives_come_again_only_where_there_are_not_enough():
    [pair, *_] = drawn([0, 0, 1, 1], negatives=7)
    assert Counter(pair.negatives).keys() == {102, 103}
    assert len(pair.negatives) == 7


def test_negatives_are_drawn_over_the_rows_of_other_labels_alike():
    labels = [0] * 2000 + [1] * 100 + [2] * 300
    seen = Counter(other for pair in drawn(labels, negatives=4)[:2000] for other in pair.negatives)
    of_two = sum(count for other, count in seen.items() if labels[other - 100] == 2)
    assert len(seen) == 400
    assert of_two / 8000 == pytest.approx(0.75, abs=0.02), "three quarters of the other rows"
    assert np.std(list(seen.values())) < 1.2 * 20**0.5, "no row more often than by chance"


def test_a_row_without_another_of_its_label_gets_no_pair():
    pairs = drawn([0, 0, 1, 2, 2])
    assert [pair is None for pair in pairs] == [False, False, True, False, False]


def test_mined_negatives_are_taken_instead_of_drawn_ones():
    mined = np.array([[2, 3], [3, 2], [0, 1], [-1, -1]], np.int32)
    pairs = drawn([0, 0, 1, 1], negatives=2, mined=mined)
    assert [pair and pair.negatives for pair in pairs] == [(102, 103), (103, 102), (100, 101), None]


def test_a_mined_negative_with_the_positives_own_text_is_not_taken():
    mined = np.array([[2, 3], [2, 3], [0, 1], [1, 0]], np.int32)
    first, second, *_ = drawn([0, 0, 1, 1], [5, 6, 6, 7], negatives=2, mined=mined)
    assert (first.positive, first.negatives) == (101, (103, 103))
    assert second.negatives == (103, 103), "its own text under another label"
    only_that = drawn([0, 0, 1], [5, 6, 6], negatives=1, mined=np.array([[2], [2], [0]], np.int32))
    assert only_that[0] is None


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path):
    source = labelled(write_csv(tmp_path / "news.csv", labelled_rows(90)))
    first = written(tmp_path / "1", source)
    assert first == written(tmp_path / "2", source)
    assert first != written(tmp_path / "3", source, seed=43)


def test_pairs_depend_neither_on_the_order_of_rows_nor_on_how_python_hashes(tmp_path):
    rows = labelled_rows(90)
    write_lines(tmp_path / "forth" / "a.jsonl", rows)
    write_lines(tmp_path / "back" / "a.jsonl", rows[60:][::-1])
    write_lines(tmp_path / "back" / "b.jsonl", rows[:60])
    forth = written(tmp_path / "1", labelled(tmp_path / "forth")).splitlines()
    assert forth == written(tmp_path / "2", labelled(tmp_path / "back")).splitlines()
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.finetune_data_made import labelled, written\n"
        "sys.stdout.buffer.write(written(Path(sys.argv[1]), labelled(Path(sys.argv[2]))))\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "3", tmp_path / "forth"],
        env={**os.environ, "PYTHONHASHSEED": "1"}, cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    assert elsewhere.stdout.splitlines() == forth


def test_a_written_row_is_what_flag_embedding_reads(tmp_path):
    rows = [{"text": 'say "hi"\n', "label": "a"}, {"text": "Grüße", "label": "a"}, {"text": "x", "label": "b"}, {"text": "y", "label": "b"}]  # fmt: skip
    [part] = parts(tmp_path, labelled(write_lines(tmp_path / "news.jsonl", rows)))
    settings = RowSettings(group_size=3, batch_size=2, prompt="classify: ")
    file = write_pairs(part, tmp_path / SAFE_FOLDER, settings, quiet())
    assert (file.rows, file.left_out) == (4, 0)
    assert file.path == tmp_path / "labelled-no_in_batch_neg" / "1-news.jsonl"
    [row] = [row for row in read_lines(file.path) if row["query"] == "Grüße"]
    assert sorted(row.pop("neg")) == ["x", "y"]
    assert row == {
        "query": "Grüße",
        "pos": ['say "hi"\n'],
        "prompt": "classify: ",
        "type": "symmetric_class",
        "batch_size": 2,
    }


MEASURED = """
import sys
from pathlib import Path
from runners.finetuning.training_files import SAFE_FOLDER, RowSettings, write_pairs
from tests.finetune_data_made import labelled, parts, quiet

def peak():
    # what getrusage tells begins with the memory of the process that started this one
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0])

folder, idle = Path(sys.argv[1]), peak()
[part] = parts(folder, labelled(folder / "many.csv"), held_out=200)
file = write_pairs(part, folder / SAFE_FOLDER, RowSettings(8, 32), quiet())
print(file.rows, file.path.stat().st_size, peak() - idle)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_hundred_thousand_rows_with_eight_texts_each_take_little_memory(tmp_path):
    text = "x" * 200
    rows = 100_000
    with (tmp_path / "many.csv").open("w") as table:
        table.write("text,label\n")
        table.writelines(f"{n} {text},{n % 50}\n" for n in range(rows))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    count, size, grown = map(int, done.stdout.split())
    for file in tmp_path.rglob("*.*"):
        file.unlink()  # 200 MB
    assert count == rows - 200
    assert size > 180_000_000
    assert grown < 20_000, "kB: less than the texts alone, each once"

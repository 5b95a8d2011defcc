"""Training data with labels are read from tables of three kinds and the Hub's; what is wrong is told by file and line."""

import io

import pytest

pytest.importorskip("datasets")

import datasets

from runners.failures import Failure
from runners.finetuning.refusals import UnusableTrainingData, as_failure
from runners.finetuning.training_data import Whereabouts, read_training_data, split
from runners.prefetched import Prefetched, key, question, replayed
from runners.progress import Progress
from schemas.errors import ExitCode
from schemas.finetuning import LabelColumns, TrainingSource
from tests.finetune_data_made import (
    READY,
    finetuning,
    labelled,
    labelled_rows,
    read,
    write_csv,
    write_lines,
)

ROWS = [
    {"title": "NA", "body": "007 returns", "kind": "film"},
    {"title": "Late goal", "body": "", "kind": "sport"},
    {"title": "Café “élan”", "body": "opens,\nat last", "kind": "film"},
    {"title": "Cup final", "body": "tonight", "kind": "sport"},
]
TITLE_AND_BODY = LabelColumns(("title", "body"), "kind")


def texts_with_labels(data):
    texts = [text for (text,) in data.texts()]
    labels = [data.labels[group] for group in data.rows.groups[data.chosen]]
    return set(zip(texts, labels, strict=True))


def write_table(path, rows):
    if path.suffix == ".csv":
        return write_csv(path, rows)
    if path.suffix == ".jsonl":
        return write_lines(path, rows)
    import pandas as pd

    pd.DataFrame(rows).to_parquet(path)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_every_format_gives_the_same_texts_and_labels(tmp_path, suffix):
    path = write_table(tmp_path / f"news{suffix}", ROWS)
    [data] = read(tmp_path, labelled(path, columns=TITLE_AND_BODY, join=" | "))
    assert texts_with_labels(data) == {
        ("NA | 007 returns", "film"),
        ("Late goal | ", "sport"),
        ("Café “élan” | opens,\nat last", "film"),
        ("Cup final | tonight", "sport"),
    }
    assert data.labels == ("film", "sport")


def test_labels_are_text_whatever_a_file_makes_of_them(tmp_path):
    rows = [{"text": f"text {n}", "label": n % 2} for n in range(4)]
    [numbers] = read(tmp_path, labelled(write_lines(tmp_path / "numbers.jsonl", rows)))
    [words] = read(tmp_path / "csv", labelled(write_csv(tmp_path / "words.csv", rows)))
    assert numbers.labels == words.labels == ("0", "1")
    assert texts_with_labels(numbers) == texts_with_labels(words)


def test_a_folder_is_one_data_set_whatever_the_order_of_its_files(tmp_path):
    rows = labelled_rows(30)
    write_lines(tmp_path / "ab" / "a.jsonl", rows[:10])
    write_lines(tmp_path / "ab" / "b.jsonl", rows[10:])
    write_lines(tmp_path / "ba" / "a.jsonl", rows[::-1])
    [ab] = read(tmp_path / "1", labelled(tmp_path / "ab", rows=12))
    [ba] = read(tmp_path / "2", labelled(tmp_path / "ba", rows=12))
    assert len(ab.chosen) == 12
    assert list(ab.texts()) == list(ba.texts())
    assert ab.sha256(ab.chosen) == ba.sha256(ba.chosen)


def test_rows_are_drawn_by_seed(tmp_path):
    path = write_csv(tmp_path / "news.csv", labelled_rows(60))
    [one] = read(tmp_path / "1", labelled(path, rows=20), seed=1)
    [same] = read(tmp_path / "2", labelled(path, rows=20), seed=1)
    [other] = read(tmp_path / "3", labelled(path, rows=20), seed=2)
    assert list(one.texts()) == list(same.texts())
    assert set(one.texts()) != set(other.texts())
    assert len(set(one.texts())) == len(set(other.texts())) == 20
    assert one.sha256(one.chosen) != other.sha256(other.chosen)
    assert (one.total, len(one.chosen)) == (60, 20)


def test_rows_without_text_are_left_out_and_counted(tmp_path):
    rows = [*labelled_rows(6), {"text": " ", "label": "film"}, {"text": "", "label": "film"}]
    [data] = read(tmp_path, labelled(write_csv(tmp_path / "news.csv", rows)))
    assert (data.total, data.left_out, len(data.chosen)) == (8, 2, 6)


def refused(tmp_path, source, **whereabouts):
    with pytest.raises(UnusableTrainingData) as caught:
        read(tmp_path, source, **whereabouts)
    assert caught.value.exit_code == ExitCode.SUBMISSION
    assert caught.value.fix
    failure = as_failure(caught.value)
    assert (failure.kind, failure.message) == ("submission", caught.value.message)
    return caught.value.message


def test_rows_without_a_label_are_told_by_line_the_first_of_them(tmp_path):
    rows = labelled_rows(20)
    for row in rows[3:12]:
        row["label"] = ""
    path = write_csv(tmp_path / "news.csv", rows)
    assert refused(tmp_path, labelled(path)) == (
        "9 rows cannot be trained on: news.csv, line 5: no label; news.csv, line 6: no label; "
        "news.csv, line 7: no label; news.csv, line 8: no label; news.csv, line 9: no label; and 4 more"
    )


def lines(*extra: bytes) -> bytes:
    rows = b"".join(b'{"text": "text %d", "label": "%d"}\n' % (n, n % 2) for n in range(4))
    return rows + b"".join(line + b"\n" for line in extra)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"text,kind\na,b\n", "a.csv has no column label"),
        ("a.csv", b"", "a.csv has no column text, label"),
        ("a.csv", b"text,label\na,b,c\n", "a.csv, line 2: 3 values for 2 columns"),
        ("a.csv", b'text,label\n"a\nb",c\nd\xff,e\n', "a.csv, line 4: not UTF-8"),
        ("a.csv", b"text,text\na,b\n", "a.csv: two columns have the same name"),
        ("a.jsonl", b'{"text": "a"}\n', "a.jsonl, line 1 has no column label"),
        ("a.jsonl", lines(b'{"text": "a"}'), "a.jsonl, line 5: no label"),
        ("a.jsonl", lines(b"", b"\xff"), "a.jsonl, line 6: not UTF-8"),
        ("a.jsonl", lines(b"{text}"), "a.jsonl, line 5: not JSON: "),
        ("a.jsonl", lines(b"[1]"), "a.jsonl, line 5: no JSON object"),
        ("a.jsonl", lines(b'{"text": ["a"], "label": "1"}'), "a.jsonl, line 5: `text` holds a list"),
        ("a.jsonl", lines(b'{"text": "\\ud800", "label": "1"}'), "a.jsonl, line 5: not JSON: "),
        ("a.jsonl", lines(b'{"text": NaN, "label": "1"}'), "a.jsonl, line 5: not JSON: NaN"),
        ("a.parquet", b"PAR1", "a.parquet is no Parquet file: "),
        ("a.xlsx", b"PK", "a.xlsx: neither .csv, .jsonl nor .parquet"),
        ("a.csv", b"text,label\n ,b\n", "a.csv has no rows with text"),
        ("a.csv", b"text,label\na,b\nc,b\n", "have the label b"),
        ("a.csv", b"text,label\na,b\nc,d\n", "no label of "),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_place(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    assert message in refused(tmp_path, labelled(tmp_path / name))


def test_a_label_with_one_row_is_told(tmp_path):
    stream = io.StringIO()
    path = write_csv(tmp_path / "news.csv", [*labelled_rows(6), {"text": "rain", "label": "wet"}])
    source = labelled(path)
    read_training_data(finetuning(source), tmp_path / "rows", Whereabouts(), Progress(stream))
    assert stream.getvalue() == (
        f"{path}: 7 of 7 rows, 4 labels; 1 labels have one row, which gets no positive\n"
    )


def test_files_of_a_submission_stay_inside_it(tmp_path):
    write_csv(tmp_path / "secret.csv", labelled_rows(6))
    inside = tmp_path / "submission" / "models"
    inside.mkdir(parents=True)
    (inside / "linked.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "folder").mkdir()
    (inside / "folder" / "linked.jsonl").symlink_to(tmp_path / "secret.csv")
    root = tmp_path / "submission"
    for path in ("../../secret.csv", "linked.csv", "folder"):
        assert "leads out of the project's folder" in refused(tmp_path, labelled(inside / path), root=root)  # fmt: skip
    write_csv(inside / "own.csv", labelled_rows(6))
    [data] = read(tmp_path, labelled(inside / "own.csv"), root=root)
    assert data.total == 6


def hub_source(**more):
    return labelled(None, id="acme/news", revision="1" * 40, **more)


def test_a_local_folder_replaces_the_hub(tmp_path):
    write_csv(tmp_path / "copy" / "train_5000.csv", labelled_rows(9))
    write_csv(tmp_path / "copy" / "test.csv", labelled_rows(3))
    [data] = read(tmp_path, hub_source(), data_paths={"acme/news": tmp_path / "copy"})
    assert data.total == 9
    message = refused(tmp_path, hub_source(split="dev"), data_paths={"acme/news": tmp_path / "copy"})  # fmt: skip
    assert message.startswith("acme/news: the file of `dev` is not clear in ")


def prefetched(folder, texts, classes):
    """Training data as `prefetch` leaves them."""
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["film", "sport"])}
    )
    asked = question("load_dataset", ("acme/news", None), {"split": "train", "revision": "1" * 40})
    kept = folder / "data" / key(asked) / "data"
    datasets.Dataset.from_dict({"text": texts, "label": classes}, features).save_to_disk(str(kept))
    return Prefetched(folder, {})


def test_prefetched_data_are_read_without_the_hub_and_no_others(tmp_path):
    with replayed(prefetched(tmp_path, list("abcde"), [0, 1, 0, 1, 1])):
        [data] = read(tmp_path, hub_source())
        with pytest.raises(Failure, match="was not prefetched") as missing:
            read(tmp_path, hub_source(config="other"))
    assert missing.value.kind == "infrastructure"
    assert texts_with_labels(data) == {("a", "film"), ("b", "sport"), ("c", "film"), ("d", "sport"), ("e", "sport")}  # fmt: skip


def test_a_class_nobody_knows_is_no_label(tmp_path):
    with replayed(prefetched(tmp_path, ["a", "b"], [0, -1])):
        assert "acme/news/train, row 2: no label" in refused(tmp_path, hub_source())


def test_held_out_rows_are_never_trained_on_and_data_without_labels_keep_theirs(tmp_path):
    first = labelled(write_csv(tmp_path / "a.csv", labelled_rows(30)))
    ready = TrainingSource(path=write_lines(tmp_path / "b.jsonl", [READY] * 5))
    second = labelled(write_csv(tmp_path / "c.csv", labelled_rows(60)))
    kept = split(read(tmp_path, first, ready, second), 9, seed=1)
    assert [len(part.held_out) for part in kept] == [3, 0, 6]
    for part in kept:
        assert not set(part.training) & set(part.held_out)
        assert len(part.training) + len(part.held_out) == part.data.total

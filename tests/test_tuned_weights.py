"""Tuned weights come from a machine that nobody trusts: every file is checked before one byte of it is published."""

import json
import os
from hashlib import sha1, sha256
from io import BytesIO

import pytest
from finetuned_made import tuned_config
from tuned_weights_made import model_files, report_of, tensors, with_header, write_model

from bot.publication.files import blob_ids
from bot.report import report_from
from bot.tuned_weights import names
from bot.tuned_weights.destination import Destination, destination
from bot.tuned_weights.folder import UnusableWeights, read_weights
from bot.tuned_weights.json_files import BrokenFile
from bot.tuned_weights.safetensors import check_safetensors

ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def read(tmp_path, files, report=None):
    folder = write_model(tmp_path / "model", files)
    return read_weights(folder, report_from(report or report_of(files)))


def test_a_model_as_it_is_saved_is_taken_with_what_names_its_content(tmp_path):
    files = model_files()
    found = read(tmp_path, files)
    assert found.keys() == files.keys()
    for name, content in files.items():
        assert found[name].size == len(content)
        assert found[name].sha256 == sha256(content).hexdigest()
        blob = sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
        assert found[name].blob == blob
        assert blob_ids(found[name]) == blob_ids(content)


def test_weights_in_shards_are_taken_in_order_of_name(tmp_path):
    files = model_files()
    del files["model.safetensors"]
    for number in (1, 2):
        files[f"model-0000{number}-of-00002.safetensors"] = tensors(number)
    files["model.safetensors.index.json"] = b'{"weight_map": {}}'
    files["2_Dense/model.safetensors"] = tensors(3.0)
    files["2_Dense/config.json"] = b"{}"
    assert read(tmp_path, files).keys() == files.keys()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pytorch_model.bin", b"\x80\x04", "no tuned model has a file of this name"),
        ("modeling.py", b"import os", "no tuned model has a file of this name"),
        ("README.md", b"# mine", "no tuned model has a file of this name"),
        ("1_Pooling/model.bin", b"", "no tuned model has a file of this name"),
        ("a/b/config.json", b"{}", "no tuned model has a file of this name"),
        (".git/config.json", b"{}", "no tuned model has a file of this name"),
        ("config.json", b'{"a": 1, "a": 2}', "it is not strict JSON"),
        ("config.json", b'{"a": NaN}', "it is not strict JSON"),
        ("config.json", b"\xff", "it is not strict JSON"),
        ("config.json", b"[" * 100_000, "it is not strict JSON"),
        ("config.json", b'{"a": ' + b"9" * 41 + b"}", "it is not strict JSON"),
        ("config.json", b'{"auto_map": {"AutoModel": "m.M"}}', "code of its own (auto_map)"),
        ("tokenizer_config.json", b'{"auto_map": {}}', "code of its own (auto_map)"),
        ("modules.json", b'[{"type": "os.system", "path": ""}]', "not of sentence_transformers"),
        ("modules.json", b'[{"path": ""}]', "not of sentence_transformers"),
        ("modules.json", b"{}", "not of sentence_transformers"),
        ("modules.json", b'[{"type": "sentence_transformers.x;y.Z"}]', "not of sentence_transf"),
        ("vocab.txt", b"\xff\xfe", "it is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_file_that_no_tuned_model_has_is_refused(name, content, said, tmp_path):
    files = {**model_files(), name: content}
    with pytest.raises(UnusableWeights) as caught:
        read(tmp_path, files)
    assert said in caught.value.message
    assert name in caught.value.message


@pytest.mark.parametrize("lacking", ["config.json", "modules.json"])
def test_a_model_that_lacks_what_loads_it_is_refused(lacking, tmp_path):
    files = model_files()
    del files[lacking]
    with pytest.raises(UnusableWeights, match=f"{lacking}: refused, as it is missing"):
        read(tmp_path, files)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UnusableWeights, match="No such file or directory"):
        read_weights(tmp_path / "model", report_from(report_of(model_files())))


def test_links_are_never_followed(tmp_path):
    files = model_files()
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    folder = write_model(tmp_path / "model", files)
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(secret)
    with pytest.raises(UnusableWeights, match="Too many levels of symbolic links"):
        read_weights(folder, report_from(report_of(files)))
    (folder / "config.json").unlink()
    (folder / "2_Dense").symlink_to(tmp_path)
    with pytest.raises(UnusableWeights, match="2_Dense: refused, as no tuned model has"):
        read_weights(folder, report_from(report_of(files)))


def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path):
    files = model_files()
    folder = write_model(tmp_path / "model", files)
    (folder / "vocab.txt").unlink()
    os.mkfifo(folder / "vocab.txt")
    with pytest.raises(UnusableWeights, match=r"vocab\.txt: refused, as it is no plain file"):
        read_weights(folder, report_from(report_of(files)))


def test_sizes_and_numbers_of_files_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "LARGEST_TEXT", 100)
    with pytest.raises(UnusableWeights, match="it has more than 100 bytes"):
        read(tmp_path, model_files())
    monkeypatch.undo()
    many = {f"{number}_Dense/config.json": b"{}" for number in range(100)}
    with pytest.raises(UnusableWeights, match="it holds more than 200 files"):
        read(tmp_path / "many", {**model_files(), **many})


def test_weights_that_were_not_measured_are_refused(tmp_path):
    report = report_of(model_files(0.5))
    with pytest.raises(UnusableWeights, match="not those that the report was measured with"):
        read(tmp_path, model_files(0.75), report)
    more = {**model_files(0.5), "2_Dense/model.safetensors": tensors(1.0)}
    with pytest.raises(UnusableWeights, match="not those that the report was measured with"):
        read(tmp_path / "more", more, report)


def test_weights_of_another_size_than_told_are_refused(tmp_path):
    report = report_of(model_files())
    report["provenance"]["weights"][0]["bytes"] += 1
    with pytest.raises(UnusableWeights, match="other sizes than the report tells"):
        read(tmp_path, model_files(), report)


def checked(content):
    check_safetensors(BytesIO(content), len(content))


def test_a_sound_header_is_taken():
    data = bytes(8)
    checked(tensors(1.0, 2.0))
    checked(with_header({"__metadata__": {"format": "pt"}, "a": ONE}, data))
    empty = {"dtype": "I64", "shape": [0], "data_offsets": [8, 8]}
    scalar = {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}
    checked(with_header({"a": scalar, "b": empty}, data))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no safetensors file"),
        (b"\x80\x04\x95", "no safetensors file"),
        (bytes(8), "its header is longer"),
        (b"\xff" * 16, "its header is longer"),
        (with_header({"a": ONE}, bytes(8))[:40], "its header is longer"),
        (with_header(b"not JSON", b""), "it is not strict JSON"),
        (with_header(b'{"a": 1, "a": 2}', b""), "it is not strict JSON"),
        (with_header([], b""), "its header is no JSON object"),
        (with_header({}, b""), "it holds no tensor"),
        (with_header({"__metadata__": {"a": 1}, "a": ONE}, bytes(8)), "something else than texts"),
        (with_header({"a": 1}, b""), "described otherwise"),
        (with_header({"a": {**ONE, "code": "x"}}, bytes(8)), "described otherwise"),
        (with_header({"a": {**ONE, "dtype": "OBJECT"}}, bytes(8)), "unknown number format"),
        (with_header({"a": {**ONE, "dtype": ["F32"]}}, bytes(8)), "unknown number format"),
        (with_header({"a": {**ONE, "shape": [-2]}}, bytes(8)), "no list of counts"),
        (with_header({"a": {**ONE, "shape": [True, 2]}}, bytes(8)), "no list of counts"),
        (with_header({"a": {**ONE, "shape": [1] * 8 + [2]}}, bytes(8)), "no list of counts"),
        (with_header({"a": {**ONE, "data_offsets": [0]}}, bytes(8)), "no list of counts"),
        (with_header({"a": {**ONE, "shape": [3]}}, bytes(8)), "more or fewer bytes"),
        (with_header({"a": ONE}, bytes(7)), "end before the file does, or after"),
        (with_header({"a": ONE}, bytes(9)), "end before the file does, or after"),
        (with_header({"a": ONE, "b": ONE}, bytes(16)), "tensors overlap"),
        (with_header({"a": {**ONE, "data_offsets": [4, 12]}}, bytes(12)), "hidden data between"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_describe_the_file_is_refused(content, said):
    with pytest.raises(BrokenFile, match=said):
        checked(content)


def test_a_model_whose_weights_are_broken_is_refused(tmp_path):
    files = {**model_files(), "model.safetensors": tensors(1.0)[:-1]}
    with pytest.raises(UnusableWeights, match=r"model\.safetensors: refused, as its tensors end"):
        read(tmp_path, files)


@pytest.mark.parametrize(
    ("asked", "allowed", "going"),
    [
        ({"to": "new-repository"}, "public", Destination("new-repository", True, True)),
        ({"to": "new-repository", "private": False}, "public", Destination("new-repository", False, False)),
        ({"to": "new-repository", "private": False}, "private", Destination("new-repository", True, True)),
        ({"to": "pull-request"}, "private", Destination("pull-request", True, True)),
        ({"to": "new-repository"}, "never", None),
        (None, "public", None),
    ],
)  # fmt: skip
def test_weights_go_where_config_and_board_agree(asked, allowed, going, tmp_path):
    config = tuned_config(tmp_path, {"publish": asked} if asked else {})
    found, why = destination(config, allowed)
    assert found == going
    assert bool(why) is (going is None)


def test_a_report_of_a_model_that_was_not_trained_has_no_weights_to_publish(tmp_path):
    files = model_files()
    data = json.loads(json.dumps(report_of(files)))
    del data["finetuning"]
    with pytest.raises(UnusableWeights, match="not those that the report was measured with"):
        read(tmp_path, files, data)

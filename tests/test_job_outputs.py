"""Outputs of a step are one line each."""

from pathlib import Path

import pytest

from bot.job_outputs import CannotWriteOutputs, write_outputs


def test_outputs_are_appended_one_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "outputs"
    file.write_text("earlier=1\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    write_outputs({"state": "failed", "shards": [1, 2], "publish": True, "run": 7})
    assert file.read_text() == "earlier=1\nstate=failed\nshards=[1, 2]\npublish=true\nrun=7\n"


def test_outside_a_workflow_nothing_is_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    write_outputs({"state": "failed"})


@pytest.mark.parametrize("text", ["a\npublish=true", "a\rb", "a\u2028b", "a\x85b"])
def test_a_line_break_cannot_make_an_output_of_its_own(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    with pytest.raises(ValueError, match="config"):
        write_outputs({"config": text})
    assert not (tmp_path / "outputs").exists()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path))
    with pytest.raises(CannotWriteOutputs, match="GITHUB_OUTPUT: Is a directory"):
        write_outputs({"state": "failed"})

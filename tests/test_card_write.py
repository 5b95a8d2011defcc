"""The card writer changes its own keys and block, settles at once, and leaves every other byte alone."""

import json
import re

import pytest
import yaml
from card_made import ISO_639_1, card, measured, written
from card_readmes import BROKEN, READMES
from huggingface_hub import ModelCard
from hypothesis import given, settings
from hypothesis import strategies as st
from made import failure, outcome, report

from bot.card.block import BEGIN, END
from bot.card.card import CannotWriteCard, write_card
from bot.card.readme import CannotReadReadme
from schemas.errors import ExitCode

ALL = {name: text for name, (text, _) in (READMES | BROKEN).items()}


def parts_of(text: str) -> list[str]:
    """Lines and newlines, each a part of its own."""
    return [part for part in re.split("(\r\n|\r|\n)", text) if part]


def survives(parts: list[str], after: str) -> bool:
    """Whether `after` holds all parts in their order, whatever else stands between them."""
    rest = iter(parts_of(after))
    return all(part in rest for part in parts)


def card_of(content: bytes) -> ModelCard:
    """Read as huggingface_hub reads a file: without the byte order mark."""
    return ModelCard(content.decode("utf-8-sig"))


@pytest.mark.parametrize("name", ALL)
def test_a_second_run_changes_nothing(name):
    first = card(ALL[name].encode())
    second = card(first.files["README.md"])
    assert second.files == first.files


@pytest.mark.parametrize("name", ALL)
def test_a_score_that_changes_and_changes_back_leaves_no_trace(name):
    first = written(ALL[name].encode())
    changed = written(first, sts=-0.25)
    if name not in BROKEN:
        assert b"value: -25.0" in changed or b"value: -25.0}" in changed
    assert changed != first
    assert written(changed) == first


@pytest.mark.parametrize("name", READMES)
def test_only_lines_of_our_own_change(name):
    before, expected = READMES[name]
    after = written(before.encode()).decode()
    kept = before
    for line in expected:
        assert line in kept
        kept = "".join(kept.rpartition(line)[::2])
    assert survives(parts_of(kept), after)


@pytest.mark.parametrize("name", ALL)
def test_the_body_survives_in_one_piece(name):
    before = ALL[name]
    bare = before.removeprefix("\ufeff")
    match = re.match(r"\s*---\r?\n.*?^---[ \t]*(\r?\n|\Z)", bare, re.DOTALL | re.MULTILINE)
    body = bare[match.end() :] if match else bare
    if "old" not in body:  # a block of ours was in it
        assert body.encode() in written(before.encode())


@pytest.mark.parametrize("name", READMES)
def test_the_hub_reads_what_was_written(name):
    before, _ = READMES[name]
    data = card_of(written(before.encode())).data.to_dict()
    assert data["tags"].count("mteb") == 1
    assert data["mteb_results"] == "mteb_results/"
    values = {
        metric["value"]
        for model in data["model-index"]
        for result in model["results"]
        if result["dataset"]["name"] == "MTEB STSBenchmark"
        for metric in result["metrics"]
        if metric["type"] != "cos_sim_spearman"  # the author's own
    }
    assert values == {82.0325}
    measured_here = [result for model in data["model-index"] for result in model["results"]]
    assert (
        len([r for r in measured_here if r["dataset"]["name"].startswith("MTEB MassiveIntent")])
        == 3
    )


@pytest.mark.parametrize("name", READMES)
def test_the_author_s_other_metadata_means_what_it_meant(name):
    before, _ = READMES[name]
    written_by_us = ("tags", "mteb_results", "model-index")
    old = front_matter(before.encode())
    new = front_matter(written(before.encode()))
    for key, value in old.items():
        if key not in written_by_us and value is not None:
            assert new[key] == value
    defaults = {"language", "license", "library_name", "model_name"}
    assert set(new) - set(old) <= {*defaults, *written_by_us}
    assert [key for key in new if key in old] == list(old)


def front_matter(content: bytes) -> dict:
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    if not text.lstrip().startswith("---\n"):
        return {}
    inner = text.lstrip()[4:].split("\n---")[0].removeprefix("---")
    loaded = yaml.load(inner, yaml.BaseLoader)  # noqa: S506 - text and nothing else, the safest loader
    return loaded or {}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_front_matter_is_left_and_the_note_says_where(name):
    before, note = BROKEN[name]
    result = card(before.encode())
    after = result.files["README.md"].decode()
    assert after == f"{before}\n{BEGIN}{after.partition(BEGIN)[2]}"
    assert after.endswith(f"{END}\n")
    assert result.notes[0].startswith(f"The metadata in the front matter was not updated: {note}")


def test_unclosed_front_matter_is_not_closed_by_the_block():
    after = written(b"---\nlicense: mit\n").decode()
    assert [line for line in after.splitlines() if line.startswith("---")] == ["---"]


def test_without_a_readme_there_is_a_small_one():
    text = written(None).decode()
    head, _, body = text.partition("\n---\n")
    assert head.startswith(
        "---\nlanguage: en\nlicense: mit\nlibrary_name: sentence-transformers\nmodel_name: org/name\ntags:\n- mteb\n"
    )
    assert body.startswith(
        f"\n# `name`\n\n{BEGIN}\n\n## MTEB results\n\nMeasured on 2026-01-02 with mteb `2.26.24` at revision"
    )
    assert (
        "| `MassiveIntent` | `Classification` | `test`, `validation`: 2 subsets | `accuracy` | 34.63 |"
        in body
    )
    assert "| `NewsTopicsKNN` (custom) | `Classification` | `test` | `accuracy` | 93.00 |" in body
    assert "1 more task gave no result." in body
    assert "mteb-runner evaluate models/org/name.yaml --output out" in body


def test_all_files_of_the_card():
    result = card(None)
    assert list(result.files) == [
        "README.md",
        ".eval_results/MassiveIntent.yaml",
        ".eval_results/STSBenchmark.yaml",
        "mteb_results/MassiveIntent.json",
        "mteb_results/NewsTopicsKNN.json",
        "mteb_results/STSBenchmark.json",
        "mteb_results/radar.png",
    ]
    assert b"\n![Chart of the scores above](mteb_results/radar.png)\n" in result.files["README.md"]
    sts = json.loads(result.files["mteb_results/STSBenchmark.json"])
    assert sts["scores"]["test"][0]["main_score"] == 0.8203247283
    assert result.notes == ("1 task without a score left out of the card: `Broken`.",)


def test_what_is_not_to_be_published_is_not_written():
    result = write_card(
        None, measured(), iso_639_1=ISO_639_1, publish_radar=False, publish_eval_results=False
    )
    assert not [path for path in result.files if path.endswith((".png", ".yaml"))]
    assert b"![" not in result.files["README.md"]


def test_a_smoke_report_is_refused():
    with pytest.raises(CannotWriteCard, match="smoke run") as error:
        card(b"# M\n", smoke=True)
    assert error.value.exit_code is ExitCode.USAGE


def test_a_report_without_scores_is_refused():
    with pytest.raises(CannotWriteCard, match="no task of this report has a score"):
        write_card(None, report(outcome("A", error=failure())), iso_639_1={})


def test_a_readme_that_is_not_utf_8_is_the_submitter_s_to_mend():
    with pytest.raises(CannotReadReadme, match="line 2: byte 0xe9 is not UTF-8") as error:
        card("# M\ncaf\xe9\n".encode("latin-1"))
    assert error.value.exit_code is ExitCode.SUBMISSION


def test_a_readme_that_is_too_large_is_refused():
    with pytest.raises(CannotReadReadme, match="larger than 8 MiB"):
        card(b"x" * (8 * 2**20 + 1))


def test_a_custom_task_claims_no_place_on_a_data_set_s_leaderboard():
    custom = outcome("Mine", 0.5) | {"custom": True}
    result = write_card(None, report(custom, outcome("A", 0.5)), iso_639_1={}, publish_radar=False)
    assert [path for path in result.files if path.startswith(".eval_results")] == [
        ".eval_results/A.yaml"
    ]


def test_a_result_without_a_single_subset_counts_as_none():
    empty = outcome("Empty", 0.5)
    empty["result"]["scores"] = {"test": []}
    result = write_card(None, report(empty, outcome("A", 0.5)), iso_639_1={})
    assert "mteb_results/Empty.json" not in result.files
    assert result.notes == ("1 task without a score left out of the card: `Empty`.",)


def test_a_task_of_too_many_subsets_for_a_readme_stays_out_of_its_metadata():
    flores = outcome("Flores", 0.5)
    (entry,) = flores["result"]["scores"]["test"]
    pairs = [entry | {"hf_subset": f"pair{i}"} for i in range(1999)]
    flores["result"]["scores"]["test"] = pairs
    tasks = [outcome("Z", 0.5), flores, outcome("A", 0.5)]
    result = write_card(None, report(*tasks), iso_639_1={}, publish_radar=False)
    index = front_matter(result.files["README.md"])["model-index"]
    assert [entry["dataset"]["name"] for entry in index[0]["results"]] == ["MTEB Z", "MTEB A"]
    assert ".eval_results/Flores.yaml" not in result.files
    assert "mteb_results/Flores.json" in result.files
    assert b"| `Flores` | `Classification` | `test`: 1999 subsets |" in result.files["README.md"]
    (note,) = result.notes
    assert note.startswith("More than 2,000 results are too many for metadata.")
    assert note.endswith("not in model-index and .eval_results: `Flores`.")


def test_a_readme_broken_twice_is_left_whole():
    before = b"---\nlicense: mit\n\n```\ncode\n"
    result = card(before)
    assert result.files["README.md"] == before
    assert [note.partition(":")[0] for note in result.notes[:2]] == [
        "The metadata in the front matter was not updated",
        "The README ends inside an unclosed code fence or comment, so the results were not added; close it.",
    ]


def test_the_hub_s_language_codes():
    languages = ["eng", "eng-Latn", "nob", "yue-Hant"]
    model = {"name": "org/name", "revision": "a" * 40, "license": "mit", "languages": languages}
    assert b"language:\n- en\n- nb\n- yue\n" in written(None, model=model)


def test_a_licence_the_author_states_stays_and_a_difference_is_told():
    result = card(b"---\nlicense: apache-2.0\n---\n")
    assert b"license: apache-2.0\n" in result.files["README.md"]
    assert "The card says license `apache-2.0`, the config `mit`" in result.notes[0]
    assert b"\nlicense:" not in written(b"---\nlicense_name: own\n---\n")


def test_strings_from_the_report_cannot_act():
    bad = "x`|</details><!-- mteb-submission-bot:end -->\u202e@everyone\n---\n"
    data = measured()
    hostile = outcome(bad, 0.5) | {"type": bad[:99], "main_metric": bad[:99]}
    hostile["dataset"]["id"] = bad
    hostile["result"]["scores"]["test"][0]["hf_subset"] = bad
    provenance = {**data.provenance, "command": bad, "loader": bad, "packages": {"mteb": bad}}
    model = {"name": "org/name", "revision": "a" * 40, "license": bad[:64], "languages": [bad[:20]]}
    wild = report(hostile, provenance=provenance, model=model, finished_at=bad[:40])
    result = write_card(b"# M\n\nmine\n", wild, iso_639_1={})
    again = write_card(result.files["README.md"], wild, iso_639_1={})
    assert again.files == result.files
    text = result.files["README.md"].decode()
    assert "\u202e" not in text
    assert card_of(result.files["README.md"]).data.to_dict()["tags"] == ["mteb"]
    assert text.count("\n---\n") == 1
    assert all(".." not in path and path.count("/") <= 1 for path in result.files)
    assert all(path.isprintable() and path.isascii() for path in result.files)


def test_files_are_the_same_on_every_call():
    assert card(b"# M\n").files == card(b"# M\n").files


YAML_LINES = st.lists(
    st.sampled_from(
        ["license: mit", "license:", "tags: [a, b]", "tags: a", "tags:\n  - a", "tags:\n- mteb\n- b # c", "tags: []",
         "# comment", "", "x: |\n  text\n\n", "y: >+\n  text\n", "model_name: 'n'", "mteb_results: old", "language: no",
         "model-index:\n- name: n\n  results: []", "model-index: []", "mteb_results: {a: b}", "z: {a: [b]}", "  indented: x",
         "tags: *a", "w: &a b", "model-index:\n- results:\n    - dataset: {name: MTEB STSBenchmark, type: org/data, split: test}\n      task: {}",
         "'quoted': \"x\\n\"", "\ttab: x", "tags: !!str a", "...", "--- x", "q: - a", "license: >\n mit"]
    ),
    max_size=7,
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(
    YAML_LINES,
    st.sampled_from(["\n", "\r\n"]),
    st.text(st.sampled_from("ab \n\r-`~<!>#|é\u2028"), max_size=60),
)
def test_any_readme_keeps_its_lines_and_settles_at_once(lines, newline, body):
    before = f"---\n{chr(10).join(lines)}\n---\n{body}".replace("\n", newline).encode()
    first = written(before)
    assert written(first) == first
    ours = (
        "license",
        "tags",
        "mteb_results",
        "model-index",
        "- ",
        "  - ",
        "  results",
        "    - dataset",
        "      task",
        " mit",
    )
    kept = [part for part in parts_of(before.decode()) if not part.startswith(ours)]
    assert survives(kept, first.decode())


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300))
def test_any_text_after_good_front_matter_survives_byte_for_byte(body):
    before = b"---\nlicense: mit\n---\n" + body.encode()
    assert body.encode() in written(before)

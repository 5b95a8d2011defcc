"""Whatever is wrong with a file, all of it is said at once, with its place and in words a stranger can act on."""

import json

import broken_configs
import broken_requests
import broken_settings
import broken_tasks
import broken_yaml
import pytest
from broken import CONFIG, TASK, TUNED, Broken, outcome
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.check import check_custom_task, check_model_config
from bot.problem_formats import as_github, as_json, as_text
from bot.surroundings import Surroundings
from schemas.mteb_index import mteb_index
from schemas.yaml_document import parse_yaml

TABLES = (broken_yaml, broken_configs, broken_settings, broken_requests, broken_tasks)
CASES = [case for table in TABLES for case in table.CASES]


@pytest.fixture(autouse=True)
def _in_a_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_exactly_this_is_said_about(case: Broken, tmp_path):
    assert outcome(tmp_path, case.text, case.file, case.task_file) == case.expected.strip("\n")


def test_the_config_and_the_task_that_the_tables_break_are_right(tmp_path):
    assert outcome(tmp_path, CONFIG) == outcome(tmp_path, TUNED) == ""
    assert outcome(tmp_path, TASK, file="task.yaml") == ""


def test_there_are_at_least_forty_and_no_two_alike():
    assert len({case.title for case in CASES}) == len(CASES) >= 40
    assert len({(case.text, case.file, case.task_file) for case in CASES}) == len(CASES)


BYTES = {
    "Latin-1": (
        CONFIG.replace("query: ", "frågor: ").encode("latin-1"),
        """
11:7 not-utf-8: byte 0xe5 is not UTF-8 text
  fix: save the file in the encoding UTF-8
""",
    ),
    "UTF-16": (
        CONFIG.encode("utf-16"),
        """
1:1 not-utf-8: byte 0xff is not UTF-8 text
  fix: save the file in the encoding UTF-8
""",
    ),
    "half a letter at the end": (
        CONFIG.encode() + "å".encode()[:1],
        """
23:1 not-utf-8: byte 0xc3 is not UTF-8 text
  fix: save the file in the encoding UTF-8
""",
    ),
    "NUL bytes": (
        b"schema_version: 1\nmodel: a\0b\n",
        """
2:9 control-character: the character U+0000 is not allowed in YAML
  fix: delete it; control characters have no place in a config
""",
    ),
    "10 MB": (
        b"- eng\n" * 1_750_000,
        """
1:1 file-too-large: the file is larger than 256 KiB
  fix: a config holds names and numbers only; move everything else out of it
""",
    ),
    "Windows' line ends, where columns and lines stay right": (
        CONFIG.replace("license: mit", "licence: mit").replace("\n", "\r\n").encode(),
        """
4:1 unknown-key: unknown key `licence` in the file
  fix: did you mean `license`?
""",
    ),
    "a byte order mark, which moves no column": (
        b"\xef\xbb\xbf" + b"shema_version: 1\n" + CONFIG.split("\n", 1)[1].encode(),
        """
1:1 unknown-key: unknown key `shema_version` in the file
  fix: did you mean `schema_version`?
""",
    ),
}


@pytest.mark.parametrize(("content", "expected"), BYTES.values(), ids=BYTES)
def test_exactly_this_is_said_about_bytes(content, expected, tmp_path):
    assert outcome(tmp_path, content) == expected.strip("\n")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_byte_order_mark_and_windows_line_ends_are_no_problem(mark, line_end, tmp_path):
    assert outcome(tmp_path, mark + CONFIG.replace("\n", line_end).encode()) == ""


def problems_of(content: bytes):
    document = parse_yaml(content, "config.yaml")
    index = mteb_index()
    return [
        *check_model_config(document, Surroundings(index, place="models/a/b.yaml")),
        *check_custom_task(document, index),
    ]


def test_every_sentence_is_complete():
    for case in CASES:
        for problem in problems_of(case.text.encode()):
            assert len(problem.message.split()) >= 3
            assert len(problem.fix.split()) >= 2
            assert "None" not in problem.message + problem.fix
            assert problem.line >= 1
            assert problem.column >= 1


patient = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PIECES = st.sampled_from(
    [
        *(
            "&a ",
            "*a",
            "!!python/name:os ",
            "\t",
            "\0",
            "---\n",
            '"',
            "[",
            "{",
            "? ",
            ": ",
            "- ",
            "|",
        ),
        *(">", "%YAML 9.9\n", "null", "true", "no", "1e999", "0x1F", "-", "eng", "en", "MTEB(eng)"),
        *("tasks/news.yaml", "\u2028", "\\ud800", "\\U00110000"),
    ]
)


@patient
@given(st.binary(max_size=400))
def test_no_bytes_raise(content):
    assert problems_of(content), "no random bytes are a config"


@patient
@given(st.data(), st.sampled_from([CONFIG, TASK, TUNED]))
def test_no_mutation_of_a_good_file_raises_and_what_is_said_can_be_shown(data, text):
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + data.draw(PIECES | st.text(max_size=8)) + text[end:]
    problems = problems_of(text.encode("utf-8", "surrogatepass"))
    lines = as_text(problems, 1).splitlines()
    assert len(lines) == 2 * len(problems) + 1
    assert len(as_github(problems, 1).splitlines()) == len(problems) + 1
    assert as_json(problems, ["config.yaml"]).isascii()


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6), below, max_size=4),
    max_leaves=8,
)  # fmt: skip
KEYS = (
    *("model", "revision", "license", "languages", "load", "evaluate", "claims", "publish"),
    *(
        "name",
        "type",
        "dataset",
        "columns",
        "evaluator",
        "score_range",
        "training_split",
        "finetune",
    ),
)
DEEPER = (
    *("with", "prompts", "pooling", "tasks", "benchmarks", "languages", "splits", "subsets"),
    *("files", "id", "path", "text", "label"),
    *("base_model", "data", "recipe", "variants", "seeds", "held_out", "loss", "hard_negatives"),
)
NAMES = st.lists(st.sampled_from(["STS22", "MTEB(eng, v2)", "eng", "a.yaml"]))


@patient
@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        JSON_LIKE | st.dictionaries(st.sampled_from(DEEPER), JSON_LIKE | NAMES),
    )
)
def test_no_value_of_any_kind_anywhere_raises(data):
    problems_of(json.dumps({"schema_version": 1, **data}).encode())


@pytest.mark.parametrize("value", [None, 5, True, "id", ["id", "path"]])
def test_what_is_no_data_set_is_told_once(value):
    finetune = {"base_model": "acme/small", "data": [value]}
    found = problems_of(json.dumps({"schema_version": 1, "finetune": finetune}).encode())
    assert [p.rule for p in found if p.message.startswith("item 1 of `finetune.data`")] == [
        "wrong-type"
    ]

"""Expressions and patterns of workflow files, read as GitHub reads them."""

from pathlib import Path

import pytest

from tests.harness.expressions import condition_holds, evaluate, interpolate, shown
from tests.harness.globs import matches
from tests.harness.unsupported import Unsupported
from tests.harness.workflow_file import load, read_workflow

CONTEXTS = {
    "github": {"event": {"number": 3, "labels": [{"name": "a"}, {"name": "b"}], "none": None}},
    "inputs": {"sha": "AbC", "flag": True},
    "needs": {"plan": {"outputs": {"shards": "[1, 2]"}}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.event.number", 3),
        ("github.event.number || inputs.run", 3),
        ("github.event.missing.deep || inputs.sha", "AbC"),
        ("inputs.sha == 'abc'", True),
        ("'1' == 1", True),
        ("null == ''", True),
        ("null == 0", True),
        ("!github.event.none && 'yes' || 'no'", "yes"),
        ("fromJSON(needs.plan.outputs.shards)[1]", 2),
        ("contains(github.event.labels.*.name, 'B')", True),
        ("contains('HELLO', 'ell')", True),
        ("startsWith('refs/heads/main', 'refs/')", True),
        ("format('{0}-{1}', 'a', 2)", "a-2"),
        ("join(fromJSON('[1, 2]'), '+')", "1+2"),
        ("'it''s'", "it's"),
        ("(1 < 2) == true", True),
        ("github['event'].number", 3),
    ],
)
def test_an_expression_has_githubs_value(text, value):
    assert evaluate(text, CONTEXTS) == value


def test_text_shows_values_as_github_does():
    assert interpolate("a ${{ inputs.flag }} ${{ null }}${{ 3.0 }}", CONTEXTS) == "a true 3"
    assert shown([1]) == "[1]"


@pytest.mark.parametrize("text", ["hashFiles('x')", "unknown.thing", "1 +", "a ~ b", "(1"])
def test_an_expression_that_is_not_understood_is_refused(text):
    with pytest.raises(Unsupported):
        evaluate(text, {"a": 1, "b": 2})


@pytest.mark.parametrize(
    ("text", "failed", "holds"),
    [
        ("inputs.flag", False, True),
        ("inputs.flag", True, False),
        ("${{ always() }}", True, True),
        ("failure() && inputs.flag", True, True),
        ("${{ !cancelled() && inputs.sha != '' }}", True, True),
    ],
)
def test_a_condition_means_success_unless_it_says_otherwise(text, failed, holds):
    functions = {
        "success": lambda: not failed,
        "failure": lambda: failed,
        "always": lambda: True,
        "cancelled": lambda: False,
    }
    assert condition_holds(text, CONTEXTS, functions) is holds


@pytest.mark.parametrize(
    ("patterns", "path", "inside"),
    [
        (["models/**"], "models/org/a.yaml", True),
        (["models/**"], "model/a.yaml", False),
        (["*.yaml"], "models/a.yaml", False),
        (["**/README.md"], "README.md", True),
        (["**/README.md"], "a/b/README.md", True),
        (["models/**", "!models/**/*.md"], "models/org/a.md", False),
        (["models/**", "!models/**/*.md", "models/keep.md"], "models/keep.md", True),
        (["!models/**"], "models/a", False),
        (["requirements/**"], "requirements/bot.txt", True),
        (["v[12].x"], "v2.x", True),
        (["*.jsx?"], "a.js", True),
    ],
)
def test_the_last_pattern_that_fits_decides(patterns, path, inside):
    assert matches(patterns, path) is inside


def test_a_pattern_that_is_not_understood_is_refused():
    with pytest.raises(Unsupported):
        matches(["a\\*b"], "a*b")


def workflow_files():
    return sorted(Path(__file__).parent.parent.glob(".github/workflows/*.yml"))


@pytest.mark.parametrize("path", workflow_files(), ids=lambda path: path.name)
def test_the_harness_understands_every_workflow_of_this_project(path):
    workflow = read_workflow(f".github/workflows/{path.name}", path.read_text())
    for job in workflow.jobs.values():
        assert job.steps[0].uses.startswith("actions/checkout@")
    assert "github.triggering_actor" not in path.read_text(), (
        "act does not know it; GITHUB_TRIGGERING_ACTOR is the same"
    )


def test_a_script_that_begins_with_true_is_no_boolean():
    assert load("{run: true && false, on: true}") == {"run": "true && false", "on": True}

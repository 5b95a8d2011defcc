"""mteb-bot plan: the file it writes, what it says, and what it refuses before anything is written."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from bot.cli import main
from schemas.mteb_index import mteb_index
from schemas.plan import load_plan, request_digest
from tests.open_model import open_hub

HEAD, REVISION = "a" * 40, "1" * 40
CONFIG = f"""\
schema_version: 1
model: org/name
revision: "{REVISION}"
license: mit
languages: [eng]
evaluate:
  tasks:
    - STSBenchmark
    - name: STS17
      subsets: [en-en, en-de]
    - tasks/news.yaml
"""
TASK = """\
schema_version: 1
name: AcmeNews
type: classification
languages: [eng-Latn]
dataset: {path: news, files: {train: train.csv, test: test.csv}}
columns: {text: text, label: label}
evaluator: {method: knn}
"""
PLAN = {
    "schema_version": 1,
    "pull": 12,
    "head_sha": HEAD,
    "config": "models/org/name.yaml",
    "config_sha256": sha256(CONFIG.encode()).hexdigest(),
    "model": "org/name",
    "revision": REVISION,
    "smoke": False,
    "custom_code": False,
    "request": "",
    "tasks": [
        {"name": "STSBenchmark", "subsets": 1, "seconds": 22.1, "shard": 1},
        {"name": "STS17", "subsets": 2, "seconds": 21.6, "shard": 1},
        {"name": "AcmeNews", "subsets": 1, "seconds": 32.5, "shard": 1},
    ],
    "shards": [{"number": 1, "tasks": ["STSBenchmark", "STS17", "AcmeNews"], "seconds": 136.2}],
    "seconds": 136.2,
    "limits": {"seconds": 43200, "memory_gb": 64, "disk_gb": 100, "processes": 4096},
    "parameters": None,
    "trains": 0,
}
SUBMITTED = ("--pull", "12", "--sha", HEAD)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with open_hub(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


@pytest.fixture
def plan(tmp_path, monkeypatch, capsys):
    """Run `mteb-bot plan` on a submission: exit code, what it said, the outputs of the step."""
    monkeypatch.chdir(tmp_path)
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    folder = tmp_path / "submission" / "models" / "org"
    (folder / "tasks").mkdir(parents=True)
    (folder / "name.yaml").write_text(CONFIG)
    (folder / "tasks" / "news.yaml").write_text(TASK)

    def run(*options, config="models/org/name.yaml"):
        outputs.write_text("")
        code = main(["plan", config, "--root", "submission", "--output", "plan.json", *options])
        said = capsys.readouterr()
        return code, said.out + said.err, outputs.read_text()

    return run


def settings(**keys):
    Path("settings.yml").write_text(json.dumps({"schema_version": 1, **keys}))
    return ("--settings", "settings.yml")


def edit(old, new, name="name.yaml"):
    path = Path("submission/models/org") / name
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


def trained_from(base):
    data = f"{{id: acme/rows, revision: '{'1' * 40}', columns: {{text: text, label: label}}}}"
    edit("evaluate:\n", f"finetune: {{base_model: {base}, data: [{data}]}}\nevaluate:\n")


@pytest.mark.parametrize(
    ("publish", "allowed", "weights"),
    [
        (", publish: {to: new-repository}", "private", "true"),
        (", publish: {to: new-repository}", "never", "false"),
        ("", "public", "false"),
    ],
)
def test_weights_leave_the_machine_only_where_config_and_settings_publish_them(
    plan, publish, allowed, weights
):
    trained_from(f"acme/base{publish}")
    _, _, outputs = plan(*settings(publish={"tuned_weights": allowed}))
    assert outputs.splitlines()[-1] == f"weights={weights}"


def test_the_plan_of_a_small_submission(plan):
    assert plan(*SUBMITTED) == (
        0,
        (
            "org/name: 3 tasks (4 subsets). That takes about 5 minutes at most. "
            "(The model's size is not known; 300 million parameters are assumed.)\n"
        ),
        "shards=[1]\nminutes=1500\nrequest-digest=e3b0c44298fc1c14\nweights=false\n",
    )
    assert json.loads(Path("plan.json").read_bytes()) == PLAN
    assert load_plan(Path("plan.json")).to_json() == Path("plan.json").read_bytes()


def test_the_same_submission_gives_the_same_bytes(plan):
    plan(*SUBMITTED)
    first = Path("plan.json").read_bytes()
    plan(*SUBMITTED)
    assert Path("plan.json").read_bytes() == first


def test_a_request_narrows_it_and_is_kept_in_its_one_form(plan):
    code, said, outputs = plan("--request", "AcmeNews --smoke  STSBenchmark", *SUBMITTED)
    assert code == 0
    assert "org/name: 2 tasks, cut down. " in said
    made = load_plan(Path("plan.json"))
    assert (made.smoke, made.request) == (True, "--smoke AcmeNews STSBenchmark")
    assert [task.name for task in made.tasks] == ["STSBenchmark", "AcmeNews"]
    assert f"request-digest={request_digest(made.request)}\n" in outputs


def test_nobody_need_have_submitted_it(plan):
    assert plan()[0] == 0
    made = load_plan(Path("plan.json"))
    assert (made.pull, made.head_sha) == (None, None)


def test_the_settings_decide_machines_limits_and_price(plan):
    edit("  tasks:\n", '  benchmarks: ["MTEB(eng, v2)"]\n  tasks:\n')
    code, said, outputs = plan(
        *settings(
            limits={"shards": 3, "hours": 1.5, "memory_gb": 8, "disk_gb": 9, "processes": 99},
            quote={"gpu_teraflops": 15, "price_per_hour": 2, "currency": "USD"},
        )
    )
    made = load_plan(Path("plan.json"))
    assert code == 0
    assert [shard.number for shard in made.shards] == [1, 2, 3]
    assert outputs.splitlines()[:2] == ["shards=[1, 2, 3]", "minutes=240"]
    assert (made.limits.seconds, made.limits.memory_gb) == (5400, 8)
    assert (made.limits.disk_gb, made.limits.processes) == (9, 99)
    assert said == (
        "org/name: 42 tasks (43 subsets). That takes about 30 minutes to 4 hours on 3 machines "
        "and costs about 3.86 to 19.29 USD. A machine is stopped after 1.5 hours. "
        "(The model's size is not known; 300 million parameters are assumed.)\n"
    )


def test_it_is_not_split_where_one_shard_is_asked_for(plan):
    edit("  tasks:\n", '  benchmarks: ["MTEB(eng, v2)"]\n  tasks:\n')
    assert plan("--one-shard")[2].startswith("shards=[1]\n")


def test_code_runs_only_where_exactly_this_revision_is_approved(plan):
    reviewed = {"approved_by": "maintainer", "reason": "read"}
    for model, revision, approved in (
        ("org/name", REVISION, True),
        ("org/name", "2" * 40, False),
        ("org/other", REVISION, False),
    ):
        plan(*settings(custom_code=[{"model": model, "revision": revision, **reviewed}]))
        assert load_plan(Path("plan.json")).custom_code is approved


def test_what_a_maintainer_approves_of_a_model_that_is_trained_first_is_the_base_s_code(plan):
    trained_from("acme/base")
    reviewed = {"approved_by": "maintainer", "reason": "read line by line"}
    for model, approved in (("acme/base", True), ("org/name", False)):
        plan(*settings(custom_code=[{"model": model, "revision": REVISION, **reviewed}]))
        assert load_plan(Path("plan.json")).custom_code is approved


REFUSED = {
    "a task that the config does not ask for": (
        ("--request", "STS17 STSBenchmrk"),
        2,
        ("mteb-bot: the config does not ask for a task `STSBenchmrk`\n"
        "  fix: did you mean `STSBenchmark`?\n"),
    ),
    "a task that is like none of the config's": (
        ("--request", "ArguAna"),
        2,
        ("mteb-bot: the config does not ask for a task `ArguAna`\n"
        "  fix: it asks for STSBenchmark, STS17, AcmeNews\n"),
    ),
    "an option": (
        ("--request=--device",),
        2,
        "mteb-bot: there is no option `--device`\n  fix: the only one is `--smoke`\n",
    ),
    "a pull request without its commit": (
        ("--pull", "12"),
        2,
        "mteb-bot: --pull and --sha belong together\n  fix: give both or none\n",
    ),
    "a short commit": (
        ("--pull", "12", "--sha", "abc"),
        2,
        "mteb-bot: --sha is abc\n  fix: give the full SHA of the commit, 40 hex digits\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(plan, options, code, said):
    assert plan(*options) == (code, said, "")
    assert not Path("plan.json").exists()


def test_a_config_that_is_not_valid_is_the_submissions_fault(plan):
    edit("- STSBenchmark", "- STSBenchmrk")
    edit("license: mit", "licence: mit")
    assert plan(*SUBMITTED) == (
        1,
        f"mteb-bot: the config is not valid: submission/models/org/name.yaml:4:1 unknown key `licence` in the file; submission/models/org/name.yaml:8:7 mteb {mteb_index().mteb_version} has no task `STSBenchmrk`\n  fix: mend it; `mteb-bot check` lists every problem\n",
        "",
    )


def test_a_custom_task_that_is_not_valid_is_the_submissions_fault(plan):
    edit("method: knn", "method: svm", "tasks/news.yaml")
    code, said, _ = plan(*SUBMITTED)
    assert code == 1
    assert "tasks/news.yaml:7:21" in said


@pytest.mark.parametrize("config", ["models/../secret.yaml", "/etc/passwd", "models/org/name.yml"])
def test_a_config_stands_where_configs_stand(plan, config):
    code, said, _ = plan(config=config)
    assert code == 2
    assert f"the config is {config}" in said


def test_a_config_that_is_a_link_out_of_the_submission_is_not_read(plan, tmp_path):
    (tmp_path / "secret.yaml").write_text(CONFIG)
    path = tmp_path / "submission" / "models" / "org" / "name.yaml"
    path.unlink()
    path.symlink_to(tmp_path / "secret.yaml")
    code, said, _ = plan()
    assert code == 2
    assert "a link that leads out of its project" in said


def test_broken_settings_are_the_maintainers_turn(plan):
    code, said, _ = plan(*settings(limits={"hours": 1000}))
    assert code == 3
    assert "`limits.hours` is 1000, but must be at most 120" in said


def test_the_hub_tells_the_models_size(plan, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub[0].url)
    model = hub[1].hub.find("acme/open")
    edit("org/name", "acme/open")
    edit("1" * 40, model.revision)
    folder = Path("submission/models")
    (folder / "org").rename(folder / "acme")
    (folder / "acme" / "name.yaml").rename(folder / "acme" / "open.yaml")
    code, said, _ = plan("--hub", config="models/acme/open.yaml")
    assert (code, said) == (
        0,
        "acme/open: 3 tasks (4 subsets). That takes about 5 minutes at most.\n",
    )
    assert load_plan(Path("plan.json")).parameters == 4 * 16


def test_of_a_model_that_is_trained_first_the_base_has_a_size(plan, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub[0].url)
    model = hub[1].hub.find("acme/open")
    edit(f'"{REVISION}"', model.revision)
    trained_from("acme/open")
    code, said, _ = plan("--hub")
    assert (code, said) == (
        0,
        "org/name: 3 tasks (4 subsets). That takes about 1 to 10 minutes, training included.\n",
    )
    assert load_plan(Path("plan.json")).parameters == 64


def test_a_model_that_the_hub_does_not_have_has_no_size(plan, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub[0].url)
    code, said, _ = plan("--hub")
    assert code == 0
    assert "The model's size is not known" in said
    assert load_plan(Path("plan.json")).parameters is None


def test_a_hub_that_does_not_answer_is_the_services_fault(plan, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    code, said, outputs = plan("--hub")
    assert (code, outputs) == (4, "")
    assert "the Hub was asked 5 times" in said

"""`mteb-bot check --hub`: whose fault it is when the Hub does not answer, what is asked of it, and odd repositories."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from tests.closed_publications import PUBLISH, train_and_publish, weights_that_claim
from tests.closed_trainings import train
from tests.open_model import (
    BERT,
    FILES,
    TASK,
    World,
    as_json,
    enter_project,
    modules,
    open_hub,
    safetensors,
)
from tests.standins.faults import Fault, Kind

NOTHING = "1 file checked, no problems\n"


@dataclass(frozen=True)
class Said:
    """What a run said, and the paths it asked the Hub for."""

    code: int
    out: str
    err: str
    asked: list[str]

    @property
    def rules(self):
        """The rule of each finding."""
        places = [line for line in self.out.splitlines() if not line.startswith((" ", "1 file"))]
        return [
            next(word for word in line.split()[1:] if word.endswith(":"))[:-1] for line in places
        ]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """(server, hub, a token that sees private repositories)."""
    with open_hub(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


@pytest.fixture
def run(hub, tmp_path, monkeypatch, capsys):
    """Run `mteb-bot check` in an empty project, the current folder; faults are requests counted from there."""
    server = hub[0]
    enter_project(tmp_path, server.url, monkeypatch)

    def run_check(*arguments, faults=()):
        server.clear()
        for fault in faults:
            server.inject(fault)
        code = main(["check", *arguments])
        asked = [exchange.path.partition("?")[0] for exchange in server.log]
        server.clear()
        return Said(code, *capsys.readouterr(), asked)

    return run_check


@pytest.fixture
def check(hub, run):
    """Put a world's repository on the Hub, its config into the project, and run `mteb-bot check --hub`."""

    def check_world(world, *options, faults=()):
        world.save(hub[1], Path())
        return run("--hub", *options, "config.yaml", faults=faults)

    return check_world


def test_a_hub_that_nobody_reaches_is_the_services_fault(check, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    said = check(World("unreachable"))
    assert (said.code, said.out) == (4, "")
    assert said.err == (
        "mteb-bot: the Hub was asked 5 times and did not answer as it should: no connection\n"
        "  fix: run the same command again later; it goes on where it stopped\n"
    )


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.TRUNCATED, Kind.RESET, Kind.LIMIT_403])
def test_bad_answers_now_and_then_change_nothing(check, kind):
    world = World(f"fault-{kind.name.lower().replace('_', '-')}")
    said = check(world, faults=[Fault(kind, at=number) for number in (1, 3, 6, 11, 16)])
    assert (said.code, said.out, said.err) == (0, NOTHING, "")
    assert len(said.asked) == 18


def test_a_hub_that_only_fails_is_the_services_fault(check):
    said = check(World("failing"), faults=[Fault(Kind.ERROR_502, at=4, times=99)])
    assert (said.code, said.out) == (4, "")
    assert "the Hub was asked 5 times and did not answer as it should: HTTP 502" in said.err


def test_a_token_that_the_hub_does_not_know_is_ours_to_mend(check, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    said = check(World("bad-token"))
    assert said.code == 3
    assert "Invalid credentials in Authorization header" in said.err
    assert "hf_secret" not in said.out + said.err


@pytest.mark.parametrize("token", ["hf_s\N{LATIN SMALL LETTER E WITH ACUTE}cret", "hf_sec\nret"])
def test_a_token_that_cannot_be_sent_is_told_at_once(check, monkeypatch, token):
    monkeypatch.setenv("HF_TOKEN", token)
    said = check(World(f"unsendable-{len(token)}"))
    assert (said.code, said.asked) == (2, [])
    assert said.err == (
        "mteb-bot: HF_TOKEN holds characters that no token has\n  fix: copy the token anew\n"
    )


def test_a_newline_behind_the_token_does_no_harm(hub, check, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", f"{hub[2]}\n")
    assert check(World("newline")).code == 0


def test_of_a_gated_repository_no_file_is_read(check):
    said = check(World("closed", gated="manual"))
    assert said.rules == ["repository-gated"]
    assert not [path for path in said.asked if "/resolve/" in path]


def test_without_the_option_nothing_is_asked(check, run):
    check(World("offline"))
    assert run("config.yaml").asked == []


def test_problems_of_the_config_and_of_the_hub_are_said_together(check):
    world = World("both")
    world.configure(("    query:", "    question:"))
    del world.files["LICENSE"]
    assert check(world).rules == ["license-file-missing", "unknown-prompt"]


def test_of_a_config_with_a_broken_schema_only_the_custom_tasks_are_looked_up(check):
    world = World("broken")
    world.configure(("schema_version: 1", "schema_version: 2"))
    said = check(world)
    assert said.rules == ["unknown-schema-version"]
    assert said.asked == [f"/api/datasets/acme/news/revision/{'1' * 40}"]


def test_warnings_are_annotations_that_do_not_fail(check):
    world = World("annotated")
    world.configure(("normalize: true", "normalize: false"))
    said = check(world, "--format", "github")
    assert said.code == 0
    assert said.out == (
        "::warning file=config.yaml,line=10,col=14,title=normalize-differs::`load.normalize` is `false`, "
        "the model's own `modules.json` normalizes; fix: delete `load.normalize`, or correct the model's `modules.json`\n"
        "1 file checked, no problems, 1 warning\n"
    )


def test_json_says_how_severe_each_finding_is(check):
    world = World("as-json")
    del world.files["LICENSE"]
    world.edit("README.md", ("license: mit", "license: apache-2.0"))
    said = check(world, "--format", "json")
    report = json.loads(said.out)
    assert (said.code, report["passed"]) == (1, False)
    assert {(problem["rule"], problem["severity"]) for problem in report["problems"]} == {
        ("license-differs", "error"),
        ("license-file-missing", "note"),
    }


def test_a_custom_task_alone_is_looked_up_too(run):
    Path("news.yaml").write_text(TASK.replace("acme/news", "acme/no-news"))
    said = run("--hub", "news.yaml")
    assert (said.code, said.rules, len(said.asked)) == (1, ["task-data-missing"], 1)


def test_a_data_set_of_several_files_is_asked_for_once(run):
    for name in ("one", "two", "three"):
        Path(f"{name}.yaml").write_text(TASK)
    said = run("--hub", ".")
    assert (said.code, len(said.asked)) == (0, 1)


def test_names_that_the_hub_cannot_have_are_not_asked_for(check):
    world = World("odd-names")
    world.configure(("[acme/pairs]", "[acme/pairs, acme/no--pairs, a/b/c, ../../etc]"))
    said = check(world)
    assert said.rules == ["training-data-missing"]
    assert not [path for path in said.asked if "no--pairs" in path or ".." in path]


def test_however_many_data_sets_are_declared_a_few_are_looked_up(check):
    world = World("many-data-sets")
    names = ", ".join(f"acme/d{number}" for number in range(500))
    world.configure(("[acme/pairs]", f"[acme/pairs, {names}]"))
    assert len([path for path in check(world).asked if "/api/datasets/" in path]) == 26


@pytest.mark.parametrize(
    ("name", "key"),
    [("self", "self: 1"), ("errors", "ignore_metadata_errors: 1"), ("number", "1: 2")],
)
def test_a_card_that_huggingface_hub_fails_on_is_read(check, name, key):
    world = World(f"hostile-{name}")
    world.edit("README.md", ("license: mit\n", f"license: mit\n{key}\n"))
    assert check(world).out == NOTHING


def test_what_a_repository_says_cannot_act_in_a_log(check):
    world = World("escapes")
    world.edit(
        "README.md",
        ("license: mit", 'license: "mit\\n::error::pwned##[error]"'),
        ("- acme/pairs", '- "##[error]x"\n- acme/pairs'),
    )
    world.write("modules.json", modules("Transformer", "Pooling", "Normalize", "x.\n::warning::y"))
    said = check(world, "--format", "github")
    assert said.code == 1
    assert len(said.out.splitlines()) == 4
    begins = ("::error file=", "::warning file=", "1 file checked")
    assert all(line.startswith(begins) for line in said.out.splitlines())
    assert "##[" not in said.out


def test_hostile_files_end_in_findings_within_seconds(check):
    world = World("large")
    world.write("config_sentence_transformers.json", b"[" * 1_000_000)
    world.write("tokenizer_config.json", as_json({"a": "x" * 3 * 2**20}))
    world.write("sentence_bert_config.json", b'{"max_seq_length": ' + b"9" * 6000 + b"}")
    world.write("README.md", FILES["README.md"] + b"![[]()" * 50_000)
    world.write("LICENSE", b"\xff\xfe" * 100_000)
    started = time.process_time()
    said = check(world)
    assert time.process_time() - started < 20
    assert said.rules == ["json-broken"] * 3 + ["license-file-unrecognised"]
    assert not [path for path in said.asked if path.endswith("/tokenizer_config.json")]
    assert "`tokenizer_config.json` cannot be read: it has more than 2,097,152 bytes" in said.out
    assert "`config_sentence_transformers.json` cannot be read: it is nested too deep" in said.out


def test_a_static_model_needs_neither_config_nor_positions(check):
    world = World("static")
    for path in ("config.json", "tokenizer_config.json", "1_Pooling/config.json"):
        del world.files[path]
    world.write("modules.json", modules("StaticEmbedding", "Normalize"))
    world.configure(("  pooling: mean\n  max_length: 128\n", ""))
    assert check(world).out == NOTHING


def test_a_language_model_in_a_folder_of_its_own_is_found_there(check):
    world = World("older-layout")
    for path in ("config.json", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json",
                 "model.safetensors"):  # fmt: skip
        world.write(f"0_Transformer/{path}", world.files.pop(path))
    world.edit("modules.json", ('"path": ""', '"path": "0_Transformer"'))
    world.configure(("max_length: 128", "max_length: 100"))
    said = check(world)
    assert said.rules == ["max-length-differs"]
    assert "the model's own `0_Transformer/sentence_bert_config.json` says 128" in said.out


def test_a_class_that_a_maintainer_installed_may_have_code_in_the_repository(check):
    world = World("entry-point")
    world.write("config.json", as_json({**BERT, "auto_map": {"AutoModel": "modeling.Acme"}}))
    world.configure(("with: sentence-transformers", "with: entry-point\n  entry_point: acme"))
    assert check(world).out == NOTHING


def test_what_concerns_a_key_that_is_left_out_stands_on_the_line_of_the_model(check):
    world = World("no-load")
    del world.files["modules.json"]
    start, end = world.config.index("load:"), world.config.index("training_data:")
    world.config = world.config[:start] + world.config[end:]
    said = check(world)
    assert said.rules == ["modules-missing"]
    assert said.out.startswith("config.yaml:2:8 warning modules-missing: ")


def test_an_older_commit_of_main_is_as_good_as_its_head(hub, check, run):
    assert check(World("older")).out == NOTHING
    hub[1].commit("acme/older", {"README.md": b"changed"}, "acme")
    said = run("--hub", "config.yaml")
    assert said.out == NOTHING
    assert "/api/models/acme/older/commits/main" in said.asked


def test_a_commit_is_found_far_back_in_the_history_of_main(hub, check, run):
    assert check(World("far-back")).out == NOTHING
    git = hub[1].hub.find("acme/far-back").git
    head = git.resolve("main")
    for _ in range(60):
        head = (
            git.git("commit-tree", f"{head}^{{tree}}", "-p", head, stdin=b"more").decode().strip()
        )
    git.git("update-ref", "refs/heads/main", head)
    said = run("--hub", "config.yaml")
    assert said.out == NOTHING
    assert said.asked.count("/api/models/acme/far-back/commits/main") == 2


def test_the_limit_of_the_runners_is_a_positive_number(run, capsys):
    for wrong in ("0", "-1", "nan", "inf", "many"):
        with pytest.raises(SystemExit) as ended:
            run("--hub", "--max-weights-gb", wrong, "config.yaml")
        assert ended.value.code == 2
    assert "'many' is no positive number" in capsys.readouterr().err


def with_own_code(name):
    world = World(name)
    world.set("config.json", auto_map={"AutoModel": "modeling_acme.AcmeModel"})
    return world


def settings(**keys):
    path = Path("settings.yml")
    path.write_text(json.dumps({"schema_version": 1, **keys}))
    return str(path)


def approving(model, revision):
    reviewed = {"approved_by": "maintainer", "reason": "read line by line"}
    return {"model": model, "revision": revision, **reviewed}


def test_code_runs_where_a_maintainer_approved_this_very_revision_and_nowhere_else(hub, check, run):
    assert check(with_own_code("approved")).rules == ["custom-code"]
    git = hub[1].hub.find("acme/approved").git
    head, parent = git.resolve("main"), git.resolve("main~1")
    for approved, rules in (
        (approving("acme/approved", head), []),
        (approving("acme/approved", parent), ["custom-code"]),
        (approving("acme/other", head), ["custom-code"]),
    ):
        file = settings(custom_code=[approved])
        assert run("--hub", "--settings", file, "config.yaml").rules == rules


def test_of_a_model_that_is_trained_first_the_base_s_code_is_approved(hub, check, run):
    world = with_own_code("approved-base")
    train(world)
    assert check(world).rules == ["custom-code"]
    head = hub[1].hub.find("acme/approved-base").git.resolve("main")
    for model, rules in (("acme/approved-base", []), ("acme/approved-base-tuned", ["custom-code"])):
        file = settings(custom_code=[approving(model, head)])
        assert run("--hub", "--settings", file, "config.yaml").rules == rules


def test_approved_code_is_trained_on_but_not_published(hub, check, run):
    world = with_own_code("published-base")
    train_and_publish(world)
    assert check(world).rules == ["custom-code", "tuned-custom-code"]
    head = hub[1].hub.find("acme/published-base").git.resolve("main")
    file = settings(custom_code=[approving("acme/published-base", head)])
    assert run("--hub", "--settings", file, "config.yaml").rules == ["tuned-custom-code"]
    kept = Path("config.yaml")
    kept.write_text(kept.read_text().replace(PUBLISH, ""))
    assert run("--hub", "--settings", file, "config.yaml").rules == []


@pytest.mark.parametrize(
    ("parameters", "rules"),
    [(1_073_479_679, []), (1_073_479_680, ["tuned-weights-too-large"])],
)
def test_weights_are_too_large_to_be_published_where_their_artifact_would_be_refused(
    check, run, parameters, rules
):
    world = World(f"parameters-{parameters}")
    train_and_publish(world)
    world.write("model.safetensors", weights_that_claim(parameters))
    assert check(world).rules == rules
    kept = Path("config.yaml")
    kept.write_text(kept.read_text().replace(PUBLISH, ""))
    assert run("--hub", "config.yaml").rules == []


def test_the_settings_say_how_large_weights_may_be_and_the_option_overrules_them(check, run):
    world = World("heavy")
    world.write("model.safetensors", safetensors(embeddings=[78125, 16]))
    file = settings(limits={"weights_gb": 0.001})
    assert check(world, "--settings", file).rules == ["weights-too-large"]
    assert run("--hub", "--settings", file, "--max-weights-gb", "1", "config.yaml").code == 0


def test_settings_that_are_not_valid_stop_the_check_before_anyone_is_asked(check):
    said = check(World("unset"), "--settings", settings(limits={"shards": 0}))
    assert (said.code, said.asked) == (3, [])
    assert "settings.yml:1:44 `limits.shards` is 0, but must be at least 1" in said.err

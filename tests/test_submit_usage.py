"""`mteb-bot submit` is off by default, and says what is missing."""

import pytest
from submit_made import files, result, write_config, write_files

from bot.cli import main


@pytest.fixture
def submit(tmp_path, monkeypatch, capsys):
    """Run the command without a server; GITHUB_API_URL points nowhere."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.001")
    monkeypatch.delenv("MTEB_RESULTS_REPOSITORY", raising=False)
    folder = write_files(tmp_path, files(result("STS12")))
    config = write_config(tmp_path / "config.yaml")

    def run(*arguments):
        code = main(["submit", str(config), "--results", str(folder), *arguments])
        said = capsys.readouterr()
        assert "secret" not in said.out + said.err
        return code, said.err

    return run


def test_without_a_repository_nothing_is_submitted(submit):
    code, said = submit()
    assert code == 2
    assert said == (
        "mteb-bot: no results repository is named: submitting is off by default\n"
        "  fix: give --repository owner/name, or set MTEB_RESULTS_REPOSITORY\n"
    )


def test_the_environment_names_the_repository_too(submit, monkeypatch):
    monkeypatch.setenv("MTEB_RESULTS_REPOSITORY", "lab")
    assert submit() == (
        2,
        "mteb-bot: MTEB_RESULTS_REPOSITORY: lab is not owner/name\n  fix: write it as owner/name\n",
    )
    monkeypatch.setenv("MTEB_RESULTS_REPOSITORY", "lab/results")
    code, said = submit()
    assert code == 4
    assert said.startswith("mteb-bot: GitHub was asked 5 times and did not answer as it should")


@pytest.mark.parametrize("name", ["lab", "lab/..", "../results", "lab/a/b", "lab/x y", "/x", "-/x"])
def test_a_repository_is_owner_and_name(submit, name, capsys):
    with pytest.raises(SystemExit) as ended:
        submit(f"--repository={name}")
    assert ended.value.code == 2
    assert "is not owner/name" in capsys.readouterr().err


def test_a_fork_may_belong_to_an_enterprise_managed_user(submit):
    code, said = submit("--repository=lab/results", "--fork=ann_acme/results")
    assert (code, "GitHub was asked 5 times" in said) == (4, True)


def test_a_token_is_needed(submit, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    code, said = submit("--repository", "lab/results")
    assert (code, "GITHUB_TOKEN is not set" in said) == (2, True)


def test_a_config_that_breaks_its_schema_is_refused_with_its_first_problem(submit, tmp_path):
    (tmp_path / "config.yaml").write_text("schema_version: 1\n")
    code, said = submit("--repository", "lab/results")
    assert code == 1
    assert "missing-key" in said


def test_results_of_another_model_are_refused(submit, tmp_path):
    write_config(tmp_path / "config.yaml", model="org/other")
    code, said = submit("--repository", "lab/results")
    assert code == 1
    assert "is not the folder of org/other at" in said

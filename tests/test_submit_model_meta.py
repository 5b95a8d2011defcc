"""`mteb-runner model-meta` writes a ModelMeta that mteb itself accepts, and marks what only a person knows."""

import json
import runpy

import pytest
from submit_made import MODEL, REVISION, files, meta, result, write_config, write_files

from schemas.submission import load_model_config

pytest.importorskip("mteb")

from mteb.models.model_meta import ModelMeta

from runners import model_meta_source
from runners.cli import main
from runners.model_meta import model_meta
from runners.model_meta_source import (
    CannotWriteModelMeta,
    SourceNotTried,
    defined_by,
    differing_fields,
    source_of,
)


def made(tmp_path, **replaced):
    """A config with some keys replaced, as frozen data."""
    path = write_config(tmp_path / "config.yaml")
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if line.partition(":")[0] not in replaced]
    path.write_text("".join(kept) + "".join(f"{k}: {v}\n" for k, v in replaced.items() if v))
    config, _, problems = load_model_config(path)
    assert not problems
    return config


def defined(source, tmp_path):
    """The ModelMeta that the source defines."""
    path = tmp_path / "source.py"
    path.write_text(source)
    [found] = [one for one in runpy.run_path(str(path)).values() if isinstance(one, ModelMeta)]
    return found


def test_the_source_is_written_tried_and_says_what_is_left_to_a_person(tmp_path, capsys):
    import numpy as np
    from safetensors.numpy import save_file

    weights = {
        "embeddings.word_embeddings.weight": np.zeros((10, 8), np.float32),
        "pooler.weight": np.zeros((8, 8), np.float16),
    }
    (tmp_path / "model").mkdir()
    save_file(weights, tmp_path / "model" / "model.safetensors")
    held = files(result("STS12"))
    held = {
        path: data.replace(b'"max_tokens": 512', b'"max_tokens": Infinity')
        for path, data in held.items()
    }
    folder = write_files(tmp_path / "out", held)
    config = write_config(tmp_path / "config.yaml")
    output, data = tmp_path / "org_models.py", tmp_path / "model_meta.json"
    code = main(
        ["model-meta", str(config), "--results", str(tmp_path / "out"), "--output", str(output),
         "--json", str(data), "--model-path", str(tmp_path / "model")]
    )  # fmt: skip
    assert code == 0
    assert capsys.readouterr().err == (
        f"ModelMeta: {output}; left to a person: release_date, max_tokens, public_training_code, "
        "public_training_data, framework, similarity_fn_name, training_datasets\n"
    )
    assert (
        output.read_text()
        == f'''\
"""org/name: for mteb/models/model_implementations/org_models.py.

Written by `mteb-runner model-meta` for mteb 2.26.24. Settle every TODO, then delete it.
Evaluated with sentence-transformers, dtype float32.
"""

from mteb.models.model_meta import ModelMeta
from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper

name = ModelMeta(
    loader=SentenceTransformerEncoderWrapper,
    name='org/name',
    revision='{REVISION}',
    release_date=None,  # TODO: day this revision was released, as '2026-01-31'
    languages=['eng-Latn'],
    n_parameters=144,
    n_embedding_parameters=80,
    memory_usage_mb=0.0,
    max_tokens=None,  # TODO: longest input in tokens
    embed_dim=8,
    license='mit',
    open_weights=True,
    public_training_code=None,  # TODO: URL of the training code; None if it is not public
    public_training_data=None,  # TODO: URL of the training data, or True; None if it is not public
    framework=[],  # TODO: libraries that load it, as 'Sentence Transformers', 'PyTorch'
    reference='https://huggingface.co/org/name',
    similarity_fn_name=None,  # TODO: how embeddings are compared
    use_instructions=False,
    training_datasets=None,  # TODO: mteb's names of the tasks trained on, set() if none
    # TODO: also trained on 'org/training-set': which tasks?
)
'''
    )
    written = json.loads(data.read_text())
    assert (written["name"], written["revision"], written["n_parameters"]) == (MODEL, REVISION, 144)
    assert folder.exists()


def test_prompts_precision_and_training_tasks_reach_the_model_meta(tmp_path):
    config = made(
        tmp_path,
        load="{prompts: {query: 'query: '}, dtype: bfloat16}",
        training_data="[mteb/banking77]",
        adapted_from="org/base",
    )
    found = model_meta(config, meta(similarity_fn_name="cosine"), None)
    again = defined(source_of(found, config)[0], tmp_path)
    assert again == found
    assert again.loader_kwargs["model_prompts"] == {"query": "query: "}
    assert again.loader_kwargs["model_kwargs"]["dtype"].name == "BF16"
    assert again.use_instructions
    assert again.adapted_from == "org/base"
    assert "Banking77Classification" in again.training_datasets


def test_a_model_trained_on_nothing_says_so(tmp_path):
    config = made(tmp_path, training_data="[]")
    source, open_fields = source_of(model_meta(config, meta(), None), config)
    assert "training_datasets=set()," in source
    assert "training_datasets" not in open_fields


def test_a_licence_that_mteb_does_not_know_is_left_to_a_person(tmp_path):
    config = made(tmp_path, license="llama3.1")
    source, open_fields = source_of(model_meta(config, meta(), None), config)
    assert "license=None,  # TODO: a licence that mteb knows" in source
    assert "license" in open_fields


def test_a_model_that_mteb_cannot_load_the_same_way_needs_a_loader(tmp_path):
    config = made(tmp_path, load="{with: flag-embedding, pooling: cls}")
    source, open_fields = source_of(model_meta(config, meta(), None), config)
    assert "loader=None,  # TODO: no loader of mteb is known to encode" in source
    assert "SentenceTransformerEncoderWrapper" not in source
    assert open_fields[0] == "loader"


def test_a_source_that_says_something_else_is_found_out(tmp_path):
    config = made(tmp_path)
    found = model_meta(config, meta(), None)
    source = source_of(found, config)[0]
    assert differing_fields([defined(source, tmp_path).to_dict()], found) == []
    changed = source.replace("embed_dim=8", "embed_dim=9").replace("'mit'", "'apache-2.0'")
    assert differing_fields([defined(changed, tmp_path).to_dict()], found) == [
        "embed_dim",
        "license",
    ]
    assert differing_fields([], found) == ["name"]


def test_facts_that_mteb_refuses_are_named(tmp_path):
    with pytest.raises(CannotWriteModelMeta, match="mteb refuses these facts"):
        model_meta(made(tmp_path), meta(framework=["Abacus"]), None)


def test_results_of_another_model_are_refused(tmp_path, capsys):
    write_files(tmp_path / "out", files(result("STS12"), model="org/other"))
    config = write_config(tmp_path / "config.yaml")
    code = main(["model-meta", str(config), "--results", str(tmp_path / "out"), "--output", "x.py"])
    assert code == 2
    assert "holds no model_meta.json of org/name" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[1]", "\xff", '{"max_tokens": ' + "9" * 5000 + "}"]
)
def test_evaluated_facts_that_are_no_json_object_are_named(tmp_path, capsys, text):
    folder = write_files(tmp_path / "out", files(result("STS12")))
    (folder / "model_meta.json").write_text(text, encoding="latin-1")
    config, output = write_config(tmp_path / "config.yaml"), tmp_path / "source.py"
    code = main(
        ["model-meta", str(config), "--results", str(folder), "--output", str(output)]
    )  # fmt: skip
    assert (code, "model_meta.json is no JSON object" in capsys.readouterr().err) == (2, True)


def test_a_source_that_is_not_read_in_time_is_this_machines_fault(monkeypatch):
    monkeypatch.setattr(model_meta_source, "_SECONDS", 0.01)
    with pytest.raises(SourceNotTried, match=r"did not read the source within 0\.01 seconds"):
        defined_by("")


def test_text_from_a_config_stays_text_in_the_source(tmp_path):
    hostile = """x\'\"\"\"\n)\nimport os\u2028license=None"""
    config = made(
        tmp_path,
        training_data=json.dumps([hostile]),
        load=json.dumps({"prompts": {"query": hostile, hostile: "${x} {name}"}}),
    )
    source, _ = source_of(model_meta(config, {}, None), config)
    found = defined(source, tmp_path)
    assert found.loader_kwargs["model_prompts"] == {"query": hostile, hostile: "${x} {name}"}
    assert not [line for line in source.splitlines() if line.startswith(("import", ")\n"))]


def test_a_model_that_was_tuned_is_adapted_from_its_base(tmp_path):
    data = "[{path: rows.csv, columns: {text: text, label: label}}]"
    config = made(tmp_path, finetune=f"{{base_model: org/small, data: {data}}}")
    assert model_meta(config, meta(), None).adapted_from == "org/small"

"""Loading a model as the config says, compared with plain transformers."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from conftest import ROOT

pytest.importorskip("torch")

import mteb

from runners.failures import Failure
from runners.models import fetch_model, load_model
from schemas.submission import Loading, ModelConfig, Publishing

TEXTS = [
    "Shares fell in London on Monday.",
    "The match ended in a draw after extra time was played.",
]


def config(**load: object) -> ModelConfig:
    return ModelConfig(
        file=Path("model.yaml"),
        sha256="0" * 64,
        model="sentence-transformers/all-MiniLM-L6-v2",
        revision="8b3219a92973c328a8e22fadcfa821b5dc75636a",
        license="apache-2.0",
        languages=("eng",),
        load=Loading(**load),
        training_data=None,
        adapted_from=None,
        benchmarks=(),
        tasks=(),
        task_languages=(),
        claims=(),
        publish=Publishing(),
    )


def encode(folder: Path, prompt_type: object = None, **load: object) -> np.ndarray:
    from datasets import Dataset
    from mteb.mocks import MockRetrievalTask
    from torch.utils.data import DataLoader

    loaded = load_model(config(**load), fetch_model(config(**load), folder, Path(mkdtemp())), "cpu")
    return np.asarray(
        loaded.encoder.encode(
            DataLoader(Dataset.from_dict({"text": TEXTS}), batch_size=2),
            task_metadata=MockRetrievalTask().metadata,
            hf_split="test",
            hf_subset="default",
            prompt_type=prompt_type,
        )
    )


@pytest.fixture(scope="module")
def reference(minilm):
    """Token vectors and mask from transformers itself, after `prefix` and cutting at `length`."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(minilm), AutoModel.from_pretrained(minilm)

    def run(pooling: str, prefix: str = "", length: int = 256, normalize: bool = True):
        inputs = tokenizer(
            [prefix + text for text in TEXTS],
            padding=True, truncation=True, max_length=length, return_tensors="pt",
        )  # fmt: skip
        with torch.no_grad():
            hidden = model.eval()(**inputs).last_hidden_state
        mask = inputs["attention_mask"]
        if pooling == "cls":
            vectors = hidden[:, 0]
        elif pooling == "mean":
            vectors = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        else:
            vectors = hidden[torch.arange(len(TEXTS)), mask.sum(1) - 1]
        return (torch.nn.functional.normalize(vectors) if normalize else vectors).numpy()

    return run


@pytest.mark.parametrize("pooling", ["cls", "mean", "last-token"])
def test_sentence_transformers_pools_as_the_config_says(minilm, reference, pooling):
    found = encode(minilm, pooling=pooling, normalize=True)
    assert np.allclose(found, reference(pooling), atol=1e-5)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_flag_embedding_gives_the_same_vectors(minilm, reference, pooling):
    found = encode(minilm, with_="flag-embedding", pooling=pooling, max_length=256)
    assert np.allclose(found, reference(pooling), atol=1e-5)


def test_normalisation_can_be_switched_off(minilm, reference):
    found = encode(minilm, normalize=False)
    assert np.allclose(found, reference("mean", normalize=False), atol=1e-4)
    assert not np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)


def test_max_length_cuts_the_input(minilm, reference):
    assert np.allclose(encode(minilm, max_length=8), reference("mean", length=8), atol=1e-5)


@pytest.mark.parametrize("library", ["sentence-transformers", "flag-embedding"])
def test_prompts_go_before_queries_and_documents(minilm, reference, library):
    from mteb.types import PromptType

    prompts = {"query": "query: ", "document": "passage: "}
    options = {"with_": library, "prompts": prompts, "pooling": "mean", "max_length": 256}
    queries = encode(minilm, PromptType.query, **options)
    documents = encode(minilm, PromptType.document, **options)
    assert np.allclose(queries, reference("mean", prefix="query: "), atol=1e-5)
    assert np.allclose(documents, reference("mean", prefix="passage: "), atol=1e-5)


def test_bfloat16_weights_give_close_but_other_vectors(minilm, reference):
    found = encode(minilm, dtype="bfloat16")
    assert found.dtype == np.float32
    assert np.allclose(found, reference("mean"), atol=0.05)
    assert not np.allclose(found, reference("mean"), atol=1e-5)


def test_pooling_a_static_model_is_refused_with_the_reason(wordllama):
    with pytest.raises(Failure, match="the model has no pooling module"):
        encode(wordllama, pooling="cls")


def test_a_model_carries_the_configs_name_not_its_folders(minilm, tmp_path):
    loaded = load_model(config(), fetch_model(config(), minilm, tmp_path), "cpu")
    meta = loaded.encoder.mteb_model_meta
    assert meta.name == "sentence-transformers/all-MiniLM-L6-v2"
    assert meta.revision == "8b3219a92973c328a8e22fadcfa821b5dc75636a"


def test_without_a_connection_the_hub_is_named_as_the_reason(tmp_path):
    with pytest.raises(Failure, match="the Hub cannot be reached") as caught:
        fetch_model(config(), None, tmp_path)
    assert caught.value.kind == "infrastructure"


def test_the_registry_loads_no_local_folder(minilm, tmp_path):
    wrong = config(with_="mteb")
    with pytest.raises(Failure, match="--model-path"):
        load_model(wrong, fetch_model(wrong, minilm, tmp_path), "cpu")


# The Hub's own cache layout, filled from the package: what a download of that revision leaves.
FROM_CACHE = """
import json, sys
from pathlib import Path
sys.path.insert(0, "tests")
from test_models import config, TEXTS
from runners.models import fetch_model, load_model
from datasets import Dataset
from mteb.mocks import MockSTSTask
from torch.utils.data import DataLoader
wanted = config(with_=sys.argv[1])
files = fetch_model(wanted, None, Path(sys.argv[2]))
loaded = load_model(wanted, files, "cpu")
vectors = loaded.encoder.encode(DataLoader(Dataset.from_dict({"text": TEXTS})),
    task_metadata=MockSTSTask().metadata, hf_split="test", hf_subset="default")
meta = loaded.encoder.mteb_model_meta
print(json.dumps([loaded.source, files.source, meta.name, meta.revision, vectors.tolist()]))
"""


@pytest.mark.parametrize(
    ("library", "source"), [("sentence-transformers", "hub"), ("mteb", "registry")]
)
def test_a_revision_from_the_hub_and_mteb_own_loader_give_the_same_vectors(
    tmp_path, minilm, reference, library, source
):
    revision = config().revision
    repository = tmp_path / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2"
    (repository / "snapshots").mkdir(parents=True)
    (repository / "snapshots" / revision).symlink_to(minilm)
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", FROM_CACHE, library, tmp_path / "view"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded_source, file_source, name, found, vectors = json.loads(done.stdout.splitlines()[-1])
    assert (loaded_source, file_source) == (source, "hub")
    assert (name, found) == ("sentence-transformers/all-MiniLM-L6-v2", revision)
    assert np.allclose(vectors, reference("mean"), atol=1e-5)


def test_a_registered_loader_that_may_run_the_repositorys_code_is_refused(minilm, tmp_path):
    files = fetch_model(config(), minilm, tmp_path / "view")
    wanted = replace(config(with_="mteb"), model="nomic-ai/nomic-embed-text-v1.5")
    meta = mteb.get_model_meta(wanted.model)
    wanted = replace(wanted, revision=meta.revision)
    with pytest.raises(Failure, match="may run code from its repository"):
        load_model(wanted, replace(files, source="hub"), "cpu")


def test_a_checkpoint_that_lacks_weights_is_refused(minilm, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "model"
    shutil.copytree(minilm, folder)
    weights = load_file(folder / "model.safetensors")
    without_pooler = {key: value for key, value in weights.items() if "pooler" not in key}
    save_file(without_pooler, folder / "model.safetensors", metadata={"format": "pt"})
    assert encode(folder).shape == (2, 384), "nothing uses the pooler"
    lacking = {key: value for key, value in weights.items() if "layer.3.attention" not in key}
    save_file(lacking, folder / "model.safetensors", metadata={"format": "pt"})
    for library in ("sentence-transformers", "flag-embedding"):
        with pytest.raises(
            Failure, match=r"lacks weights of its model: encoder\.layer\.3"
        ) as caught:
            encode(folder, with_=library)
        assert caught.value.kind == "submission"

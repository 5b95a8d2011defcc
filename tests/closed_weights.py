"""Repositories with weights that are missing, pickled or too large, or with files that could act: see tests/closed_models.py."""

from tests.closed_models import breaks
from tests.open_model import as_json, modules, safetensors

# Weights


@breaks(
    "weights-missing",
    """
2:8 weights-missing: the repository has no weights
  fix: upload them as safetensors: `model.save_pretrained(...)` writes them
""",
)
def _(world):
    del world.files["model.safetensors"]


@breaks(
    "weights-pickled",
    """
2:8 weights-pickled: the only weights are pickles: `pytorch_model.bin`
  fix: convert them with `model.save_pretrained(..., safe_serialization=True)`
""",
)
def _(world):
    del world.files["model.safetensors"]
    world.write("pytorch_model.bin", b"\x80\x02}.")
    world.write("onnx/model.safetensors", safetensors(embeddings=[1, 1]))


@breaks(
    "pickles-beside-weights",
    """
2:8 note pickles-beside-weights: there are pickles beside the safetensors: `a.pt`, `b.pkl`, `c.ckpt` and 1 more
  fix: delete them from the repository, unless somebody needs them
""",
)
def _(world):
    for name in ("a.pt", "b.pkl", "c.ckpt", "pytorch_model.bin"):
        world.write(name, b"\x80\x02}.")


@breaks(
    "shards-missing",
    """
2:8 shards-missing: `model.safetensors.index.json` names missing files: `model-00002-of-00002.safetensors`
  fix: upload the missing files, or the index that belongs to those that are there
""",
)
def _(world):
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    world.write(shards["a"], world.files.pop("model.safetensors"))
    world.write("model.safetensors.index.json", as_json({"metadata": {}, "weight_map": shards}))


@breaks(
    "adapter-only",
    """
2:8 adapter-only: the weights are those of an adapter, without the model it adapts
  fix: merge the adapter with `model.merge_and_unload()` and upload the whole model
""",
)
def _(world):
    world.write("adapter_model.safetensors", world.files.pop("model.safetensors"))


@breaks(
    "module-weights-missing",
    """
2:8 module-weights-missing: there is no `2_Dense/model.safetensors`
  fix: save the model again with a current sentence-transformers: `model.save_pretrained(...)`
""",
)
def _(world):
    world.write("modules.json", modules("Transformer", "Pooling", "Dense", "Normalize"))
    world.write("2_Dense/config.json", as_json({"in_features": 16, "out_features": 8}))


@breaks(
    "weights-too-large",
    """
2:8 weights-too-large: the weights have 0.005 GB, the runners take up to 0.001 GB
  fix: ask the maintainers for a larger runner, or submit a smaller model
""",
)
def _(world):
    world.write("model.safetensors", safetensors(embeddings=[78125, 16]))


# Safety


@breaks(
    "custom-code",
    """
7:9 custom-code: `config.json` asks for code of the repository (`auto_map`)
  fix: publish the model in a format its library knows, or ask a maintainer to approve its code or to install its class
""",
)
def _(world):
    world.set("config.json", auto_map={"AutoModel": "modeling_acme.AcmeModel"})


@breaks(
    "custom-code",
    """
7:9 custom-code: `modules.json` asks for code of the repository (`modeling.AcmeLayer`)
  fix: publish the model in a format its library knows, or ask a maintainer to approve its code or to install its class
""",
)
def _(world):
    world.write(
        "modules.json", modules("Transformer", "Pooling", "Normalize", "modeling.AcmeLayer")
    )


@breaks(
    "python-files",
    """
2:8 note python-files: the repository holds Python files: `train.py`
  fix: nothing to do if they are scripts for training or examples
""",
)
def _(world):
    world.write("train.py", "print('trained')\n")


@breaks(
    "scan-unsafe",
    """
2:8 scan-unsafe: the Hub's scan calls `tokenizer.json` unsafe
  fix: delete the file from the repository, or have the Hub correct its verdict
""",
)
def _(world):
    world.scan["tokenizer.json"] = "unsafe"


@breaks(
    "scan-suspicious",
    """
2:8 warning scan-suspicious: the Hub's scan calls `tokenizer.json` suspicious
  fix: look at the scan's report on the file's page; delete the file if nothing needs it
""",
)
def _(world):
    world.scan["tokenizer.json"] = "suspicious"


@breaks(
    "scan-pending",
    """
2:8 warning scan-pending: the Hub has not finished scanning this commit
  fix: check again in some minutes
""",
)
def _(world):
    world.scan["tokenizer.json"] = "queued"

"""Repositories whose files make another model than the config: see tests/closed_models.py."""

from tests.closed_models import breaks
from tests.open_model import as_json, modules

# Loading


@breaks(
    "modules-missing",
    """
7:9 warning modules-missing: the repository has no `modules.json`, so sentence-transformers takes mean pooling
  fix: save the model with sentence-transformers: `SentenceTransformer(...).save_pretrained(...)`
""",
)
def _(world):
    del world.files["modules.json"]


@breaks(
    "module-config-missing",
    """
2:8 module-config-missing: `modules.json` needs `1_Pooling/config.json`, which is missing
  fix: save the model again with `SentenceTransformer(...).save_pretrained(...)`
""",
)
def _(world):
    del world.files["1_Pooling/config.json"]


@breaks(
    "pooling-differs",
    """
8:12 pooling-differs: `load.pooling` is `cls`, the model's own `1_Pooling/config.json` says `mean`
  fix: delete `load.pooling`, or correct the model's file if it was trained with `cls`
""",
)
def _(world):
    world.configure(("pooling: mean", "pooling: cls"))


@breaks(
    "pooling-differs",
    """
7:9 pooling-differs: FlagEmbedding pools with `cls` unless told, the model's own `1_Pooling/config.json` says `last-token`
  fix: write the pooling of the model's file as `pooling:` below `load`
""",
)
def _(world):
    world.write(
        "1_Pooling/config.json", as_json({"embedding_dimension": 16, "pooling_mode": "lasttoken"})
    )
    world.configure(
        ("with: sentence-transformers", "with: flag-embedding"), ("  pooling: mean\n", "")
    )


@breaks(
    "max-length-differs",
    """
9:15 warning max-length-differs: `load.max_length` is 256, the model's own `sentence_bert_config.json` says 128
  fix: delete `load.max_length`, or correct the model's file
""",
)
def _(world):
    world.configure(("max_length: 128", "max_length: 256"))


@breaks(
    "max-length-impossible",
    """
2:8 max-length-impossible: `sentence_bert_config.json` says 514 tokens, the model has 512 positions
  fix: correct the model's file
""",
)
def _(world):
    world.set("sentence_bert_config.json", max_seq_length=514)
    roberta = {"model_type": "xlm-roberta", "pad_token_id": 1, "max_position_embeddings": 514}
    world.set("config.json", **roberta)
    world.configure(("  max_length: 128\n", ""))


@breaks(
    "dimension-differs",
    """
2:8 dimension-differs: `1_Pooling/config.json` takes vectors of length 16, it is given 32
  fix: save the model again with `SentenceTransformer(...).save_pretrained(...)`
""",
)
def _(world):
    world.set("config.json", hidden_size=32)


@breaks(
    "normalize-differs",
    """
10:14 warning normalize-differs: `load.normalize` is `true`, the model's own `modules.json` does not normalize
  fix: delete `load.normalize`, or correct the model's `modules.json`
""",
)
def _(world):
    world.write("modules.json", modules("Transformer", "Pooling"))


@breaks(
    "prompts-differ",
    """
12:12 warning prompts-differ: the prompt `query` is `query: `, the model's own `config_sentence_transformers.json` says `Query: `
  fix: delete the prompt here, or correct the model's file
""",
)
def _(world):
    world.set("config_sentence_transformers.json", prompts={"query": "Query: "})

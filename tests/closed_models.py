"""For each rule of the preflight a change that breaks only it, and all that is said then.

In `expected` NAME stands for the model's name and SHA for any SHA; a place without a file is one in config.yaml.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.open_model import World, as_json, modules, safetensors
from tests.standins.hub.app import LocalHub
from tests.standins.hub.state import Repository


@dataclass(frozen=True)
class Closed:
    """`change` breaks the rule called `rule`; with `token` the bot sees private repositories."""

    rule: str
    change: Callable[[World], None]
    expected: str
    token: bool = False


CASES: list[Closed] = []


def breaks(
    rule: str, expected: str, *, token: bool = False
) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def add(change: Callable[[World], None]) -> Callable[[World], None]:
        CASES.append(Closed(rule, change, expected.strip("\n"), token))
        return change

    return add


# The repository


@breaks(
    "repository-missing",
    """
2:8 repository-missing: `acme/nowhere` is no public model on the Hub
  fix: correct the id, or make the repository public (`Settings` > `Change model visibility`)
""",
)
def _(world):
    world.configure(("acme/NAME", "acme/nowhere"))


@breaks(
    "repository-missing",
    """
2:8 repository-missing: `acme/NAME` is no public model on the Hub
  fix: correct the id, or make the repository public (`Settings` > `Change model visibility`)
""",
)
def _(world):
    world.private = True


@breaks(
    "repository-private",
    """
2:8 repository-private: `acme/NAME` is private: only its owner can read it
  fix: make the repository public (`Settings` > `Change model visibility`)
""",
    token=True,
)
def _(world):
    world.private = True


@breaks(
    "repository-gated",
    """
2:8 repository-gated: `acme/NAME` is gated: readers must ask before they can read it
  fix: turn off access requests in the settings of the repository
""",
)
def _(world):
    world.gated = "auto"


@breaks(
    "repository-disabled",
    """
2:8 repository-disabled: `acme/NAME` was disabled by the Hub
  fix: settle it with the Hub first (website@huggingface.co)
""",
)
def _(world):
    def disable(_: LocalHub, model: Repository) -> None:
        model.disabled = True

    world.afterwards = disable


@breaks(
    "repository-renamed",
    """
2:8 repository-renamed: `Acme/NAME` is called `acme/NAME` on the Hub now
  fix: write `model: acme/NAME`, and name the file after it
""",
)
def _(world):
    world.configure(("acme/NAME", "Acme/NAME"))


@breaks(
    "revision-missing",
    """
3:11 revision-missing: `acme/NAME` has no commit SHA
  fix: copy the full SHA from the model's `Files and versions` > `History`
""",
)
def _(world):
    world.configure(("REVISION", "0123456789abcdef0123456789abcdef01234567"))


@breaks(
    "revision-not-a-commit",
    """
3:11 revision-not-a-commit: SHA is not a commit itself, but leads to the commit SHA
  fix: write `revision: SHA`
""",
)
def _(world):
    def tag(_: LocalHub, model: Repository) -> str:
        model.git.git("tag", "-a", "v1", "-m", "first", "main")
        return model.git.git("rev-parse", "refs/tags/v1").decode().strip()

    world.afterwards = tag


@breaks(
    "revision-not-on-main",
    """
3:11 revision-not-on-main: the commit SHA is not in the history of the model's main branch
  fix: submit a commit of the main branch, or have the pull request merged on the Hub first
""",
)
def _(world):
    def open_pull(hub: LocalHub, model: Repository) -> str:
        weights = {"model.safetensors": safetensors(embeddings=[8, 16])}
        pull = hub.open_pull(model.name, weights, "mallory", "Better weights")
        return model.git.resolve(pull.ref)

    world.afterwards = open_pull


# Files


@breaks(
    "json-broken",
    """
2:8 json-broken: `tokenizer_config.json` cannot be read: it is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))
  fix: write the file again with `model.save_pretrained(...)`
""",
)
def _(world):
    world.write("tokenizer_config.json", "{'model_max_length': 512}")


@breaks(
    "json-broken",
    """
2:8 json-broken: `modules.json` cannot be read: it holds no list
  fix: write the file again with `model.save_pretrained(...)`
""",
)
def _(world):
    world.write("modules.json", "{}")


@breaks(
    "config-missing",
    """
2:8 config-missing: the repository has no `config.json`
  fix: add it: `model.save_pretrained(...)` writes it
""",
)
def _(world):
    del world.files["config.json"]


@breaks(
    "tokenizer-missing",
    """
2:8 tokenizer-missing: there is no tokenizer in the repository (none of `tokenizer.json`, `tokenizer.model`, `vocab.txt`, `vocab.json`, …)
  fix: add it: `tokenizer.save_pretrained(...)` writes it
""",
)
def _(world):
    del world.files["tokenizer.json"]


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
  fix: publish the model in a format its library knows, or ask a maintainer to install its class
""",
)
def _(world):
    world.set("config.json", auto_map={"AutoModel": "modeling_acme.AcmeModel"})


@breaks(
    "custom-code",
    """
7:9 custom-code: `modules.json` asks for code of the repository (`modeling.AcmeLayer`)
  fix: publish the model in a format its library knows, or ask a maintainer to install its class
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


# Licence


@breaks(
    "license-missing",
    """
4:10 license-missing: the model card states no licence
  fix: add `license: …` to the model card's front matter
""",
)
def _(world):
    world.edit("README.md", ("license: mit\n", ""))


@breaks(
    "license-unknown",
    """
4:10 license-unknown: `unknown` is no licence that the Hub knows
  fix: take an id of https://huggingface.co/docs/hub/repositories-licenses; for terms of your own `other`
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: unknown"))
    world.write("LICENSE", "Ask us.")
    world.configure(("license: mit", "license: unknown"))


@breaks(
    "license-other-unexplained",
    """
4:10 warning license-other-unexplained: the licence is `other`, and the model card has no `license_link`
  fix: add `license_name` and `license_link` to the model card's front matter
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: other\nlicense_name: acme-1"))
    world.write("LICENSE", "Acme licence 1. Do as you like on Sundays.")
    world.configure(("license: mit", "license: other"))


@breaks(
    "license-differs",
    """
4:10 license-differs: `license` is `mit`, the model card says `apache-2.0`
  fix: write the licence of the model card, or correct the card
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: apache-2.0"))


@breaks(
    "license-file-differs",
    """
4:10 license-file-differs: `license` is `mit`, `LICENSE` is the text of `cc-by-nc-4.0`
  fix: put the right text into the file, or correct `license` here and in the model card
""",
)
def _(world):
    world.write(
        "LICENSE", "Attribution-NonCommercial 4.0 International\n\n=======\n\nCreative Commons …"
    )


@breaks(
    "license-file-missing",
    """
4:10 note license-file-missing: the repository holds no LICENSE file
  fix: add the text as LICENSE
""",
)
def _(world):
    del world.files["LICENSE"]


@breaks(
    "license-file-unrecognised",
    """
4:10 note license-file-unrecognised: `LICENSE` is not the text of a licence known here
  fix: compare it by eye; the unchanged text of the licence is recognised
""",
)
def _(world):
    world.write("LICENSE", "You may use this model if you are kind to it.")


@breaks(
    "base-missing",
    """
14:15 base-missing: `acme/nowhere` is no public model on the Hub
  fix: correct the id, or name the nearest public model it comes from
""",
)
def _(world):
    adapt(world, "nowhere")


@breaks(
    "base-differs",
    """
14:15 warning base-differs: `adapted_from` is `acme/base`, the model card names `acme/other`
  fix: write the same model in both
""",
)
def _(world):
    world.edit("README.md", ("base_model: acme/base", "base_model: acme/other"))


@breaks(
    "base-differs",
    """
2:8 warning base-differs: the model card says it was adapted from `acme/base`, the config does not
  fix: write `adapted_from: acme/base`
""",
)
def _(world):
    world.configure(("adapted_from: acme/base\n", ""))


@breaks(
    "base-forbids-adapting",
    """
14:15 base-forbids-adapting: `acme/noderivatives`: its licence `cc-by-nc-nd-4.0` allows no adapted models
  fix: ask its owner for permission; without it the model cannot be published
""",
)
def _(world):
    adapt(world, "noderivatives")


@breaks(
    "base-terms-dropped",
    """
14:15 base-terms-dropped: `acme/llama`: its licence `llama3.1` binds adapted models, `mit` drops its terms
  fix: publish under the licence of the model it was adapted from
""",
)
def _(world):
    adapt(world, "llama")


@breaks(
    "base-license-unclear",
    """
14:15 warning base-license-unclear: `acme/custom`: its licence is `other`, which does not say what is allowed
  fix: read the terms of the base model; a maintainer will ask
""",
)
def _(world):
    adapt(world, "custom")


def adapt(world: World, base: str) -> None:
    world.edit("README.md", ("base_model: acme/base", f"base_model: acme/{base}"))
    world.configure(("adapted_from: acme/base", f"adapted_from: acme/{base}"))


# Model card and languages


@breaks(
    "card-missing",
    """
2:8 card-missing: the repository has no model card (`README.md`)
  fix: write a `README.md`: https://huggingface.co/docs/hub/model-cards
""",
)
def _(world):
    del world.files["README.md"]


@breaks(
    "card-unreadable",
    """
2:8 card-unreadable: the model card's front matter cannot be read: line 3: not valid YAML: a second `: ` in this line, or a line that is indented too far
  fix: correct it; the Hub's editor of the model card shows the place
""",
)
def _(world):
    world.edit("README.md", ("license: mit", "license: mit: yes"))


@breaks(
    "card-without-overview",
    """
2:8 warning card-without-overview: the model card does not say what the model is
  fix: say what it was made for, from which model and for which languages
""",
)
def _(world):
    text = world.files["README.md"].decode()
    start, end = text.index("A small embedding model"), text.index("## Usage")
    world.write("README.md", text[:start] + "[More Information Needed]\n\n" + text[end:])


@breaks(
    "card-without-usage",
    """
2:8 warning card-without-usage: the model card shows no code that uses the model
  fix: add a code block under a heading `Usage`
""",
)
def _(world):
    text = world.files["README.md"].decode()
    start, end = text.index("```python"), text.index("## Training")
    installing = "```\npip install -U sentence-transformers\n```\n\n"
    world.write("README.md", text[:start] + installing + text[end:])


@breaks(
    "card-without-training-data",
    """
2:8 warning card-without-training-data: the model card does not say what the model was trained on
  fix: add `datasets:` to the front matter, or a section `Training data`
""",
)
def _(world):
    text = world.files["README.md"].decode().replace("datasets:\n- acme/pairs\n", "")
    start, end = text.index("It was trained on"), text.index("## Citation")
    world.write("README.md", text[:start] + "<!-- trained on pairs -->\n\n" + text[end:])


@breaks(
    "card-without-citation",
    """
2:8 warning card-without-citation: the model card does not say what to cite
  fix: add a section `Citation` with BibTeX, or a link to the paper
""",
)
def _(world):
    text = world.files["README.md"].decode()
    world.write("README.md", text[: text.index("```bibtex")] + "[More Information Needed]\n")


@breaks(
    "language-missing",
    """
5:12 warning language-missing: the model card names no language
  fix: add `language:` to the model card's front matter
""",
)
def _(world):
    world.edit("README.md", ("language: en\n", ""))


@breaks(
    "languages-differ",
    """
5:12 warning languages-differ: the model card names languages that the config does not: `nor`
  fix: write the same languages in both (the card may say `multilingual`)
5:18 warning languages-differ: the model card does not name the language `deu-Latn`
  fix: write the same languages in both (the card may say `multilingual`)
""",
)
def _(world):
    world.edit("README.md", ("language: en\n", "language: [en, no, zh]\n"))
    world.configure(("[eng]", "[eng, deu-Latn, cmn-Hans]"))


# Training data


@breaks(
    "training-data-missing",
    """
13:29 warning training-data-missing: `acme/nowhere` is no public data set on the Hub and no task of mteb
  fix: correct the id; leave data out of the list that is not on the Hub, and describe it in the model card
""",
)
def _(world):
    world.configure(("[acme/pairs]", "[acme/pairs, acme/nowhere, web pages, MSMARCO]"))


@breaks(
    "training-data-differs",
    """
13:16 warning training-data-differs: the model card names training data that the config does not: `acme/web`
  fix: add them to `training_data`, or correct `datasets:` in the model card
""",
)
def _(world):
    world.edit("README.md", ("- acme/pairs\n", "- acme/pairs\n- acme/web\n"))


@breaks(
    "trained-on-evaluated",
    """
13:29 warning trained-on-evaluated: `STSBenchmark` is trained on and evaluated: `STSBenchmark`
  fix: nothing to do if it is so: the scores are shown with this remark
13:43 warning trained-on-evaluated: `acme/news` is trained on and evaluated: `AcmeNews`
  fix: nothing to do if it is so: the scores are shown with this remark
""",
)
def _(world):
    world.configure(("[acme/pairs]", "[acme/pairs, STSBenchmark, acme/news]"))


# Data of custom tasks


@breaks(
    "task-data-missing",
    """
tasks/news.yaml:5:15 task-data-missing: `acme/no-news` is no public data set on the Hub
  fix: correct the id, or make the data set public
""",
)
def _(world):
    world.task = world.task.replace("acme/news", "acme/no-news")


@breaks(
    "task-data-gated",
    """
tasks/news.yaml:5:15 task-data-gated: `acme/gated-news` is gated: readers must ask before they can read it
  fix: turn off access requests in its settings, or take another data set
""",
)
def _(world):
    world.task = world.task.replace("acme/news", "acme/gated-news")


@breaks(
    "task-revision-missing",
    """
tasks/news.yaml:5:36 task-revision-missing: `acme/news` has no commit SHA
  fix: copy the full SHA from the data set's `Files and versions` > `History`
""",
)
def _(world):
    world.task = world.task.replace("1" * 40, "2" * 40)

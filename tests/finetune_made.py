"""A BERT so small that it trains in a second, and texts with labels that it can learn."""

import csv
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TOPICS = {
    "sea": "ship wave harbour sail tide anchor fish coral",
    "sky": "cloud wind wing bird star rain moon kite",
    "soil": "root worm seed stone mole clay fern moss",
}
TOPICS_TASK = """\
schema_version: 1
name: Topics
type: classification
languages: [eng-Latn]
dataset: {path: topics}
columns: {text: text, label: topic}
evaluator: {method: knn, k: 3, metric: cosine}
samples_per_label: 8
experiments: 4
"""
# A config that is evaluated on it; the training data are to follow.
TUNED_HEAD = """\
schema_version: 1
model: ann/tuned
revision: "1111111111111111111111111111111111111111"
license: mit
languages: [eng]
evaluate: {tasks: [topics.yaml]}
finetune:
  base_model: acme/small
"""
_COMMON = "the a one of with near under old new small large my your this that"


def labelled_rows(count: int, seed: int = 0) -> list[tuple[str, int]]:
    """(text, label): five words each, two of them of the label's topic."""
    draw = random.Random(seed)  # noqa: S311 -- no secret
    rows = []
    for number in range(count):
        label = number % len(TOPICS)
        own = draw.sample(list(TOPICS.values())[label].split(), 2)
        words = own + draw.sample(_COMMON.split(), 3)
        draw.shuffle(words)
        rows.append((" ".join(words), label))
    return rows


def topics_table(rows: Sequence[tuple[str, int]]) -> str:
    """Texts and the names of their topics as CSV, as a submitter has them."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["text", "topic"])
    writer.writerows((text, list(TOPICS)[label]) for text, label in rows)
    return table.getvalue()


def write_topics(file: Path, rows: Sequence[tuple[str, int]]) -> Path:
    """The same as a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(topics_table(rows), encoding="utf-8", newline="")
    return file


def write_topics_task(
    folder: Path, training: Sequence[tuple[str, int]], tested: Sequence[tuple[str, int]]
) -> Path:
    """A custom task and its data."""
    write_topics(folder / "topics" / "train.csv", training)
    write_topics(folder / "topics" / "test.csv", tested)
    file = folder / "topics.yaml"
    file.write_text(TOPICS_TASK, encoding="utf-8")
    return file


def write_labelled(file: Path, rows: list[tuple[str, int]]) -> Path:
    """The file of labelled texts that the label-aware loss is trained with."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"text": text, "label": label}) for text, label in rows)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def write_groups(
    folder: Path, rows: list[tuple[str, int]], negatives: int = 3, **more: Any
) -> Path:
    """FlagEmbedding's rows, whose positives and negatives are all there is of the label and of the others."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, (text, label) in enumerate(rows):
        same = [other for at, (other, one) in enumerate(rows) if one == label and at != number]
        others = [other for other, one in rows if one != label]
        row = {"query": text, "pos": same[:5], "neg": others[: 2 * negatives], "prompt": "", **more}
        lines.append(json.dumps(row))
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def save_small_bert(folder: Path, pooling: str = "mean", dropout: float = 0.1) -> Path:
    """A folder that sentence-transformers loads: two layers of 32 dimensions, and every word of the topics."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = special + " ".join([*TOPICS.values(), _COMMON]).split()
    core = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    names = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep", "mask")}
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout,
    )  # fmt: skip
    plain = folder.with_name(f"{folder.name}-plain")
    BertModel(shape).save_pretrained(plain)
    PreTrainedTokenizerFast(tokenizer_object=core, **names).save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=32)
    modules = [transformer, Pooling(32, pooling_mode=pooling), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return folder

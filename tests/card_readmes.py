"""READMEs as people write them, and the lines of each that the card writer may change (all others stay)."""

from bot.card.block import BEGIN, END

OTHER_RESULT = """\
  - task:
      type: STS
    dataset:
      type: mteb/sickr-sts
      name: MTEB SICK-R
      config: default
      split: test
      revision: 20a6d6f312dd54037fe07a32d58e5e168867909d
    metrics:
    - type: cos_sim_pearson
      value: 84.03996099800993
"""
OUR_RESULT = """\
  - task:
      type: STS
    dataset:
      type: org/data
      name: MTEB STSBenchmark
      config: default
      split: test
      revision: None
    metrics:
    - type: cos_sim_spearman
      value: 82.62068205073571  # measured by hand
"""

JSON_INDEX = """\
model-index: [{"name": "name", "results": [{"task": {"type": "a"}, \
"dataset": {"type": "b", "name": "c"}, "metrics": [{"type": "d", "value": 1}]}]}]
"""
COMMENTED = """\
---
# keep me
license:   'mit'   # why not
language: [en,  "de"]

base_model: "org/base"
# last words
---

# My model
"""
WIDGETS = """\
---
pipeline_tag: sentence-similarity
widget:
- source_sentence: >-
    a long
    folded text
  sentences:
  - |
    kept: as it is
    # no comment

  - "two\\nlines"
datasets: !!seq [a, b]
co2_eq_emissions: {emissions: 1.0e-05, source: code}
new_version: 0123
---
# M
"""
GENERATED = """\
---
tags:
- sentence-transformers
- dataset_size:256
- loss:MultipleNegativesRankingLoss
base_model: microsoft/codebert-base
widget:
- source_sentence: "def plot(samples):\\n    subplots(1,\\\n    \\ 2, figsize=(12, 6))\\n    return fig"
  sentences:
  - 'Board members:

    - Protocol revisions

    - Recruitment oversight'
  - - not a list item to lose
model-index:
- name: SentenceTransformer based on microsoft/codebert-base
  results:
  - task:
      type: semantic-similarity
      name: Semantic Similarity
    dataset:
      name: sts dev
      type: sts-dev
    metrics:
    - type: pearson_cosine
      value: 0.9110
      name: Pearson Cosine
pipeline_tag: sentence-similarity
---

# SentenceTransformer based on microsoft/codebert-base
"""
SEVERAL = f"""\
---
model-index:
- name: other
  results:
{OTHER_RESULT}- name: org/name  # this one
  extra: kept
  results:
{OTHER_RESULT}{OUR_RESULT}# after
---
# M
"""

# name: (text, lines that change or go)
READMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "no front matter": ("# My model\n\nIt embeds.\n", ()),
    "empty file": ("", ()),
    "one blank line": ("\n", ()),
    "no newline at the end": ("---\nlicense: mit\n---\n# My model", ()),
    "front matter only": ("---\nlicense: mit\n---\n", ()),
    "front matter only, no newline": ("---\nlicense: mit\n---", ()),
    "empty front matter": ("---\n---\n\n# My model\n", ()),
    "blank front matter": ("---\n\n---\n# My model\n", ()),
    "comments and quoting": (COMMENTED, ()),
    "license_name": (
        "---\nlicense: other\nlicense_name: gemma\nlicense_link: https://ai.google.dev/gemma/terms\n---\n# M\n",
        (),
    ),
    "language as list": ("---\nlanguage:\n  - en\n  - 'no'\n---\ntext\n", ()),
    "tags as text": (
        "---\ntags: sentence-similarity\n---\ntext\n",
        ("tags: sentence-similarity\n",),
    ),
    "tags as flow list": (
        "---\ntags: [ sentence-similarity,  'feature-extraction', ]  # ours\nlicense: mit\n---\ntext\n",
        ("tags: [ sentence-similarity,  'feature-extraction', ]  # ours\n",),
    ),
    "tags as block list": (
        "---\ntags:\n    - sentence-similarity # a\n    # between\n    - transformers\n\nlicense: mit\n---\ntext\n",
        (),
    ),
    "tags with mteb twice": ("---\ntags:\n- mteb\n- x\n- mteb\n- y\n---\ntext\n", ("- mteb\n",)),
    "tags left empty": ("---\ntags:\nlicense: mit\n---\ntext\n", ()),
    "crlf": (
        "---\r\nlicense: mit\r\ntags:\r\n- x\r\n---\r\n\r\n# My model\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | 2 |\r\n",
        (),
    ),
    "mixed newlines": (
        "---\nlicense: mit\r\nlanguage: en\n---\r\n# My model\r\ntext\nmore\r\n",
        (),
    ),
    "bom": ("\ufeff---\nlicense: mit\n---\n# My model\n", ()),
    "bom without front matter": ("\ufeff# My model\n", ("\ufeff# My model\n",)),
    "non-ascii": (
        "---\nlanguage: zh\nmodel_name: 通用文本向量\nauthor: Zoë 🦊\n---\n# 通用\n\nZażółć gęślą jaźń — 🦊\u200d\u2028fin\n",
        (),
    ),
    "blank lines before front matter": ("\n\n---\nlicense: mit\n---\ntext\n", ()),
    "rules in the body": (
        "---\nlicense: mit\n---\n# M\n\n---\n\nsection\n\n---\n\n***\n\nend\n---\n",
        (),
    ),
    "hand-written results": (
        "---\nlicense: mit\n---\n# M\n\n## MTEB results\n\n| Task | Score |\n|:--|--:|\n| STSBenchmark | 82.0 |\n\n## Cite\n",
        (),
    ),
    "trailing spaces and tabs": ("---\nlicense: mit   \n---  \n# M  \n\n\ttext \t\n   \n", ()),
    "markers in a code fence": (f"---\nlicense: mit\n---\n```\n{BEGIN}\nshown\n{END}\n```\n", ()),
    "unclosed code fence": ("---\nlicense: mit\n---\n# M\n\n```python\nprint(1)\n", ()),
    "our block by hand": (f"# M\n\n{BEGIN}\nold\n{END}\n\nafter\n", ("old\n",)),
    "a begin alone": (f"# M\n\n{BEGIN}\nold\n\nmine\n", ()),
    "very long": ("---\nlicense: mit\n---\n" + "A line of a long README.\n\n" * 5_000, ()),
    "model-index of one": (
        f"---\nmodel-index:\n- name: name\n  results:\n{OUR_RESULT}{OTHER_RESULT}license: mit\n---\n# M\n",
        (),
    ),
    "written by a trainer": (GENERATED, ()),
    "model-index of several": (SEVERAL, ()),
    "model-index under another name": (
        "---\nmodel-index:\n  - name: final_xl_results\n    results:\n"
        + "".join(f"  {line}\n" for line in (OTHER_RESULT + OUR_RESULT).splitlines())
        + "---\n# M\n",
        (),
    ),
    "model-index without results": (
        "---\nmodel-index:\n- name: name\n  results: []  # none yet\n---\n# M\n",
        ("  results: []  # none yet\n",),
    ),
    "model-index of json": (f"---\n{JSON_INDEX}---\n# M\n", (JSON_INDEX,)),
    "widgets and long text": (WIDGETS, ()),
    "anchors elsewhere": (
        "---\nx: &a [1, 2]\ny: *a\nlicense: mit\n---\n# M\n",
        (),
    ),
}
BROKEN: dict[str, tuple[str, str]] = {
    "never closed": ("---\nlicense: mit\n\n# M\n", "README.md line 1: `---` opens front matter that no second"),
    "a rule on top": ("---\n\nSome text.\n", "README.md line 1: `---` opens front matter that no second"),
    "spaces after the opening": ("--- \nlicense: mit\n---\n# M\n", "README.md line 1: spaces after `---`"),
    "a quote never closed": ("---\nlicense: 'mit\nlanguage: en\n---\n# M\n", "README.md line "),
    "two colons": ("---\nlicense: mit\ntitle: a: b\n---\n# M\n", "README.md line 3: not valid YAML (mapping values"),
    "a tab": ("---\ntags:\n\t- x\n---\n# M\n", "README.md line 3: a tab where YAML wants spaces"),
    "a key twice": ("---\nlicense: mit\ntags: [x]\nlicense: mit\n---\n# M\n", "README.md line 4: the key `license` stands"),
    "a key twice, deep": (
        "---\nmodel-index:\n- name: a\n  name: b\n---\n# M\n",
        "README.md line 4: the key `name` stands",
    ),
    "a list": ("---\n- license: mit\n---\n# M\n", "README.md line 2: the front matter is no mapping in block style"),
    "text": ("---\njust text\n---\n# M\n", "README.md line 2: the front matter is no mapping in block style"),
    "json": ('---\n{"license": "mit"}\n---\n# M\n', "README.md line 2: the front matter is no mapping in block style"),
    "a control character": ("---\nlicense: mit\nx: a\x07b\n---\n# M\n", "README.md line 3: a character or escape"),
    "an impossible escape": ('---\nx: "\\UFFFFFFFF"\n---\n# M\n', "README.md line 2: a character or escape"),
    "two documents": ("---\nlicense: mit\n--- # x\na: b\n---\n# M\n", "README.md line "),
    "document end": ("---\nlicense: mit\n...\n---\n# M\n", "README.md line 2: the front matter is laid out"),
    "question marks": ("---\n? license\n:\n---\n# M\n", "README.md line 2: the front matter is laid out"),
    "nested too deep": (f"---\nx: {'[' * 400}{']' * 400}\n---\n# M\n", "README.md line 2: nested deeper than 50"),
    "too long": (f"---\nx: {'y' * 1_100_000}\n---\n# M\n", "The front matter is longer than 1048576 characters"),
}  # fmt: skip

"""Repositories whose card tells too little, and submissions whose data is missing or was trained on: see tests/closed_models.py."""

from tests.closed_models import breaks

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

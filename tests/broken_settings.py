"""Model configs with wrong settings or a wrong place, and what is said about each."""

from broken import Broken, config

CASES = (
    Broken(
        "yes for true",
        config(("  pooling: mean", "  normalize: yes")),
        """
8:14 wrong-type: `load.normalize` is the text `yes`, but must be `true` or `false`
  fix: write `true`, without quotes
""",
    ),
    Broken(
        "on for true",
        config(("evaluate:\n", "publish:\n  model_card: on\nevaluate:\n")),
        """
14:15 wrong-type: `publish.model_card` is the text `on`, but must be `true` or `false`
  fix: write `true`, without quotes
""",
    ),
    Broken(
        "misspelt pooling",
        config(("pooling: mean", "pooling: meen")),
        """
8:12 not-allowed: `load.pooling` is `meen`, which is none of the choices
  fix: did you mean `mean`?
""",
    ),
    Broken(
        "unknown pooling",
        config(("pooling: mean", "pooling: weighted")),
        """
8:12 not-allowed: `load.pooling` is `weighted`, which is none of the choices
  fix: choose `cls`, `mean` or `last-token`
""",
    ),
    Broken(
        "length too small",
        config(("max_length: 256", "max_length: 4")),
        """
9:15 out-of-range: `load.max_length` is 4, but must be at least 8
  fix: write a number of at least 8
""",
    ),
    Broken(
        "length in quotes",
        config(("max_length: 256", 'max_length: "256"')),
        """
9:15 wrong-type: `load.max_length` is the text `256`, but must be a whole number
  fix: delete the quotes, so that YAML reads a number
""",
    ),
    Broken(
        "length with a fraction",
        config(("max_length: 256", "max_length: 256.5")),
        """
9:15 wrong-type: `load.max_length` is the number 256.5, but must be a whole number
  fix: write a whole number
""",
    ),
    Broken(
        "entry point without a name",
        config(("with: sentence-transformers", "with: entry-point")),
        """
7:3 missing-key: the key `entry_point` is missing in `load`
  fix: add `entry_point:`. Name of the installed entry point (group `mteb_submission_bot.encoders`) when `with` is `entry-point`.
""",
    ),
    Broken(
        "entry point not asked for",
        config(("with: sentence-transformers", "with: flag-embedding\n  entry_point: acme")),
        """
8:3 key-does-not-fit: `load.entry_point` goes with `with: entry-point` only
  fix: delete it, or write `with: entry-point`
""",
    ),
    Broken(
        "mteb's loader for a model mteb has not",
        config(("with: sentence-transformers", "with: mteb")),
        """
7:9 not-in-mteb: mteb N has no loader for `acme/tiny-embedder`
  fix: write `with: sentence-transformers` or `with: flag-embedding`
8:3 setting-without-effect: `pooling` has no effect with `with: mteb`, which loads the model its own way
  fix: delete it, or write `with: sentence-transformers`
9:3 setting-without-effect: `max_length` has no effect with `with: mteb`, which loads the model its own way
  fix: delete it, or write `with: sentence-transformers`
10:3 setting-without-effect: `prompts` has no effect with `with: mteb`, which loads the model its own way
  fix: delete it, or write `with: sentence-transformers`
""",
    ),
    Broken(
        "prompts that mteb does not look for",
        config(
            (
                '    query: "query: "',
                '    passage: "p"\n    Classificaton: "c"\n    STS-query: fine\n    AcmeNews: x\n    hello: y',
            )
        ),
        """
11:5 unknown-prompt: mteb looks for no prompt called `passage`, so it would be ignored
  fix: did you mean `document`?
12:5 unknown-prompt: mteb looks for no prompt called `Classificaton`, so it would be ignored
  fix: did you mean `Classification`?
14:5 unknown-prompt: mteb looks for no prompt called `AcmeNews`, so it would be ignored
  fix: name it after the task's type instead, for example `Classification`
15:5 unknown-prompt: mteb looks for no prompt called `hello`, so it would be ignored
  fix: use `query`, `document`, a task type such as `STS` or a task name; `-query` may follow the last two
""",
    ),
    Broken(
        "prompt that is a number",
        config(('query: "query: "', "query: 5")),
        """
11:12 wrong-type: `load.prompts.query` is the number 5, but must be text
  fix: put quotes around it, so that YAML reads text
""",
    ),
    Broken(
        "adapted from itself",
        config(("acme/tiny-base", "acme/tiny-embedder")),
        """
12:15 adapted-from-itself: `adapted_from` names the model itself
  fix: name the model it was trained from, or delete the key
""",
    ),
    Broken(
        "another name than the file's",
        config(),
        """
2:8 path-differs-from-model: the model is `acme/tiny-embedder`, but the file stands at `models/acme/other.yaml`
  fix: move the file to `models/acme/tiny-embedder.yaml`, or correct `model`
""",
        file="models/acme/other.yaml",
    ),
    Broken(
        "file ending in .yml",
        config(),
        """
2:8 path-differs-from-model: the model is `acme/tiny-embedder`, but the file stands at `models/acme/tiny-embedder.yml`
  fix: move the file to `models/acme/tiny-embedder.yaml`, or correct `model`
""",
        file="models/acme/tiny-embedder.yml",
    ),
    Broken(
        "file without an organisation's folder",
        config(),
        """
2:8 path-differs-from-model: the model is `acme/tiny-embedder`, but the file stands at `models/tiny-embedder.yaml`
  fix: move the file to `models/acme/tiny-embedder.yaml`, or correct `model`
""",
        file="models/tiny-embedder.yaml",
    ),
)

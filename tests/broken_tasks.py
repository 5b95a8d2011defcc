"""Broken custom tasks, and what is said about each."""

from broken import Broken, task

CASES = (
    Broken(
        "no columns",
        task(("columns:\n  text: [title, body]\n  label: section\n", "")),
        """
1:1 missing-key: the key `columns` is missing in the file
  fix: add `columns:`. Which columns hold what. A text may be several columns, joined with `join`.
""",
    ),
    Broken(
        "misspelt type",
        task(("type: classification", "type: classifcation")),
        """
3:7 not-allowed: `type` is `classifcation`, which is none of the choices
  fix: did you mean `classification`?
""",
    ),
    Broken(
        "unknown type",
        task(("type: classification", "type: summarization")),
        """
3:7 not-allowed: `type` is `summarization`, which is none of the choices
  fix: choose `classification`, `sts`, `clustering` or `retrieval`
""",
    ),
    Broken(
        "id, revision and path",
        task(
            (
                "  path: news\n",
                "  path: news\n  id: acme/news\n  revision: 0123456789abcdef0123456789abcdef01234567\n",
            )
        ),
        """
7:3 key-does-not-fit: `dataset.id` does not go with `path`
  fix: delete it, or delete `path`
8:3 key-does-not-fit: `dataset.revision` does not go with `path`
  fix: delete it, or delete `path`
""",
    ),
    Broken(
        "STS with the keys of a classification",
        task(("type: classification", "type: sts")),
        """
8:5 unread-file: nothing reads the file of `train`
  fix: delete it; this task reads `test`
11:3 key-does-not-fit: `columns.text` does not go with `type: sts`
  fix: delete it, or change `type`
11:3 missing-key: the key `score` is missing in `columns`
  fix: add `score:`. Gold similarity (STS).
11:3 missing-key: the key `sentence1` is missing in `columns`
  fix: add `sentence1:`. First text (STS).
11:3 missing-key: the key `sentence2` is missing in `columns`
  fix: add `sentence2:`. Second text (STS).
12:3 key-does-not-fit: `columns.label` does not go with `type: sts`
  fix: delete it, or change `type`
13:1 key-does-not-fit: `evaluator` does not go with `type: sts`
  fix: delete it, or change `type`
16:1 key-does-not-fit: `samples_per_label` does not go with `type: sts`
  fix: delete it, or change `type`
17:13 not-allowed: `main_score` is `accuracy`, which is none of the choices
  fix: choose `cosine_spearman` or `cosine_pearson`
""",
    ),
    Broken(
        "name of a task of mteb",
        task(("AcmeNews", "stsbenchmark")),
        """
2:7 task-name-taken: mteb has a task called `stsbenchmark` already
  fix: choose another name
""",
    ),
    Broken(
        "name with a blank",
        task(("AcmeNews", "My Task!")),
        """
2:7 malformed-task-name: `name` is `My Task!`: that cannot name a task
  fix: use 3 to 80 letters, digits, dots, dashes or underscores, beginning with a letter: `AGNewsKNN`
""",
    ),
    Broken(
        "languages without script",
        task(("[eng-Latn]", "[en, eng, eng-latn, zh-hans, xx]")),
        """
4:13 unknown-language: `en` is no language code with a script
  fix: did you mean `eng-Latn`?
4:17 unknown-language: `eng` is no language code with a script
  fix: did you mean `eng-Latn`?
4:22 unknown-language: `eng-latn` is no language code with a script
  fix: did you mean `eng-Latn`?
4:32 unknown-language: `zh-hans` is no language code with a script
  fix: did you mean `zho-Hans`?
4:41 unknown-language: `xx` is no language code with a script
  fix: write language and script, as `eng-Latn`
""",
    ),
    Broken(
        "id and path",
        task(("  path: news\n", "  path: news\n  id: acme/news\n")),
        """
7:3 key-does-not-fit: `dataset.id` does not go with `path`
  fix: delete it, or delete `path`
""",
    ),
    Broken(
        "id without revision",
        task(("  path: news\n", "  id: acme/news\n")),
        """
6:3 missing-key: the key `revision` is missing in `dataset`
  fix: add `revision:`. Full commit SHA of the data set: 40 lower-case hexadecimal digits.
""",
    ),
    Broken(
        "neither id nor path",
        task(("  path: news\n", "")),
        """
6:3 missing-key: `dataset` has neither `id` nor `path`
  fix: say where the rows are: `id` and `revision` of a Hub data set, or `path` of a local folder
""",
    ),
    Broken(
        "path that leaves the folder",
        task(("path: news", "path: ../news")),
        """
6:9 path-leaves-folder: `dataset.path` is `../news`: that path is absolute or leaves the folder of this file
  fix: give a folder below this file; for data elsewhere pass `--data-path PATH=DIR` when running
""",
    ),
    Broken(
        "absolute path",
        task(("path: news", "path: /data/news")),
        """
6:9 path-leaves-folder: `dataset.path` is `/data/news`: that path is absolute or leaves the folder of this file
  fix: give a folder below this file; for data elsewhere pass `--data-path PATH=DIR` when running
""",
    ),
    Broken(
        "spreadsheet",
        task(("train.csv", "train.xlsx")),
        """
8:12 unsupported-file: `dataset.files.train` is `train.xlsx`: that is no CSV, JSONL or Parquet file inside the folder
  fix: name a .csv, .jsonl or .parquet file inside the data folder
""",
    ),
    Broken(
        "file of a split that is not read",
        task(("test: test.csv", "validation: test.csv")),
        """
9:5 unread-file: nothing reads the file of `validation`
  fix: delete it; this task reads `train`, `test`
""",
    ),
    Broken(
        "label within the text",
        task(("[title, body]", "[title, section]")),
        """
12:10 column-used-twice: the column `section` is both `text` and `label`
  fix: give each its own column
""",
    ),
    Broken(
        "setting of the other evaluator",
        task(("k: 3", "max_iterations: 5")),
        """
15:3 key-does-not-fit: `evaluator.max_iterations` does not go with `method: knn`
  fix: delete it, or change `method`
""",
    ),
    Broken(
        "neighbours for a regression",
        task(("knn", "logistic-regression")),
        """
15:3 key-does-not-fit: `evaluator.k` goes with `method: knn` only
  fix: delete it, or write `method: knn`
""",
    ),
    Broken(
        "misspelt metric",
        task(("main_score: accuracy", "main_score: acuracy")),
        """
17:13 not-allowed: `main_score` is `acuracy`, which is none of the choices
  fix: did you mean `accuracy`?
""",
    ),
    Broken(
        "metric of another type",
        task(("main_score: accuracy", "main_score: ndcg_at_10")),
        """
17:13 not-allowed: `main_score` is `ndcg_at_10`, which is none of the choices
  fix: choose `accuracy`, `f1` or `f1_weighted`
""",
    ),
    Broken(
        "trained on what is scored",
        task(("columns:", "training_split: test\ncolumns:"), ("    train: train.csv\n", "")),
        """
9:17 tested-on-training-data: the split `test` both trains and scores the classifier
  fix: name two different splits
""",
    ),
    Broken(
        "retrieval",
        "schema_version: 1\nname: AcmeSearch\ntype: retrieval\nlanguages: [eng-Latn]\ndataset: {path: s, files: {query: q.jsonl}}\ncolumns: {query_id: id, query_text: text, document_id: id}\nexperiments: 3\n",
        """
5:28 unread-file: nothing reads the file of `query`
  fix: delete it; this task reads `queries`, `corpus`, `relevance`
6:10 missing-key: the key `document_text` is missing in `columns`
  fix: add `document_text:`. Text of a document (retrieval).
6:56 column-used-twice: the column `id` is both `query_id` and `document_id`
  fix: give each its own column
7:1 key-does-not-fit: `experiments` does not go with `type: retrieval`
  fix: delete it, or change `type`
""",
    ),
    Broken(
        "STS",
        "schema_version: 1\nname: AcmeSTS\ntype: sts\nlanguages: [eng-Latn]\ndataset: {path: s}\ncolumns: {sentence1: a, sentence2: a, score: s}\nscore_range: [5, 0]\n",
        """
6:36 column-used-twice: the column `a` is both `sentence1` and `sentence2`
  fix: give each its own column
7:14 upside-down-range: `score_range` goes from 5 to 0
  fix: write the lowest score first: `[0, 5]`
""",
    ),
    Broken(
        "clustering",
        "schema_version: 1\nname: AcmeClusters\ntype: clustering\nlanguages: [eng-Latn]\ndataset: {path: s}\ncolumns: {text: a, label: a}\nmax_documents: 1\nevaluator: {method: knn}\n",
        """
6:27 column-used-twice: the column `a` is both `text` and `label`
  fix: give each its own column
7:16 out-of-range: `max_documents` is 1, but must be at least 2
  fix: write a number of at least 2
8:1 key-does-not-fit: `evaluator` does not go with `type: clustering`
  fix: delete it, or change `type`
""",
    ),
)

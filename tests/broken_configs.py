"""Model configs with wrong keys and values, and what is said about each."""

from broken import Broken, config, tuned

CASES = (
    Broken(
        "unknown schema version",
        config(("schema_version: 1", "schema_version: 2")),
        """
1:17 unknown-schema-version: `schema_version` is the number 2, but must be the number 1
  fix: write `schema_version: 1`, the only version this bot reads
""",
    ),
    Broken(
        "schema version in quotes",
        config(("schema_version: 1", 'schema_version: "1"')),
        """
1:17 unknown-schema-version: `schema_version` is the text `1`, but must be the number 1
  fix: write `schema_version: 1`, the only version this bot reads
""",
    ),
    Broken(
        "missing keys",
        "schema_version: 1\nmodel: acme/tiny-embedder\n",
        """
1:1 missing-key: the key `evaluate` is missing in the file
  fix: add `evaluate:`. What to evaluate: benchmarks, tasks, or both.
1:1 missing-key: the key `languages` is missing in the file
  fix: add `languages:`. Languages the model is meant for: ISO 639-3 codes, optionally with an ISO 15924 script (`eng` or `eng-Latn`).
1:1 missing-key: the key `license` is missing in the file
  fix: add `license:`. Licence of the weights, as the Hub's model card names it (SPDX id in lower case, or the Hub's own such as `llama3.1`).
1:1 missing-key: the key `revision` is missing in the file
  fix: add `revision:`. Full commit SHA of the model repository (with `finetune`, of the base model's): 40 lower-case hexadecimal digits.
""",
    ),
    Broken(
        "misspelt key",
        config(("license", "licence")),
        """
4:1 unknown-key: unknown key `licence` in the file
  fix: did you mean `license`?
""",
    ),
    Broken(
        "key at the wrong level",
        config(("evaluate:\n", "pooling: mean\nevaluate:\n")),
        """
13:1 unknown-key: unknown key `pooling` in the file
  fix: move it to `load.pooling`
""",
    ),
    Broken(
        "key indented too far",
        config(("  with: sentence", "  revision: x\n  with: sentence")),
        """
7:3 unknown-key: unknown key `revision` in `load`
  fix: `revision` belongs at the top level of the file: indent it less
""",
    ),
    Broken(
        "unknown key",
        config(("evaluate:\n", "author: me\nevaluate:\n")),
        """
13:1 unknown-key: unknown key `author` in the file
  fix: delete it; the keys known here are `schema_version`, `model`, `revision`, `license`, `languages`, `load`, `training_data`, `adapted_from`, `evaluate`, `claims`, `publish`, `finetune`
""",
    ),
    Broken(
        "very long key",
        config(("license: mit", "license: mit\n" + "x" * 5000 + ": 1")),
        """
5:1 yaml-syntax: not valid YAML: this line is no `key: value`
  fix: write a colon and a space after the key, which has at most 1,024 characters
""",
    ),
    Broken(
        "key with a line break and a workflow command",
        config(("license: mit", 'license: mit\n"\\n::error::x": 1')),
        """
5:1 unknown-key: unknown key `�::error::x` in the file
  fix: delete it; the keys known here are `schema_version`, `model`, `revision`, `license`, `languages`, `load`, `training_data`, `adapted_from`, `evaluate`, `claims`, `publish`, `finetune`
""",
    ),
    Broken(
        "no value",
        config(("license: mit", "license:")),
        """
4:9 wrong-type: `license` is empty, but must be text
  fix: give it a value
""",
    ),
    Broken(
        "model without organisation",
        config(("acme/tiny-embedder", "tiny-embedder")),
        """
2:8 malformed-model-id: `model` is `tiny-embedder`: that is no model id
  fix: write the id as the Hub shows it above the model card, for example `intfloat/e5-small-v2`
""",
    ),
    Broken(
        "model as a web address",
        config(("acme/tiny-embedder", "https://huggingface.co/acme/tiny-embedder")),
        """
2:8 malformed-model-id: `model` is `https://huggingface.co/acme/tiny-embedder`: that is no model id
  fix: write it without the web address: `acme/tiny-embedder`
""",
    ),
    Broken(
        "short SHA",
        config(("0123456789abcdef0123456789abcdef01234567", "0123abc")),
        """
3:11 revision-not-a-full-sha: `revision` is `0123abc`: that is no full commit SHA
  fix: copy the full SHA from the model's `Files and versions` > `History`; a branch, a tag or a short SHA can move, so none is accepted
""",
    ),
    Broken(
        "short SHA of digits",
        config(("0123456789abcdef0123456789abcdef01234567", "1234567")),
        """
3:11 wrong-type: `revision` is the number 1234567, but must be text
  fix: copy the full SHA from the model's `Files and versions` > `History`; a branch, a tag or a short SHA can move, so none is accepted; put it in quotes
""",
    ),
    Broken(
        "branch",
        config(("0123456789abcdef0123456789abcdef01234567", "main")),
        """
3:11 revision-not-a-full-sha: `revision` is `main`: that is no full commit SHA
  fix: copy the full SHA from the model's `Files and versions` > `History`; a branch, a tag or a short SHA can move, so none is accepted
""",
    ),
    Broken(
        "SHA of digits only, without quotes",
        config(
            ("0123456789abcdef0123456789abcdef01234567", "1234567890123456789012345678901234567890")
        ),
        """
3:11 wrong-type: `revision` is the number 1234567890123456789012345678901234567890, but must be text
  fix: put quotes around it, so that YAML reads text
""",
    ),
    Broken(
        "SHA in capitals",
        config(
            ("0123456789abcdef0123456789abcdef01234567", "0123456789ABCDEF0123456789ABCDEF01234567")
        ),
        """
3:11 revision-not-a-full-sha: `revision` is `0123456789ABCDEF0123456789ABCDEF01234567`: that is no full commit SHA
  fix: write it in lower case: `0123456789abcdef0123456789abcdef01234567`
""",
    ),
    Broken(
        "SHA with a line break",
        config(
            (
                "0123456789abcdef0123456789abcdef01234567",
                '"0123456789abcdef0123456789abcdef01234567\\n"',
            )
        ),
        """
3:11 revision-not-a-full-sha: `revision` is `0123456789abcdef0123456789abcdef01234567�`: that is no full commit SHA
  fix: write it without spaces: `0123456789abcdef0123456789abcdef01234567`
""",
    ),
    Broken(
        "licence as SPDX writes it",
        config(("license: mit", "license: Apache-2.0")),
        """
4:10 misspelt-license: `Apache-2.0` is not how the Hub writes this licence
  fix: did you mean `apache-2.0`?
""",
    ),
    Broken(
        "licence without its version's zero",
        config(("license: mit", "license: apache2")),
        """
4:10 misspelt-license: `apache2` is not how the Hub writes this licence
  fix: did you mean `apache-2.0`?
""",
    ),
    Broken(
        "licence in words",
        config(("license: mit", "license: MIT License")),
        """
4:10 misspelt-license: `MIT License` is not how the Hub writes this licence
  fix: did you mean `mit`?
""",
    ),
    Broken(
        "languages of two letters",
        config(("languages: [eng, deu]\nload", "languages: [en, de]\nload")),
        """
5:13 unknown-language: `en` is no language code of ISO 639-3
  fix: did you mean `eng`?
5:17 unknown-language: `de` is no language code of ISO 639-3
  fix: did you mean `deu`?
""",
    ),
    Broken(
        "Norwegian, which is no boolean",
        config(("languages: [eng, deu]\nload", "languages: [no]\nload")),
        """
5:13 unknown-language: `no` is no language code of ISO 639-3
  fix: did you mean `nor`?
""",
    ),
    Broken(
        "languages in other spellings",
        config(
            (
                "languages: [eng, deu]\nload",
                "languages: [English, Germn, ger, eng_Latn, xx, qqx]\nload",
            )
        ),
        """
5:13 unknown-language: `English` is no language code of ISO 639-3
  fix: did you mean `eng`?
5:22 unknown-language: `Germn` is no language code of ISO 639-3
  fix: did you mean `deu`?
5:29 unknown-language: `ger` is no language code of ISO 639-3
  fix: did you mean `deu`?
5:34 unknown-language: `eng_Latn` is no language code of ISO 639-3
  fix: did you mean `eng-Latn`?
5:44 unknown-language: `xx` is no language code of ISO 639-3
  fix: look the code up at https://iso639-3.sil.org/code_tables/639/data
5:48 unknown-language: `qqx` is no language code of ISO 639-3
  fix: look the code up at https://iso639-3.sil.org/code_tables/639/data
""",
    ),
    Broken(
        "language without a list",
        config(("languages: [eng, deu]\nload", "languages: eng\nload")),
        """
5:12 wrong-type: `languages` is the text `eng`, but must be a list
  fix: write a list: `[eng]`
""",
    ),
    Broken(
        "language twice",
        config(("languages: [eng, deu]\nload", "languages: [eng, deu, eng]\nload")),
        """
5:23 repeated-item: item 3 of `languages` repeats item 1: `eng`
  fix: delete one of the two
""",
    ),
    Broken(
        "no language",
        config(("languages: [eng, deu]\nload", "languages: []\nload")),
        """
5:12 too-short: `languages` is empty
  fix: name at least one
""",
    ),
    Broken(
        "training without base or data",
        config(("claims:\n", "finetune: {base: acme/tiny-base}\nclaims:\n")),
        """
20:11 missing-key: the key `base_model` is missing in `finetune`
  fix: add `base_model:`. Hub id of the model that training starts from, at `revision`.
20:11 missing-key: the key `data` is missing in `finetune`
  fix: add `data:`. What to train on: one data set or several.
20:12 unknown-key: unknown key `base` in `finetune`
  fix: delete it; the keys known here are `base_model`, `data`, `recipe`, `variants`, `seeds`, `held_out`, `evaluated_rows`, `publish`
""",
    ),
    Broken(
        "training data without a place",
        tuned(
            (
                "id: acme/rows\n      revision: 0123456789abcdef0123456789abcdef01234567\n",
                "split: train\n",
            )
        ),
        """
25:7 missing-key: item 1 of `finetune.data` has neither `id` nor `path`
  fix: name either `id` and `revision` of a data set on the Hub, or `path`, a local file
25:7 missing-key: the key `id` is missing in item 1 of `finetune.data`
  fix: add `id:`. Hub id of the data set, <org>/<name>.
""",
    ),
    Broken(
        "training data in two places",
        tuned(("      columns:\n", "      path: rows.csv\n      columns:\n")),
        """
25:7 key-does-not-fit: item 1 of `finetune.data` has `id` and `path`, of which one is needed
  fix: name either `id` and `revision` of a data set on the Hub, or `path`, a local file
27:13 training-data-unreadable: the training data `rows.csv` cannot be read: No such file or directory
  fix: name a CSV, JSON lines or Parquet file that exists, relative to the folder of this config
""",
    ),
    Broken(
        "training data at a branch",
        tuned(
            (
                "id: acme/rows\n      revision: 0123456789abcdef0123456789abcdef01234567",
                "id: acme/rows\n      revision: main",
            )
        ),
        """
26:17 revision-not-a-full-sha: `revision` in item 1 of `finetune.data` is `main`: that is no full commit SHA
  fix: copy the full SHA from the data set's `Files and versions` > `History`
""",
    ),
    Broken(
        "text without a label",
        tuned(("        label: section\n", "")),
        """
28:9 missing-key: the key `label` is missing in `columns` in item 1 of `finetune.data`
  fix: add `label:`. Column of the label.
""",
    ),
    Broken(
        "variant with a name that is no folder's",
        tuned(("    fast:", "    Fast ../one:")),
        """
33:5 malformed-value: the key `Fast ../one` in `finetune.variants` is `Fast ../one`: that has the wrong form
  fix: name it in small letters, digits and hyphens, for example `rate-1e-5`
""",
    ),
    Broken(
        "settings of a recipe of the wrong kind",
        tuned(("batch_size: 16", "batch_size: all"), ("seeds: [1, 2]", "seeds: [1, 1]")),
        """
31:17 wrong-type: `finetune.recipe.batch_size` is the text `all`, but must be a whole number
  fix: write a whole number
35:14 repeated-item: item 2 of `finetune.seeds` repeats item 1: `1`
  fix: delete one of the two
""",
    ),
)

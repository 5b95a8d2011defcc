"""Files that are no YAML we take, and what is said about each."""

from broken import Broken, config

CASES = (
    Broken(
        "empty file",
        "",
        """
1:1 empty-file: the file holds no data
  fix: start from one of the configs in examples/
""",
    ),
    Broken(
        "nothing but comments",
        "# to do\n",
        """
1:1 empty-file: the file holds no data
  fix: start from one of the configs in examples/
""",
    ),
    Broken(
        "a list at top level",
        "- model: acme/tiny-embedder\n",
        """
1:1 wrong-type: the file is a list, but must be a mapping (`key: value`)
  fix: write `key: value` lines; one of the files in examples/ is a good start
""",
    ),
    Broken(
        "prose",
        "please evaluate my model\n",
        """
1:1 wrong-type: the file is the text `please evaluate my model`, but must be a mapping (`key: value`)
  fix: write `key: value` lines; one of the files in examples/ is a good start
""",
    ),
    Broken(
        "two documents",
        "schema_version: 1\n---\nschema_version: 1\n",
        """
2:1 several-documents: the file holds more than one YAML document
  fix: keep one, and delete the `---` between them
""",
    ),
    Broken(
        "billion laughs",
        "a: &a [lol, lol]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        """
1:4 anchor-or-alias: anchors (`&name`) and aliases (`*name`) are not accepted
  fix: write the value out, or put it in quotes if it is text
""",
    ),
    Broken(
        "anchor",
        config(("pooling: mean", "pooling: &p mean")),
        """
8:12 anchor-or-alias: anchors (`&name`) and aliases (`*name`) are not accepted
  fix: write the value out, or put it in quotes if it is text
""",
    ),
    Broken(
        "alias",
        config(("pooling: mean", "pooling: *p")),
        """
8:12 anchor-or-alias: anchors (`&name`) and aliases (`*name`) are not accepted
  fix: write the value out, or put it in quotes if it is text
""",
    ),
    Broken(
        "tens of thousands of empty mappings",
        config(("license: mit", "license: [" + "{}, " * 60_000 + "]")),
        """
4:79975 too-many-values: the file holds more than 20,000 keys and values
  fix: name a benchmark instead of listing its tasks
""",
    ),
    Broken(
        "tag that would run code",
        config(("mean", '!!python/object/apply:os.system ["id"]')),
        """
8:12 explicit-tag: the tag `!!python/object/apply:os.system` is not accepted
  fix: delete it; plain text, numbers, lists and mappings are enough
""",
    ),
    Broken(
        "duplicate key",
        config(("license: mit\n", "license: mit\nlicense: apache-2.0\n")),
        """
5:1 duplicate-key: the key `license` stands here a second time (first in line 4)
  fix: delete one of the two
""",
    ),
    Broken(
        "duplicate key further in",
        config(("  pooling: mean\n", "  pooling: mean\n  pooling: cls\n")),
        """
9:3 duplicate-key: the key `pooling` stands here a second time (first in line 8)
  fix: delete one of the two
""",
    ),
    Broken(
        "tab",
        config(("  pooling: mean", "\tpooling: mean")),
        """
8:1 tab-indentation: a tab where YAML wants spaces
  fix: indent with spaces; most editors can convert tabs
""",
    ),
    Broken(
        "quote left open",
        config(('"query: "', '"query: ')),
        """
11:12 yaml-syntax: not valid YAML: the quote that opens here is never closed
  fix: close it on the same line
""",
    ),
    Broken(
        "bracket left open",
        config(("languages: [eng, deu]\nload", "languages: [eng, deu\nload")),
        """
5:12 yaml-syntax: not valid YAML: the bracket that opens here is not closed, or a comma is missing in it
  fix: close it, and put a comma between the items
""",
    ),
    Broken(
        "no space after the colon",
        config(("license: mit", "license:mit")),
        """
4:1 yaml-syntax: not valid YAML: this line is no `key: value`
  fix: write a colon and a space after the key, which has at most 1,024 characters
""",
    ),
    Broken(
        "colon in a value",
        config(("license: mit", "license: mit: really")),
        """
4:13 yaml-syntax: not valid YAML: a second `: ` in this line, or a line that is indented too far
  fix: put text that holds `: ` in quotes; give keys of one mapping the same indentation
""",
    ),
    Broken(
        "indented too far",
        config(("  pooling: mean", "    pooling: mean")),
        """
8:12 yaml-syntax: not valid YAML: a second `: ` in this line, or a line that is indented too far
  fix: put text that holds `: ` in quotes; give keys of one mapping the same indentation
""",
    ),
    Broken(
        "indented too little",
        config(("  max_length: 256", " max_length: 256")),
        """
9:2 yaml-syntax: not valid YAML: this line does not fit the list or mapping that it stands in
  fix: give the keys of one mapping, or the dashes of one list, the same indentation; do not mix the two
""",
    ),
    Broken(
        "value beginning with @",
        config(("license: mit", "license: @mit")),
        """
4:10 yaml-syntax: not valid YAML: a value begins with a character that means something else in YAML
  fix: put the value in quotes
""",
    ),
    Broken(
        "value that is an asterisk",
        config(("license: mit", "license: * mit")),
        """
4:11 yaml-syntax: not valid YAML: a value begins with a character that means something else in YAML
  fix: put the value in quotes
""",
    ),
    Broken(
        "line beginning with %",
        config(("license: mit", "%license mit")),
        """
5:1 yaml-syntax: not valid YAML: text that is no `key: value` stands at the beginning of a line
  fix: write `key: value` lines, and indent lists and text below their key
""",
    ),
    Broken(
        "list after a mapping",
        config(("claims:\n  - task: STSBenchmark\n    main_score: 0.8203\n", "- STS22\n")),
        """
20:1 yaml-syntax: not valid YAML: this line does not fit the list or mapping that it stands in
  fix: give the keys of one mapping, or the dashes of one list, the same indentation; do not mix the two
""",
    ),
    Broken(
        "text after a value",
        '"schema_version: 1"\nmodel: acme/tiny-embedder\n',
        """
2:1 yaml-syntax: not valid YAML: text that is no `key: value` stands at the beginning of a line
  fix: write `key: value` lines, and indent lists and text below their key
""",
    ),
    Broken(
        "backslash in double quotes",
        config(('"query: "', '"query\\d: "')),
        """
11:19 yaml-syntax: not valid YAML: a backslash in double quotes begins an escape that YAML does not know
  fix: use single quotes, or write the backslash twice
""",
    ),
    Broken(
        "escape beyond Unicode",
        config(('"query: "', '"\\UFFFFFFFF"')),
        """
11:15 yaml-syntax: an escape or a YAML version holds an impossible number
  fix: delete `\\U…` escapes and `%YAML` lines
""",
    ),
    Broken(
        "escaped NUL",
        config(('"query: "', '"query\\0: "')),
        """
11:12 control-character: the text holds the control character U+0000
  fix: delete the escape that writes it
""",
    ),
    Broken(
        "nested 2,000 deep",
        "a: " + "[" * 2000 + "]" * 2000 + "\n",
        """
1:23 nested-too-deep: lists or mappings are nested deeper than 20 levels
  fix: no config needs that; flatten it
""",
    ),
    Broken(
        "list as a key",
        config(("license: mit", "license: mit\n? [a, b]\n: c")),
        """
5:3 key-not-text: a key is empty, a list or a mapping
  fix: write a plain word
""",
    ),
    Broken(
        "several problems of different kinds",
        config(
            ("license: mit", "license: mit\nlicense: mit\nlicence: mit"),
            ("0.8203", "82.03"),
            ("acme/tiny-base", "tiny-base"),
        ),
        """
5:1 duplicate-key: the key `license` stands here a second time (first in line 4)
  fix: delete one of the two
6:1 unknown-key: unknown key `licence` in the file
  fix: did you mean `license`?
14:15 malformed-model-id: `adapted_from` is `tiny-base`: that is no model id
  fix: write the base model's Hub id, <org>/<name>
24:17 score-not-a-fraction: `main_score` in item 1 of `claims` is 82.03, but must be at most 1
  fix: scores are fractions: write 0.8203, not 82.03
""",
    ),
)

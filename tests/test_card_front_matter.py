"""Front matter is edited as text: our keys join it, the author's keep their bytes."""

import pytest
from huggingface_hub.repocard import REGEX_YAML_BLOCK
from hypothesis import given
from hypothesis import strategies as st

from bot.card.front_matter import Metadata, with_metadata
from bot.card.readme import read_readme
from bot.card.yaml_structure import MAX_CHARACTERS

PLAIN = Metadata("org/name", {}, "mteb_results/", ())
RESULT = {
    "task": {"type": "STS"},
    "dataset": {"type": "d", "name": "MTEB A", "config": "default", "split": "test"},
    "metrics": [{"type": "main_score", "value": 1.5}],
}


def edited(yaml: str, metadata: Metadata = PLAIN) -> str:
    """The YAML between the `---` lines after the edit."""
    return with_metadata(read_readme(f"---\n{yaml}\n---\nbody\n".encode()), metadata).readme.yaml


def notes(yaml: str, metadata: Metadata = PLAIN) -> tuple[str, ...]:
    return with_metadata(read_readme(f"---\n{yaml}\n---\n".encode()), metadata).notes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tags: [a, b]", "tags: [a, b, mteb]"),
        ("tags: [a, b,]", "tags: [a, b, mteb,]"),
        ("tags: [\n  a, # first\n  b  # last\n]", "tags: [\n  a, # first\n  b, mteb  # last\n]"),
        ("tags: []", "tags:\n- mteb"),
        ("tags: # none yet", "tags: # none yet\n- mteb"),
        ("tags: ~ # none yet", "tags: # none yet\n- mteb"),
        ("tags: a", "tags: [a, mteb]"),
        ("tags: 'a b'  # why", "tags: ['a b', mteb]  # why"),
        ("tags: a, b", "tags: ['a, b', mteb]"),
        ("tags: >-\n  a\n  b", "tags: [a b, mteb]"),
        ("tags: mteb", "tags: mteb"),
        ("tags:\n- a\n# end", "tags:\n- a\n- mteb\n# end"),
        ("tags:\n  -   a  # x", "tags:\n  -   a  # x\n  - mteb"),
        ("tags:\n-\n  a", "tags:\n-\n  a\n- mteb"),
        ("tags:\n- >-\n  a\n  b\n", "tags:\n- >-\n  a\n  b\n- mteb\n"),
        ("tags:\n- a\n- mteb\n- 'mteb' # again\n- b", "tags:\n- a\n- mteb\n- b"),
        ('tags: [mteb, a, "mteb"]', "tags: [mteb, a]"),
        ("tags: [1, null, {a: b}]", "tags: [1, null, {a: b}, mteb]"),
        ('"tags": [a]', '"tags": [a, mteb]'),
    ],
)  # fmt: skip
def test_the_tag_joins_in_the_author_s_style_exactly_once(before, after):
    assert edited(before) == f"{after}\nmteb_results: mteb_results/"


def test_windows_newlines_stay_whole_where_a_tag_goes():
    readme = read_readme(b"---\r\ntags:\r\n- mteb\r\n- a\r\n- mteb\r\n- b\r\n---\r\n")
    assert with_metadata(readme, PLAIN).readme.to_bytes() == (
        b"---\r\ntags:\r\n- mteb\r\n- a\r\n- b\r\nmteb_results: mteb_results/\r\n---\r\n"
    )


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("tags: {a: b}", "it is neither a list nor a text"),
        ("x: &t [a]\ntags: *t", "it uses YAML anchors, aliases or tags"),
        ("tags: !!set {a}", "it uses YAML anchors, aliases or tags"),
        ("tags:\n- &a x\n- *a", "it uses YAML anchors, aliases or tags"),
        ("tags:\n- # -\n  a", "a list item does not follow its dash, or the dash does not begin a line"),
        ("tags:\n# -\n- # no\n  a", "a list item does not follow its dash, or the dash does not begin a line"),
    ],
)  # fmt: skip
def test_tags_that_cannot_be_joined_are_left_and_told(before, reason):
    assert edited(before) == f"{before}\nmteb_results: mteb_results/"
    assert notes(before) == (f"`tags` in the front matter was left as it is: {reason}.",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("license:", "license: mit"),
        ("license:   # todo", "license: mit   # todo"),
        ("license: null", "license: mit"),
        ("license: ''", "license: mit"),
        ("license: apache-2.0", "license: apache-2.0"),
        ("license: >\n  own", "license: >\n  own"),
        ("license: [mit, gpl]", "license: [mit, gpl]"),
        ("license_name: own", "license_name: own"),
        ("license_link:", "license_link:\nlicense: mit"),
    ],
)  # fmt: skip
def test_a_default_stands_only_where_the_author_says_nothing(before, after):
    done = "tags: [mteb]\nmteb_results: mteb_results/"
    metadata = Metadata("org/name", {"license": "mit"}, "mteb_results/", ())
    assert edited(f"{done}\n{before}", metadata) == f"{done}\n{after}"
    assert "Node(" not in "".join(notes(f"{done}\n{before}", metadata))


def test_the_language_of_norway_stays_text():
    metadata = Metadata("org/name", {"language": "no"}, "mteb_results/", ())
    assert edited("tags: [mteb]\nlanguage:", metadata).startswith("tags: [mteb]\nlanguage: 'no'\n")


@pytest.mark.parametrize("before", ["old/", "'old'", "", "|\n  old\n", "old # where"])
def test_the_path_of_the_results_is_ours(before):
    after = edited(f"mteb_results: {before}\ntags: mteb")
    assert after.startswith("mteb_results: mteb_results/")
    assert after.endswith("\ntags: mteb")


def test_indented_front_matter_stays_indented():
    assert edited("  license: mit\n  x: 1") == (
        "  license: mit\n  x: 1\n  tags:\n  - mteb\n  mteb_results: mteb_results/"
    )


def test_a_block_scalar_at_the_end_keeps_its_last_lines():
    before = "text: |+\n  kept\n\n"
    assert edited(before) == f"{before}\ntags:\n- mteb\nmteb_results: mteb_results/"


@pytest.mark.parametrize(
    ("index", "place"),
    [
        ("model-index: x", "it is not a list"),
        ("model-index: {name: x}", "it is not a list"),
        ("model-index: [a]", "an entry is not a mapping"),
        ("model-index:\n- name: name", "the model's entry has no `results`"),
        ("model-index:\n- name: name\n  results: x", "`results` is not a list"),
    ],
)  # fmt: skip
def test_a_malformed_model_index_is_left_and_told(index, place):
    metadata = Metadata("org/name", {}, "mteb_results/", (RESULT,))
    before = f"tags: mteb\nmteb_results: mteb_results/\n{index}"
    assert edited(before, metadata) == before
    assert notes(before, metadata) == (
        f"`model-index` in the front matter was left as it is: {place}.",
    )


def test_merged_keys_are_not_overruled():
    before = "a: b\n<<: {tags: [a, b], license: gpl-3.0}"
    metadata = Metadata("org/name", {"license": "mit"}, "mteb_results/", ())
    assert edited(before, metadata) == before
    (note,) = notes(before, metadata)
    assert note.endswith(
        "README.md line 3: the merge key `<<` brings in other keys; write them out."
    )


def test_front_matter_that_our_keys_would_make_too_long_is_left():
    before = f"x: {'y' * (MAX_CHARACTERS - 10)}"
    assert edited(before) == before
    assert "with our keys it would be longer than 1048576 characters" in notes(before)[0]


def test_front_matter_the_parser_reads_otherwise_than_we_edit_is_left():
    before = "? license\n:\ntags: [mteb]\nmteb_results: mteb_results/"
    metadata = Metadata("org/name", {"license": "mit"}, "mteb_results/", ())
    assert edited(before, metadata) == before
    assert "README.md line 2: the front matter is laid out in a way" in notes(before, metadata)[0]


@pytest.mark.parametrize(
    "text",
    [
        "", "# M\n", "---\na: b\n---\n", "---\na: b\n---", "---\na: b\n--- \t\nbody", "\n \n---\na: b\n---\n",
        "---\r\na: b\r\n---\r\nbody", "---\na: b\n---x\n", "---\n\n---\n", "--- \na: b\n---\n", "---\na: b\n ---\n",
        "---\na: |\n  ---\n---\nbody\n---\n", "\u00a0---\na: b\n---\n", "---\rb: c\r---\n",
    ],
)  # fmt: skip
def test_the_front_matter_is_what_the_hub_takes_for_it(text):
    readme = read_readme(text.encode())
    match = REGEX_YAML_BLOCK.search(text)
    assert readme.has_front_matter == bool(match)
    if match:
        assert (readme.yaml, readme.body) == (match.group(2), text[match.end() :])


@given(st.text(st.sampled_from("-\n\r a:"), max_size=40))
def test_any_readme_is_the_sum_of_its_parts(text):
    readme = read_readme(text.encode())
    assert readme.to_bytes() == text.encode()
    assert readme.head + readme.yaml + readme.tail == text
    match = REGEX_YAML_BLOCK.search(text)
    if match and match.group(2):
        assert readme.has_front_matter


def test_empty_front_matter_is_filled_though_the_hub_does_not_see_it_yet():
    readme = read_readme(b"---\n---\nbody\n---\n")
    assert (readme.yaml, readme.body) == ("", "body\n---\n")
    assert with_metadata(readme, PLAIN).readme.to_bytes() == (
        b"---\ntags:\n- mteb\nmteb_results: mteb_results/\n---\nbody\n---\n"
    )

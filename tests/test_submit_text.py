"""What the bot says in a results repository, and what it leaves to people."""

import json
from dataclasses import replace

from made import outcome, provenance, report
from submit_made import DATA, MODEL, MTEB, REVISION, TEMPLATE, candidate, result

from bot.results_repository.change import Change, Shelf, TaskChange, change_for
from bot.results_repository.checklist import SubmissionFacts, filled
from bot.results_repository.pull_text import (
    Signature,
    block,
    commit_message,
    new_body,
    signature_in,
    signed,
    title,
    updated_body,
)
from schemas.mteb_index import mteb_index

FACTS = SubmissionFacts(
    MODEL, REVISION, MTEB, registered=True, loader="mteb", training_data=("org/@everyone",)
)
HUB = f"https://huggingface.co/org/name/tree/{REVISION}"


def change():
    return change_for(candidate(result("STS12")), Shelf("1" * 40, "2" * 40), mteb_index())


def test_items_that_a_fact_settles_are_ticked_and_all_others_are_left_to_a_person():
    assert (
        filled(TEMPLATE, FACTS)
        == f"""\
<!-- Description of the PR goes here -->

### Checklist

- [ ] My model has a model sheet, report, or similar
  *The model card is at {HUB}; a person says whether it will do.*
- [x] My model has a reference implementation in [`mteb/models/model_implementations/`](https://example.org/models)
  *mteb 2.26.24 has it.*
  - [ ] No, but there is an existing PR ___
    *Not needed.*
- [x] The results submitted are obtained using the reference implementation
  *Loaded by mteb 2.26.24 itself, at this revision.*
- [ ] My model is available, either as a publicly accessible API or publicly on e.g., Huggingface
  *Evaluated from {HUB}; a person says whether it stays public.*
- [ ] I *solemnly swear* that for all results submitted I have not trained on the evaluation dataset.
  *Only the submitter can swear this. Declared training data: `org/@everyone`.*"""
    )


def test_an_item_of_a_template_nobody_foresaw_is_left_to_a_person():
    assert filled("* [x] I ran `make test`\n", FACTS) == (
        "- [ ] I ran `make test`\n  *Left to a person.*"
    )


def test_a_loader_other_than_mteb_is_named_and_proves_nothing():
    facts = replace(FACTS, loader="flag-embedding", command="mteb-runner evaluate x.yaml")
    answer = filled("- [ ] obtained using the reference implementation", facts)
    assert answer.startswith("- [ ]")
    assert "Loaded through `flag-embedding`, repeated by `mteb-runner evaluate x.yaml`;" in answer


def test_the_text_says_on_what_was_measured_and_what_is_left_out():
    ours = replace(
        candidate(result("STS12", 0.5), result("NoSuchTask")),
        report=report(outcome("STS12", 0.5), provenance=provenance()),
    )
    found = change_for(ours, Shelf("1" * 40, "2" * 40), mteb_index())
    assert (
        block(ours, found, FACTS)
        == f"""\
Results of [org/name]({HUB}) at revision `{REVISION}`: 1 task. \
Measured with mteb `2.26.24` on `NVIDIA H100` in `float32`. No score of others is changed.

| Task | Main score | Data set revision | File |
| :-- | --: | :-- | :-- |
| `STS12` | 50.00 | `{DATA}` | new |

Left out:

- `NoSuchTask`, `known-task`: `mteb knows no task of this name`; name the file as mteb names the task
"""
    )


def test_text_from_outside_cannot_act():
    hostile = result("STS12", dataset_revision="x`|<script>@everyone")
    ours = candidate(hostile)
    text = block(ours, change_for(ours, Shelf("1" * 40, "2" * 40), mteb_index()), FACTS)
    assert "| ``x`\\|<script>@everyone`` |" in text


def test_thousands_of_tasks_fit_a_pull_request():
    tasks = tuple(TaskChange(f"Task{n}", "new", (0.5,), DATA) for n in range(2000))
    text = block(candidate(), Change({}, tasks), FACTS)
    assert "more are left out here for length" in text
    assert len(new_body(TEMPLATE, text, FACTS)) < 65_536


def test_a_template_of_thousands_of_items_leaves_room_for_the_bots_part():
    filled_up = filled("- [ ] I swear\n" * 3000, FACTS)
    assert len(filled_up) <= 24_000
    assert "\n".join(filled_up.split("\n")[:2]) == filled("- [ ] I swear", FACTS)


def test_a_text_that_people_filled_to_the_brim_stays():
    body = new_body(TEMPLATE, "old", FACTS)
    full = body + "x" * (65_536 - len(body))
    assert updated_body(full, "new").startswith(body.replace("old", "new")[:60])
    assert updated_body(full, "newer") == full


def test_only_the_bots_own_part_is_replaced():
    body = new_body(TEMPLATE, "old", FACTS)
    people = body.replace("- [ ]", "- [x]") + "Thanks!"
    assert updated_body(people, "new") == people.replace("old", "new")
    assert updated_body(people, "old") == people


def test_where_people_took_the_bots_part_out_their_text_stays():
    assert updated_body("Only my words.\r\n", "new") == "Only my words.\r\n"


def test_newlines_of_a_browser_are_no_change():
    body = new_body(TEMPLATE, "old", FACTS).replace("\n", "\r\n")
    assert updated_body(body, "old") == body


def test_the_bot_knows_its_commit_by_the_signature_at_the_end():
    ours, tree = change(), "7" * 40
    message = signed(commit_message(candidate(result("STS12")), ours), tree)
    assert message.startswith(f"{title(MODEL)}\n\nRevision {REVISION}: STS12\n\n")
    assert signature_in(message) == signature_in(message.strip()) == Signature(ours.digest, tree)
    assert signature_in(f"Revert\n\nThis reverts {message}\n\nbecause") is None
    assert signature_in("Merge branch 'main'") is None


def test_a_pull_request_without_a_template_has_the_bots_part_alone():
    assert new_body(None, "text", FACTS) == (
        "<!-- mteb-submission-bot:begin -->\n\ntext\n\n<!-- mteb-submission-bot:end -->\n"
    )


def test_the_model_meta_is_strict_json():
    content = next(
        data for path, data in change().files.items() if path.endswith("model_meta.json")
    )
    assert json.loads(content)["revision"] == REVISION

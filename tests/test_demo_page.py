"""The page of the story shows what a person would see on GitHub and the Hub, and nothing in it acts."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from demo_told import CONFIG, MARKER, MENDED, MODEL, README, URL, Told, remark, whole_story

from bot.card.block import BEGIN, END
from examples.demo.page.github_html import github_html
from examples.demo.page.story_page import render_story

HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>\x1b[31m'


class Elements(HTMLParser):
    """Every element with its attributes, and all visible text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def values(self, tag, attribute):
        found = [attributes for name, attributes in self.elements if name == tag]
        return [attributes[attribute] for attributes in found if attribute in attributes]

    def of_class(self, name):
        return [tag for tag, attributes in self.elements if name in attributes.get("class", "").split()]  # fmt: skip


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return render_story(whole_story(tmp_path_factory.mktemp("story")).recorder.story())


@pytest.fixture(scope="module")
def page(html):
    return Elements(html)


def rows(html, kind):
    """The text of a file's lines of a kind, without their signs."""
    found = re.findall(rf'<tr class="{kind}">.*?<td class="line">(.*?)</td></tr>', html)
    return [re.sub(r'<span class="sign">.</span>', "", line) for line in found]


def test_annotations_stand_under_the_lines_they_are_about(html):
    line = html.index("revision: 8b3219a</td>", html.index("not valid: 2 problems"))
    marked = html.index("8b3219a is no full commit SHA")
    following = html.index("license: mit</td>", line)
    assert line < marked < following
    assert "Error on line 3" in html[line:marked]


def test_a_push_shows_what_it_changed(html):
    assert "revision: 8b3219a" in rows(html, "removed")
    assert f"revision: {'a' * 40}" in rows(html, "added")
    assert "  tasks: [STSBenchmark, STS12]" in rows(html, "added")


def test_checks_runs_labels_and_states_are_shown(page):
    for shown in (
        "not valid: 2 problems",
        "mteb: invalid",
        "mteb: evaluated",
        "validate",
        "pull_request_target by ann",
        "Merged",
    ):
        assert shown in page.text
    assert "label-0e8a16" in " ".join(page.values("span", "class"))


def test_what_a_comment_said_for_a_while_is_one_line(html):
    assert html.count("Running: 1 of 2 tasks done.") == 1
    assert html.count("said in its comment") == 2


def test_of_an_edit_that_adds_a_paragraph_only_that_is_shown_again(html):
    # once in the comment, once in the check's summary
    assert html.count("the submission is at fault") == 2
    added = html[html.index("the rest stays as it was") :].partition("</article>")[0]
    assert "On the Hub:" in added
    assert "<h3>" not in added  # the heading stands there already


def test_a_verdict_stands_where_it_was_said_though_it_was_added_to_later(tmp_path):
    told = Told(tmp_path)
    told.recorder.act("One act")
    told.push(MENDED)
    told.open_pull()
    comment = told.say("**Queued.**")
    verdict = "\n\n".join(["**All 3 tasks have scores.**", "They are fine. " * 20])
    told.edit(comment, verdict)
    told.hub.open_pull(MODEL, {"README.md": README}, "mteb-bot", "Add MTEB results", "Words.")
    told.recorder.look()
    told.edit(comment, f"{verdict}\n\n**On the Hub:** there.")
    html = render_story(told.recorder.story())
    assert html.count("Queued.") == html.count("All 3 tasks have scores.") == 1
    places = [html.index(x) for x in ("Queued.", "All 3 tasks", "Add MTEB results", "On the Hub:")]
    assert places == sorted(places)


def test_the_proposal_shows_description_difference_results_and_chart(html, page):
    proposal = html[html.index('id="hub-1"') :]
    assert "How to reproduce it" in proposal
    assert "model-index:" in rows(proposal, "added")
    assert ".eval_results/STSBenchmark.yaml" in page.text
    charts = [src for src in page.values("img", "src") if src.startswith("data:image/png;base64,")]
    assert len(charts) == 2  # among the files, and in the card after the merge


def test_the_card_is_shown_once_the_proposal_is_merged(html):
    card = html[html.index('class="hub card"') :]
    assert "Written by hand." in card
    assert "MTEB results" in card


def test_of_a_card_what_its_author_wrote_is_folded_where_it_is_long(tmp_path):
    told = Told(tmp_path)
    told.push(MENDED)
    told.open_pull()
    card = f"---\nlicense: mit\n---\n{'By hand. ' * 400}\n\n{BEGIN}\n\nOurs.\n\n{END}\n"
    told.hub.open_pull(
        MODEL, {"README.md": card.encode()}, "mteb-bot", "Add MTEB results", "Words."
    )
    told.hub.merge_pull(MODEL, 1, "org")
    told.recorder.look()
    html = render_story(told.recorder.story())
    [card] = re.findall(r'class="hub card".*?</article>', html, re.DOTALL)
    folded = card.index("What the author wrote, unchanged")
    assert folded < card.index("By hand.") < card.rindex("</details>") < card.index("Ours.")


def test_accepted_results_and_the_output_of_verify_are_shown(page):
    assert "results/org__name/a/STS12.json" in page.text
    assert "mteb-bot verify org/name" in page.text
    assert "2 tasks are public\nall agree" in page.text


def test_links_to_the_local_services_lead_to_their_places_on_the_page(page):
    links = page.values("a", "href")
    assert "#hub-1" in links
    assert any(re.fullmatch(r"#run-\d+", link) for link in links)
    assert not any("127.0.0.1" in link for link in links)
    ids = {value for tag, attributes in page.elements for value in [attributes.get("id")] if value}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_the_page_runs_no_script_and_fetches_nothing(html, page):
    assert {"script", "link", "iframe", "form", "base"}.isdisjoint(tag for tag, _ in page.elements)
    assert all(src.startswith("data:image/") for src in page.values("img", "src"))
    assert not any("style" in attributes for _, attributes in page.elements)
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "url(" not in html
    assert "@import" not in html


def test_the_policy_admits_the_style_of_the_page_and_nothing_else(html, page):
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    [policy] = [x for x in page.values("meta", "content") if "default-src" in x]
    assert policy.startswith(f"default-src 'none'; img-src data:; style-src 'sha256-{digest}';")


def hostile_story(folder):
    told = Told(folder)
    told.recorder.act(HOSTILE, HOSTILE)
    told.push(MENDED + HOSTILE.encode(), HOSTILE)
    told.push(HOSTILE.encode(), HOSTILE, 'models/"><svg onload=alert(1)>/x.yaml')
    told.open_pull(HOSTILE, HOSTILE)
    told.label(HOSTILE)
    told.board.labels[-1].color = "red;}*{display:none"
    told.check(HOSTILE, "failure", remark(2, HOSTILE, HOSTILE), summary=HOSTILE)
    told.say(MARKER + HOSTILE, 'x" onmouseover="alert(1)')
    told.run('x" onload="alert(1)', "issue_comment", conclusion="failure")
    told.hub.open_pull(
        MODEL,
        {
            "README.md": b"---\nlicense: mit\n---\n" + HOSTILE.encode(),
            "a.svg": f"<svg>{HOSTILE}</svg>".encode(),
        },
        "eve",
        HOSTILE,
        HOSTILE,
    )
    told.hub.merge_pull(MODEL, 1, HOSTILE)
    told.recorder.printed("eve", HOSTILE, HOSTILE)
    return told.recorder.story()


def test_hostile_strings_stay_text_wherever_they_come_from(tmp_path):
    html = render_story(hostile_story(tmp_path))
    page = Elements(html)
    assert {"script", "iframe"}.isdisjoint(tag for tag, _ in page.elements)
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert all(src.startswith("data:image/") for src in page.values("img", "src"))
    assert "display:none" not in re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    assert page.text.count("<script>alert(1)</script>") >= 10


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("> [!WARNING]\n> Look out", '<blockquote class="alert warning"><p class="alert-title">Warning</p><p>Look out'),
        ("> [!NOTE]\n>\n> Look", '<blockquote class="alert note"><p class="alert-title">Note</p><p>Look'),
        ("- [x] done\n- [ ] open", '<li class="task"><span class="box done">done:</span> done'),
        (f"Commit {'ab' * 20}.", "Commit <code>abababa</code>."),
        (f"`{'ab' * 20}`", f"<code>{'ab' * 20}</code>"),
        (f"[it]({URL}/lab/board/issues/3)", "<a>it</a>"),
        ("[it](https://example.org/)", '<a href="https://example.org/"'),
    ],
)  # fmt: skip
def test_markdown_looks_as_on_github(markdown, expected):
    assert expected in github_html(markdown)


def test_a_link_to_another_host_is_not_taken_for_a_place_of_the_page():
    html = github_html(
        "[it](http://127.0.0.1.evil.example/org/name/discussions/1)", frozenset({"hub-1"})
    )
    assert 'href="http://127.0.0.1.evil.example/' in html


def test_a_long_file_is_shown_around_its_remarks(tmp_path):
    told = Told(tmp_path)
    told.push(b"".join(b"line: %d\n" % number for number in range(1, 400)))
    told.open_pull()
    told.check("bad", "failure", remark(200, "rule", "here"))
    html = render_story(told.recorder.story())
    checked = html[html.index("mteb-bot: org/name") :]
    assert re.findall(r"line: (\d+)<", checked) == [str(number) for number in range(197, 204)]
    assert CONFIG in checked

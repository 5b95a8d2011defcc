"""Every example a reader may copy validates."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from schemas.__main__ import flaws
from schemas.validate import NAMES, problems_in
from schemas.yaml_document import parse_yaml

BLOCKS = [
    (path.name, number, block)
    for path in sorted(ROOT.glob("*.md"))
    for number, block in enumerate(
        re.findall(r"^ *```yaml\n(.*?)^ *```", path.read_text(), re.MULTILINE | re.DOTALL)
    )
]


@pytest.mark.parametrize(("file", "number", "block"), BLOCKS, ids=lambda part: str(part)[:20])
def test_every_yaml_block_of_the_documents_validates(file, number, block):
    text = "\n".join(
        line.removeprefix("   ") if block.startswith("   ") else line for line in block.splitlines()
    )
    keys = yaml.safe_load(text).keys()
    kind = "custom-task" if "columns" in keys else "model-config" if "model" in keys else "settings"
    assert problems_in(parse_yaml(text.encode(), f"{file}#{number}"), kind) == []


def test_the_readme_has_examples_of_both_kinds():
    assert len([block for block in BLOCKS if block[0] == "README.md"]) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_strict_and_described(name):
    assert list(flaws(name)) == []


@pytest.mark.parametrize(
    "target", re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
)
def test_every_make_target_says_what_it_does(target):
    line = next(
        line
        for line in (ROOT / "Makefile").read_text().splitlines()
        if line.startswith(f"{target}:")
    )
    assert "## " in line


def test_links_of_the_readme_lead_somewhere():
    readme = (ROOT / "README.md").read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        if not link.startswith("http"):
            assert (ROOT / Path(link)).exists(), link

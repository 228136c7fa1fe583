"""What pages say of the repository is so."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.docs import _examples

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
    ROOT / "README.md",
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")

each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


@each_page
def test_every_block_of_code_is_executed_or_of_a_kind_that_is_only_shown(path):
    kinds = set(_examples.fences(path.read_text()))
    directives = {kind for kind in kinds if kind.startswith("{")}
    assert kinds - directives - _examples.SHOWN <= {*_examples.EXECUTED}


@each_page
def test_no_page_mentions_the_machine_it_was_written_on(path):
    text = path.read_text()
    for place in (ROOT, Path.home(), Path(sys.base_prefix), Path(sys.prefix)):
        assert f"{place}/" not in text


@each_page
def test_every_make_target_on_a_page_is_in_the_makefile(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= targets


@each_page
def test_every_test_that_a_page_names_is_there(path):
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(path.read_text())
        if name not in functions(ROOT / file)
    ]
    assert missing == []


def test_every_promise_names_its_test():
    page = (ROOT / "docs" / "explanation" / "promises.md").read_text()
    promises = re.findall(r"^- (.*(?:\n  .*)*)", page, re.MULTILINE)
    assert len(promises) > 10
    assert [each for each in promises if not TEST.search(each)] == []


def functions(path):
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

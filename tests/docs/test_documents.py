"""Every Python block of the README and the documentation runs, in the order of reading."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
# Text only: no page on this list may hold a Python block.
WITHOUT_BLOCKS = {
    "api.md",
    "architecture.md",
    "command-line.md",
    "index.md",
    "performance.md",
    "reliability.md",
    "rules.md",
    "venues-events.md",
    "venues.md",
    "wire.md",
}

SYBIL = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"])


def run_blocks(path: Path) -> int:
    """Run the blocks of a document in one namespace; return how many there are."""
    document = SYBIL.parse(path)
    examples = list(document.examples())
    for example in examples:
        example.evaluate()
    return len(examples)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
@pytest.mark.usefixtures("live_environment")
def test_blocks_run(path: Path) -> None:
    """What a reader copies from a page works, ends by itself, and leaves no thread behind."""
    before = set(threading.enumerate())
    count = run_blocks(path)
    left = {t.name for t in set(threading.enumerate()) - before if t.name.startswith("sixmm")}

    assert (count == 0) is (path.name in WITHOUT_BLOCKS)
    assert left == set()


def test_a_broken_block_is_found(tmp_path: Path) -> None:
    """A block that fails makes the test of its page fail, and names the page and the line."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nassert 1 == 2\n```\n", encoding="utf-8")

    with pytest.raises(AssertionError) as caught:
        run_blocks(page)
    assert caught.traceback[-1].path == page


def test_shell_blocks_are_not_run(tmp_path: Path) -> None:
    """Commands in the documentation are for reading."""
    page = tmp_path / "page.md"
    page.write_text("```shell\nfalse\n```\n\n```console\n$ false\n```\n", encoding="utf-8")

    assert run_blocks(page) == 0

"""The faults that are made: each kind, one at a time, and none that no test could notice."""

from __future__ import annotations

import ast

import pytest

from .mutants import mutants_of


def _changes(source: str) -> list[tuple[str, str]]:
    return [(mutant.before, mutant.after) for mutant in mutants_of(source)]


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("print(a == b)", {"a != b"}),
        ("print(a < b)", {"a <= b", "a >= b"}),
        ("print(a >= b)", {"a > b", "a < b"}),
        ("print(a is not b)", {"a is b"}),
        ("print(a in b)", {"a not in b"}),
        ("print(a and b)", {"a or b", "a", "b"}),
        ("print(a or b or c)", {"a and b and c", "a or b", "a or c", "b or c"}),
        ("print(a + b)", {"a - b"}),
        ("print(a | b)", {"a & b"}),
        ("print(not a)", {"a"}),
        ("print(-a)", {"a"}),
        ("print(7)", {"print(8)", "print(6)"}),
        ("print(True)", {"print(False)"}),
        ("print('a')", {"print('')"}),
        ("print('')", {"print('a &=/ mutant')"}),
        ("print(b'')", {"print(b'a &=/ mutant')"}),
        ("print(None)", set()),
        ("print(f'{a}=')", {"f'{a}'"}),
        ("print(a if b else c)", {"True", "False"}),
        ("print([a for a in b if c])", {"True", "False"}),
        ("print([a, *b])", {"nothing"}),
        ("print({a: b, **c})", {"nothing"}),
        ("print(a, b=c)", {"nothing"}),
        ("print(max(a, b))", {"min(a, b)"}),
        ("print(any(a))", {"all(a)"}),
        ("print(sorted(a, key=b))", {"list(a)", "nothing"}),
        ("print(reversed(a))", {"list(a)"}),
    ],
)
def test_kinds_of_expressions(source: str, after: set[str]) -> None:
    """Each expression becomes what it is mistaken for most easily; the call may go as a whole."""
    assert {new for _, new in _changes(source) if new != "pass"} == after


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("a.b = c", ("a.b = c", "pass")),
        ("a[b] = c", ("a[b] = c", "pass")),
        ("a += b", ("a += b", "pass")),
        ("a += b", ("a += b", "a -= b")),
        ("raise a", ("raise a", "pass")),
        ("del a", ("del a", "pass")),
        ("if a:\n    b()", ("a", "True")),
        ("if a:\n    b()", ("a", "False")),
        ("while a:\n    b()", ("a", "False")),
        ("def f():\n    return a", ("return a", "return None")),
        ("def f(*, a=0):\n    pass", ("*, a=0", "*, a=1")),
        ("def f():\n    a = b\n    a = c", ("a = c", "pass")),
        ("try:\n    a()\nexcept E:\n    b()", ("except E:", "except ZeroDivisionError:")),
    ],
)
def test_kinds_of_statements(source: str, change: tuple[str, str]) -> None:
    """What a statement does is left out, or done always, or never."""
    assert change in _changes(source)


def test_members_are_exchanged() -> None:
    """An entry of a table leads to another member that the module names, and is left out."""
    changes = _changes("T = {S.A: S.B, S.C: S.A}")

    assert {("S.A", "S.C"), ("S.C", "S.B"), ("S.B", "S.A")} <= set(changes)
    assert ("S.A: S.B", "nothing") in changes


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        'class A:\n    """A docstring."""\n    b: C[int, "text"]\n    """Another one."""',
        '__all__ = ["a", "b"]',
        "Alias = A | B",
        'def f(a: "int | str") -> "int | str":\n    ...',
        "def f():\n    return None",
        "a = b",
        "a, b = c",
        "from a import b",
    ],
)
def test_what_no_test_can_notice_stays(source: str) -> None:
    """Words for people, annotations, names, and what every test would notice."""
    assert mutants_of(source) == []


SOURCE = '''\
"""A module."""

LIMIT = 3

class Box:
    def put(self, thing, *, most=LIMIT):
        """Put it in."""
        if len(self.things) >= most and not thing.small:
            raise ValueError(f"{thing} is too much")
        self.things.append(thing)
        return [one for one in self.things if one is not thing]
'''


def test_says_where_the_fault_is() -> None:
    """The line in the source as it is written, and the function around it."""
    mutants = mutants_of(SOURCE)
    texts = [f"{mutant.line} {mutant.change}" for mutant in mutants]

    assert texts[0] == "3 `LIMIT = 3` becomes `LIMIT = 4`"
    assert "8 in Box.put: `not thing.small` becomes `thing.small`" in texts
    assert "10 in Box.put: `self.things.append(thing)` becomes `pass`" in texts
    assert [mutant.line for mutant in mutants] == sorted(mutant.line for mutant in mutants)


def test_a_long_text_is_cut() -> None:
    """What is told of a fault stays on a line."""
    (mutant,) = [m for m in mutants_of(f"print({'a + ' * 100}a)") if m.after == "pass"]

    assert len(mutant.before) < 80
    assert mutant.before.endswith("…")


def test_each_mutant_is_another_program() -> None:
    """Every one of them compiles, has one fault, and none is there twice."""
    sources = [mutant.source for mutant in mutants_of(SOURCE)]

    assert len(set(sources)) == len(sources) > 15
    assert ast.unparse(ast.parse(SOURCE)) not in sources
    for source in sources:
        compile(source, "mutant", "exec")


def test_the_same_source_has_the_same_mutants() -> None:
    """So that the number of one names it."""
    assert mutants_of(SOURCE) == mutants_of(SOURCE)

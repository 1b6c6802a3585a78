"""A message turned into a pattern that reads every message of the same shape.

An exchange writes all its pushes of a kind alike: the same members, in the same order, with the
same punctuation. So the first one is looked at token by token, and becomes a regular expression in
which only the values are open, each as narrow as its field allows. What matches is the same JSON
with other values, every one of them checked; what does not match is left to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from .amounts import PLAIN_DECIMAL
from .layout import Kind, Layout, WireField, layout_of
from .typed import MAX_TEXT

__all__ = ["Group", "Part", "Template", "Unlike", "template_of"]

# To compile a pattern takes some microseconds per token, and to match it takes time that grows with
# the square of the groups.
_MAX_TOKENS = 1_024
_MAX_GROUPS = 128

# Text given by a caller may have halves of surrogate pairs, which no message has.
_CHARACTER = r'[^"\\\x00-\x1f\ud800-\udfff]'
_TOKEN = re.compile(rf'"{_CHARACTER}*"|-?[0-9][0-9.eE+-]*|true|false|null|[\[\]{{}}:,]|[ \t\r\n]+')
_INTEGER = r"-?(?:0|[1-9][0-9]{0,17})"
_LEVEL = r'\["[-0-9.]+","[-0-9.]+"\]'
_OPEN: Mapping[Kind, str] = {
    Kind.AMOUNT: rf'"({PLAIN_DECIMAL.pattern})"',
    Kind.TEXT: rf'"({_CHARACTER}{{0,{MAX_TEXT}}})"',
    Kind.WORD: rf'"({_CHARACTER}*)"',
    Kind.INTEGER: rf"({_INTEGER})",
    Kind.FLAG: "(true|false)",
    Kind.LEVELS: rf"(\[(?:{_LEVEL}(?:,{_LEVEL})*)?\])",
}
_SKIPPED = (
    (re.compile(r'"'), rf'"{_CHARACTER}*"'),
    (re.compile(r"[tf]"), "(?:true|false)"),
    (re.compile(r"n"), "null"),
    (re.compile(r"[-0-9]"), rf"{_INTEGER}(?:\.[0-9]{{1,18}})?"),
)


class Unlike(Exception):
    """A message that no pattern is made of."""


@attrs.frozen
class Group:
    """A value that the pattern captures, and the field that it belongs to; None for ``ts``."""

    number: int
    field: WireField | None


@attrs.frozen
class Part:
    """An object that is made of captured values: its layout, its groups and its rows."""

    layout: Layout
    groups: Sequence[Group]
    rows: Mapping[str, Sequence[Part]]


@attrs.frozen
class Template:
    """What reads the messages of one shape."""

    match: Callable[[str], re.Match[str] | None]
    ts: int | None
    """The number of the group with the time, or None where the messages have none."""
    data: Part


def template_of(
    raw: str, topic: str, *, layouts: Mapping[str, Layout], tag: str | None
) -> Template:
    """Return what reads the messages that are like ``raw``, which is valid JSON.

    Raises:
        Unlike: the message has something that no pattern is made of, such as an escape.
    """
    return _Writer(raw, topic, layouts=layouts, tag=tag).write()


class _Writer:
    """Writes one pattern, token by token."""

    def __init__(
        self, raw: str, topic: str, *, layouts: Mapping[str, Layout], tag: str | None
    ) -> None:
        self._raw, self._topic, self._layouts, self._tag = raw, topic, layouts, tag
        self._place = 0
        self._pattern: list[str] = []
        self._count = 0
        self._ts: int | None = None
        self._data: Part | None = None
        self._has_topic = False

    def write(self) -> Template:
        for name in self._members():
            self._top_member(name)
        if not self._has_topic or self._data is None or self._peek():
            raise Unlike("no topic, no data, or something after the end")
        return Template(re.compile("".join(self._pattern)).fullmatch, self._ts, self._data)

    def _top_member(self, name: str) -> None:
        if name == "data":
            self._data = self._object(self._layout(), self._tag)
        elif name == "ts" and self._peek() != "null":
            self._ts = self._open(Kind.INTEGER)
        elif name == "id":
            raise Unlike("it may be an answer")
        elif name in ("topic", "event", "ts"):
            value = self._keep()
            if name == "topic" and value != f'"{self._topic}"':
                raise Unlike("another topic")
            self._has_topic = self._has_topic or name == "topic"
        else:
            self._skip()

    def _layout(self) -> Layout:
        if self._tag is None:
            return next(iter(self._layouts.values()))
        found = re.compile(rf'"{re.escape(self._tag)}":"([^"\\]*)"').search(self._raw, self._place)
        layout = self._layouts.get(found[1]) if found else None
        if layout is None:
            raise Unlike("no known class")
        return layout

    # Parts of JSON

    def _object(self, layout: Layout, tag: str | None = None) -> Part:
        fields = {field.wire: field for field in layout.fields}
        groups: list[Group] = []
        rows: dict[str, Sequence[Part]] = {}
        awaited = tag
        for name in self._members():
            field = fields.get(name)
            if name == tag:
                # The tag that named the layout may have stood in an object further in.
                if self._layouts.get(self._keep()[1:-1]) is not layout:
                    raise Unlike("another class")
                awaited = None
            elif field is None:
                self._skip()
            elif self._peek() == "null":
                self._keep()
            elif field.kind is Kind.ROWS:
                inner = layout_of(field.inner)
                rows[field.name] = [self._object(inner) for _ in self._items()]
            else:
                groups.append(Group(self._open(field.kind), field))
        if awaited:
            raise Unlike("no class")
        return Part(layout, groups, rows)

    def _members(self) -> Iterator[str]:
        """Go through the members of an object; whoever asks takes the value of each."""
        seen: set[str] = set()
        self._keep("{")
        while self._peek() != "}":
            name = self._keep()
            if name in seen or name[0] != '"':
                raise Unlike("a repeated name")
            seen.add(name)
            self._keep(":")
            yield name[1:-1]
            if self._peek() != "}":
                self._keep(",")
        self._keep("}")

    def _items(self) -> Iterator[None]:
        self._keep("[")
        while self._peek() != "]":
            yield
            if self._peek() != "]":
                self._keep(",")
        self._keep("]")

    def _skip(self) -> None:
        """Go past a value that nobody reads; another of its kind may stand there."""
        token = self._peek()
        if token == "{":
            for _ in self._members():
                self._skip()
        elif token == "[":
            for _ in self._items():
                self._skip()
        else:
            pattern = next((found for begins, found in _SKIPPED if begins.match(token)), None)
            if pattern is None:
                raise Unlike("no value")
            self._take(pattern)

    # Tokens

    def _peek(self) -> str:
        self._space()
        match = _TOKEN.match(self._raw, self._place)
        return match[0] if match else ""

    def _space(self) -> None:
        match = _TOKEN.match(self._raw, self._place)
        if match is not None and match[0].isspace():
            self._pattern.append(re.escape(match[0]))
            self._place = match.end()

    def _keep(self, expected: str | None = None) -> str:
        token = self._peek()
        if not token or (expected is not None and token != expected):
            raise Unlike("another form")
        return self._take(re.escape(token))

    def _open(self, kind: Kind) -> int:
        """Capture the value that comes next, which is of a kind; return the number of its group."""
        self._space()
        pattern = _OPEN[kind]
        match = re.compile(pattern).match(self._raw, self._place)
        if match is None:
            raise Unlike("not what the field has")
        if self._count >= _MAX_GROUPS:
            raise Unlike("too many values")
        self._pattern.append(pattern)
        self._place = match.end()
        self._count += 1
        return self._count - 1

    def _take(self, pattern: str) -> str:
        token = self._peek()
        if len(self._pattern) >= _MAX_TOKENS:
            raise Unlike("too long")
        self._pattern.append(pattern)
        self._place += len(token)
        return token

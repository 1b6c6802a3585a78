"""Writes what the venues carry, from the code: ``python -m docs.venues_table``.

The tables of topics go into ``venues.md``, between two markers, and the events with a message of
each topic into ``venues-events.md``. Each message is decoded here, and has to become the event that
it stands beside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs

from sixmm.events import Event
from sixmm.venues import kucoin, rocketfi, sixmm
from sixmm.venues.kucoin.pro_topics import PRO_CHANNELS, PRO_PUBLIC_CHANNELS
from sixmm.venues.kucoin.routes import PRO_EVENTS, PUSH_EVENTS
from sixmm.venues.kucoin.topics import FORMS, TopicForm
from sixmm.venues.rocketfi.decoder import EVENTS
from sixmm.venues.rocketfi.topics import KINDS
from sixmm.venues.rocketfi.variants import OF_ACCOUNTS, OF_MARKETS
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS
from sixmm.venues.sixmm.decoder import decode as decode_sixmm

__all__ = [
    "BEGIN",
    "END",
    "EVENTS_PAGE",
    "TOPICS_PAGE",
    "Row",
    "events_page",
    "rows",
    "topics_page",
]

TOPICS_PAGE = Path(__file__).with_name("venues.md")
EVENTS_PAGE = Path(__file__).with_name("venues-events.md")
BEGIN, END = "<!-- topics: begin -->\n", "<!-- topics: end -->\n"

_OWN_EXAMPLES = Path(__file__).with_name("venue-examples.jsonl")
_RECORDED = Path(__file__).parents[1] / "tests" / "data" / "kucoin-examples.jsonl"
_MESSAGE = '"message":'
_WIDTH = 110


@attrs.frozen(kw_only=True)
class Row:
    """One kind of event of one topic."""

    form: str
    """The topic, with a name in braces for each part that the caller fills in."""
    connection: str
    subjects: tuple[str, ...]
    """What the message names itself, where it does."""
    event: type[Event]

    def matches(self, event: Event) -> bool:
        """Whether an event came by this topic, and is of this kind."""
        parts = (re.escape(part) for part in re.split(r"\{\w+\}", self.form))
        topic, _, optional = r"[^.,:&]+".join(parts).partition(re.escape("?["))
        whole = re.fullmatch(topic + (r"\?.*" if optional else ""), event.topic)
        return type(event) is self.event and whole is not None


@attrs.frozen(kw_only=True)
class _Section:
    """One venue, or one protocol of it."""

    title: str
    text: str
    rows: tuple[Row, ...]
    decode: Callable[[str], Event]
    package: str
    """Where its events are imported from."""


# What the venues carry


def _sixmm_rows() -> Iterator[Row]:
    for family, (cls, names) in MARKET_EVENTS.items():
        form = ".".join(["market", family, *(f"{{{name}}}" for name in names)])
        yield Row(form=form, connection="public", subjects=(), event=cls)
    for event_type, cls in PRIVATE_EVENTS.items():
        yield Row(form="user.{userId}", connection="private", subjects=(event_type,), event=cls)


def _kucoin_rows() -> Iterator[Row]:
    for path, subjects in PUSH_EVENTS.items():
        for form in _kucoin_forms(FORMS[path]):
            for cls in dict.fromkeys(subjects.values()):
                names = tuple(name for name, other in subjects.items() if other is cls)
                yield Row(
                    form=form, connection=str(FORMS[path].connection), subjects=names, event=cls
                )


def _kucoin_forms(form: TopicForm) -> Iterator[str]:
    if form.accepts(None):
        yield form.path
    if form.accepts("A,B"):
        yield f"{form.path}:{{symbols}}"
    elif form.accepts("A"):
        yield f"{form.path}:{{{'currency' if form.path == '/margin/loan' else 'symbol'}}}"


def _pro_rows() -> Iterator[Row]:
    for name, channel in PRO_CHANNELS.items():
        cls = PRO_EVENTS[name]
        also = (one for one, other in PRO_EVENTS.items() if other is cls)
        yield Row(
            form=f"{name}.{{account}}" + (":{symbol}" if channel.needs_symbol else ""),
            connection=str(kucoin.Connection.PRIVATE_PRO_V2),
            subjects=(name, *(one for one in also if one not in PRO_CHANNELS)),
            event=cls,
        )


def _rocketfi_rows() -> Iterator[Row]:
    for kind, topic in KINDS.items():
        variants = [name for name, cls in {**OF_MARKETS, **OF_ACCOUNTS}.items() if cls is topic]
        for variant in variants:
            members = "&".join(map(_member, attrs.fields(topic)))
            yield Row(
                form=f"{kind}?{members}",
                connection="/ws",
                subjects=(variant,),
                event=EVENTS[variant],
            )


def _member(field: attrs.Attribute[object]) -> str:
    name = field.metadata["wire"]
    text = f"{name}={{{name}}}"
    return text if field.default is attrs.NOTHING else f"[{text}]"


def _sections() -> list[_Section]:
    undecoded = ", ".join(f"`{path}`" for path in FORMS if path not in PUSH_EVENTS)
    public = ", ".join(f"`{channel.example}`" for channel in PRO_PUBLIC_CHANNELS.values())
    return [
        _Section(
            title="6MM",
            text="The subject is the `eventType` of the data. The private connection needs a "
            "credential, and the server joins it to the topic of the user by itself.",
            rows=tuple(_sixmm_rows()),
            decode=decode_sixmm,
            package=sixmm.__name__,
        ),
        _Section(
            title="KuCoin",
            text="The subject is that of the message. `/market/match` is also carried by "
            "`spot_public_v1`. The topics of markets that are checked and carried, but whose "
            f"messages have no class and are an `UnknownEvent`, are {undecoded}.",
            rows=tuple(_kucoin_rows()),
            decode=kucoin.decode,
            package=kucoin.__name__,
        ),
        _Section(
            title="KuCoin, unified (Pro V2)",
            text="A topic is a channel, what it is asked for (such as `UNIFIED`, `SPOT` or "
            "`FUTURES`), and a symbol where the channel needs one. The subject is the channel, "
            "which a message names as the first part of its topic. The topics of markets, whose "
            "messages have no class and are an `UnknownEvent`, are on `spot_public_pro_v2` and "
            f"`futures_public_pro_v2`: {public}.",
            rows=tuple(_pro_rows()),
            decode=kucoin.decode,
            package=kucoin.__name__,
        ),
        _Section(
            title="RocketFi",
            text="The text stands for the subscription of that name: "
            "`Collateral?assetId=0&account=0x…` for "
            '`{"Collateral":{"assetId":0,"account":"0x…"}}`. What is in brackets may be left out, '
            "but not all of it. The subject is the name of the message.",
            rows=tuple(_rocketfi_rows()),
            decode=rocketfi.decode,
            package=rocketfi.__name__,
        ),
    ]


def rows() -> dict[str, tuple[Row, ...]]:
    """Return every row by the title of its section."""
    return {section.title: section.rows for section in _sections()}


# Messages


@attrs.frozen(kw_only=True)
class _Message:
    """A message that is known, with each number as it was printed."""

    text: str
    source: str
    event: Event


def _messages(section: _Section) -> Iterator[_Message]:
    lines = _OWN_EXAMPLES.read_text(encoding="utf-8").splitlines()
    lines += _RECORDED.read_text(encoding="utf-8").splitlines()
    for line in lines:
        told = json.loads(line)
        if told["venue"] == section.package.rpartition(".")[2]:
            text = _wrapped(line.partition(_MESSAGE)[2][:-1])
            yield _Message(text=text, source=told["source"], event=section.decode(text))


def _example(section: _Section, row: Row) -> _Message:
    """Return the shortest message of a row.

    Raises:
        LookupError: none is known, and one has to be added to ``venue-examples.jsonl``; or it has
            members that the event has no field for.
    """
    found = [message for message in _messages(section) if row.matches(message.event)]
    if not found:
        raise LookupError(f"no message of {row.form} becomes a {row.event.__name__}")
    best = min(found, key=lambda one: (_place(row, one.event), len(one.text), one.text))
    if extra := getattr(best.event, "extra", None):
        raise LookupError(f"the message of {row.form} has members without a field: {extra}")
    return best


def _place(row: Row, event: Event) -> int:
    subject = getattr(event, "subject", None)
    return row.subjects.index(subject) if subject in row.subjects else len(row.subjects)


def _wrapped(text: str) -> str:
    """Return a JSON text in several lines; they are broken where JSON may have a space."""
    lines = [""]
    for part in re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",])+,?|,', text):
        if lines[-1] and len(lines[-1]) + len(part) > _WIDTH:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


# Pages


def topics_page() -> str:
    """Return the text of the page of venues, with the tables of this moment."""
    before, _, rest = TOPICS_PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + "".join(map(_table, _sections())) + "\n" + END + rest.partition(END)[2]


def _table(section: _Section) -> str:
    lines = [
        f"\n### {section.title}\n\n{section.text}\n\n",
        "| topic | connection | subject | event | example |\n",
        "| --- | --- | --- | --- | --- |\n",
    ]
    for row in section.rows:
        name = row.event.__name__
        subjects = ", ".join(f"`{subject}`" for subject in row.subjects)
        link = f"{EVENTS_PAGE.name}#{name.lower()}"
        topic = _example(section, row).event.topic
        cells = (f"`{row.form}`", f"`{row.connection}`", subjects)
        lines.append(f"| {' | '.join(cells)} | [`{name}`]({link}) | [`{topic}`]({link}) |\n")
    return "".join(lines)


_HEAD = """\
# Events of the venues

Each event that a venue pushes, with a message of each topic that it comes by, and where that is
from. `decode` of the venue turns each message into the event above it, and no member is left over.
Long messages are broken into lines here.

The [tables of topics](venues.md#topics) say which topic carries what.
"""


def events_page() -> str:
    """Return the text of the page of events."""
    return "".join([_HEAD, *(_section(section) for section in _sections())])


def _section(section: _Section) -> str:
    parts = [f"\n## {section.title}\n"]
    for cls in dict.fromkeys(row.event for row in section.rows):
        told = "\n".join(_told(section, row) for row in section.rows if row.event is cls)
        home = f"{section.package}.stream_schema.{cls.__name__}"
        fields = f"Its fields: {{py:class}}`{home}`."
        parts.append(f"\n### {cls.__name__}\n\n{_first_line(cls)} {fields}\n\n{told}")
    return "".join(parts)


def _told(section: _Section, row: Row) -> str:
    message = _example(section, row)
    source = message.source
    if source.startswith("https:"):
        source = f"[source]({source})"
    return f"`{row.form}` ({source}):\n\n```json\n{message.text}\n```\n"


def _first_line(cls: type[Event]) -> str:
    line = (cls.__doc__ or "").partition("\n")[0]
    return re.sub(r"(?::\w+:`[~.]*|``)([^`]+)`+", r"`\1`", line)


def _write(pages: Iterable[tuple[Path, str]]) -> None:
    for path, text in pages:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write([(EVENTS_PAGE, events_page()), (TOPICS_PAGE, topics_page())])

"""Bytes to objects and back: strict JSON, strict types, exact decimals.

:func:`parse_json` reads what the JSON standard allows and nothing else, within bounds.
:func:`dump_json` writes the one compact text that is then signed and sent. :func:`make_converter`
gives a cattrs converter that refuses a wrong JSON type, with its path, where cattrs would coerce.

A schema module names its wire fields once, in the metadata of its attrs fields::

    order_id: str | None = field(default=None, metadata=wire("orderId"))

The reader is the standard library's, or a faster one where the extra ``fast`` is installed. The two
read alike; :data:`ENGINE` says which one it is.

Nothing here keeps state and no converter is shared: every schema module makes its own.
"""

from __future__ import annotations

from .engines import ENGINE
from .form import Bind, PushForm, Read
from .levels import Level, Levels
from .names import RAW, extra_of, unnamed, wire, wire_names
from .pushes import push_reader
from .text import MAX_DEPTH, MAX_TEXT_BYTES, PLAIN_DECIMAL, decimal_text, dump_json, parse_json
from .typed import checked, field_reader, make_converter, structure

__all__ = [
    "ENGINE",
    "MAX_DEPTH",
    "MAX_TEXT_BYTES",
    "PLAIN_DECIMAL",
    "RAW",
    "Bind",
    "Level",
    "Levels",
    "PushForm",
    "Read",
    "checked",
    "decimal_text",
    "dump_json",
    "extra_of",
    "field_reader",
    "make_converter",
    "parse_json",
    "push_reader",
    "structure",
    "unnamed",
    "wire",
    "wire_names",
]

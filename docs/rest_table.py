"""Writes ``rest.md``, the page of REST methods, from the code: ``python -m docs.rest_table``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from sixmm import ordering
from sixmm.client import Client
from sixmm.venues.base import Auth
from sixmm.venues.sixmm.operations import TiedMethod, operations_of

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).with_name("rest.md")

_HEAD = """\
# REST methods

Every operation of 6MM's REST API is a method of the client. Methods whose name begins with `iter_`
read a long list in as many calls as it takes, while its rows are taken: each row once, also where
new ones come in meanwhile.

```python
from datetime import datetime, timedelta, timezone

from sixmm import Client

client = Client.from_env()
for trade in client.orders.iter_trades(symbol="BTCUSDT", max_rows=50):
    print(trade.created_at, trade.side, trade.price, trade.quantity)

since = datetime.now(timezone.utc) - timedelta(hours=1)
candles = list(client.market.iter_klines("BTCUSDT", "1m", start_time=since))
client.close()
```

Amounts are `Decimal`, text or `int`. A `float` is refused, because `0.1` as a float is not 0.1.
Times are Unix milliseconds or a `datetime` with a time zone; one without is refused, because nobody
knows which moment it is. Choices are a member of an enum or its text. What comes back is typed;
what the exchange's documentation does not describe is marked *assumed* in the [reference](api.md),
and whatever no field names is in `extra`.

An iterator stops after 100,000 rows unless `max_rows` says otherwise, and logs a warning where
there are more. Its `progress` is a function that is called after each request with the rows so far
and the rows that there will be, or `None`.

What a call needs: `Read` and `Trade` are permission bits of an API key (an access token has both),
`token` is an access token and no key, `cookie` is that of a login.
"""

_NEEDS = {
    Auth.NONE: "",
    Auth.TOKEN: "token",
    Auth.COOKIE: "cookie",
    Auth.TOKEN_AND_COOKIE: "token and cookie",
}


def page() -> str:
    """Return the text of the page."""
    parts = [_HEAD]
    methods = operations_of(Client, names=vars(ordering))
    for group, members in groupby(methods, key=lambda one: one.name.rpartition(".")[0]):
        parts += [f"\n## `{group}`\n\n", *_table(members)]
    return "".join(parts)


def _table(methods: Iterable[TiedMethod]) -> Iterator[str]:
    yield "| method | operation | request | needs |\n| --- | --- | --- | --- |\n"
    for one in methods:
        endpoint = one.endpoint
        name = one.name.rpartition(".")[2]
        request = f"`{endpoint.method} {endpoint.path}`"
        yield f"| `{name}` | {endpoint.operation} | {request} | {_needs(one)} |\n"


def _needs(one: TiedMethod) -> str:
    permission = one.endpoint.permission
    if permission is None or permission.name is None:
        return _NEEDS[one.endpoint.auth]
    return permission.name.capitalize()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

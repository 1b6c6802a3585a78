"""A program with a checkpoint that is killed: it notes each event before it asks for the next one.

Its arguments are one JSON object: where things are, and when it is to end by itself.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import sys
from decimal import Decimal
from typing import Any

from sixmm import AccountUpdate, BackoffPolicy, Client, Event

FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)


def line_of(kind: str, value: object) -> bytes:
    """Return one line of the notes."""
    return f"{kind} {base64.b64encode(pickle.dumps(value)).decode()}\n".encode()


def _tells(event: Event, wallet: str | None) -> bool:
    if wallet is None or not isinstance(event, AccountUpdate):
        return False
    return any(row.wallet_balance == Decimal(wallet) for row in event.balances)


def main(plan: dict[str, Any]) -> None:
    """Take events until one tells the wallet of the plan, or until this process is killed."""
    notes = os.open(plan["notes"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    client = Client(
        plan["api_key"],
        plan["api_secret"],
        rest_url=plan["rest_url"],
        ws_url=plan["ws_url"],
        checkpoint=plan["checkpoint"],
        acknowledge=plan["acknowledge"],
        backoff=FAST,
    )
    with client:
        unacknowledged: list[Event] = []
        for event in client.events():
            # One write of one line: a kill leaves it whole, or cut, which counts as not written.
            os.write(notes, line_of("event", event))
            unacknowledged.append(event)
            if plan["acknowledge"] and len(unacknowledged) >= 5:
                for handled in unacknowledged:
                    client.ack(handled)
                unacknowledged.clear()
            if _tells(event, plan["wallet"]):
                break
        if plan["acknowledge"]:
            for handled in unacknowledged:
                client.ack(handled)
        client.wait_live()
        account = client.account
        picture = (dict(account.orders), dict(account.positions), dict(account.balances))
        os.write(notes, line_of("picture", (picture, account.fills, account.stale)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

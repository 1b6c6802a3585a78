"""Faults by HTTP, for another process: ``POST /_sim/faults``."""

from __future__ import annotations

from .codes import Code, ExchangeError
from .faults import FAULTS, Faults
from .rest import Call, Reply

__all__ = ["control"]


def control(faults: Faults, call: Call) -> Reply:
    """Do what the body says: ``{"name": "cut", "args": {"how": "rst"}}``.

    The arguments may also stand beside the name. The reply's ``data.result`` is what the
    fault returned. A name or an argument that does not exist is answered with 2002. The
    content type has to be JSON: no page in a browser can send that to another origin unasked.
    """
    if call.method != "POST":
        return Reply(code=Code.BAD, message="use POST", status=405)
    if not call.headers.get("content-type", "").startswith("application/json"):
        return Reply(code=Code.BAD, message="content type must be application/json", status=415)
    try:
        body = call.json()
        name = body.pop("name", None)
        args = body.pop("args", body)
        if name not in FAULTS or not isinstance(args, dict):
            raise ExchangeError(Code.BAD, f"name must be one of {', '.join(FAULTS)}")
        return Reply(data={"result": getattr(faults, name)(**args)})
    except ExchangeError as exc:
        return Reply.error(exc)
    except (TypeError, ValueError) as exc:
        return Reply(code=Code.BAD, message=str(exc))

"""Faults by HTTP, for another process: ``POST /_sim/faults``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

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
        fault = getattr(faults, name)
        _check_names(name, fault, args)
        return Reply(data={"result": fault(**args)})
    except ExchangeError as exc:
        return Reply.error(exc)
    except (TypeError, ValueError) as exc:
        return Reply(code=Code.BAD, message=str(exc))


def _check_names(name: str, fault: Callable[..., object], args: dict[str, Any]) -> None:
    """Refuse arguments that the fault does not take, and the lack of one that it needs."""
    taken = inspect.signature(fault).parameters
    needed = [key for key, one in taken.items() if one.default is one.empty]
    if args.keys() <= taken.keys() and args.keys() >= set(needed):
        return
    wanted = [f"{key} (required)" if key in needed else key for key in taken]
    raise ExchangeError(Code.BAD, f"the arguments of {name} are: {', '.join(wanted) or 'none'}")

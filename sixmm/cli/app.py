"""The commands and their options, and how every outcome becomes an exit code.

Bad input is one line on stderr and exit code 2, a failure at run time one line and 1, a write whose
outcome nobody knows one line and 3, Ctrl-C 130; there is never a traceback. A reader that goes away
(``| head``) ends the program quietly.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import sys
from typing import Any

import click

from .. import __version__
from ..errors import SixmmError, Unsupported
from .account import account, positions
from .failures import WRONG_INPUT, CommandFailed, exit_code, explain
from .keys import keys
from .market import funding, klines, markets
from .order import order
from .orders import orders
from .records import record, replay
from .venues import DEFAULT, NAMES, show_demo

__all__ = ["command_line", "run"]

_BROKEN_PIPE = 1
_LONGEST_DEMO_SECONDS = 600
_SILENCE = logging.NullHandler()


def run(argv: list[str]) -> int:
    """Run one command and return its exit code; this is where every error but Ctrl-C ends."""
    # The events tell what the log would repeat; without a handler it would go to stderr.
    logging.getLogger("sixmm").addHandler(_SILENCE)
    try:
        # Not main(): it would end the process itself where a pipe breaks.
        with command_line.make_context("sixmm", argv) as context:
            outcome = command_line.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except BrokenPipeError:
        _forget_stdout()
        return _BROKEN_PIPE
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message(), err=True)
        return WRONG_INPUT
    except click.ClickException as exc:
        return _fail(CommandFailed(exc.format_message(), code=WRONG_INPUT))
    except (CommandFailed, SixmmError, OSError) as exc:
        return _fail(exc)
    return outcome if isinstance(outcome, int) else 0


def _fail(error: Exception) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _forget_stdout()
    print(f"sixmm: {explain(error)}", file=sys.stderr)
    return exit_code(error)


def _forget_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def _require_exchange() -> None:
    if importlib.util.find_spec("aiohttp") is None:
        raise Unsupported("the embedded exchange needs: pip install 'sixmm[demo]'")


class _Number(click.FloatRange):
    """A number within bounds; ``nan`` and ``inf``, which pass every comparison, are none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of this range.", param, ctx)
        return number


_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
_venue = click.option(
    "--venue", type=click.Choice(NAMES), default=DEFAULT, show_default=True, help="Which exchange."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sixmm")
def command_line() -> None:
    """The 6MM exchange: markets, orders, live streams, and an exchange to try them on."""


for _command in (
    *(markets, klines, funding, account, positions, orders, order, keys),
    *(record, replay),
):
    command_line.add_command(_command)


@command_line.command()
@_venue
@click.option(
    "--seconds",
    type=_Number(1, _LONGEST_DEMO_SECONDS),
    default=15.0,
    show_default=True,
    help="How long to trade.",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The seed of market and trader."
)
@_as_json
def demo(venue: str, seconds: float, seed: int, as_json: bool) -> int:
    """Trade on an exchange on this machine, cut the connection, and prove that nothing was lost.

    The exit code is 0 only if every private event arrived, none came twice, went back or was
    invented, and the client had to reconnect at least once.
    """
    _require_exchange()
    from .output import open_output

    output = open_output(sys.stdout, as_json=as_json)
    return show_demo(venue, seconds=seconds, seed=seed, output=output)


def _accounts(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, str]]:
    from .sim import parse_account

    try:
        accounts = [parse_account(value) for value in values]
    except ValueError as exc:
        raise click.BadParameter(str(exc), ctx=context, param=parameter) from None
    if len({name for name, _ in accounts}) != len(accounts):
        raise click.BadParameter("each name only once", ctx=context, param=parameter)
    return accounts


@command_line.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes any."
)
@click.option("--seed", type=int, default=7, show_default=True, help="The seed of the market.")
@click.option(
    "--updates-per-second",
    "rate",
    type=_Number(0, 1_000),
    default=10.0,
    show_default=True,
    help="How often the market moves; 0 for never.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="NAME:BALANCE",
    callback=_accounts,
    help="An account with an API key; may be given again. Without it: demo:10000.",
)
@_as_json
def sim(port: int, seed: int, rate: float, accounts: list[tuple[str, str]], as_json: bool) -> int:
    """Serve an exchange on this machine until Ctrl-C.

    To send it a fault, such as a cut connection: python -m sixmm.sim fault --help
    """
    _require_exchange()
    from .sim import serve

    return serve(port=port, seed=seed, rate=rate, accounts=accounts, as_json=as_json)


@command_line.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@_venue
@click.option("--private", is_flag=True, help="Also the events of the account; needs credentials.")
@click.option(
    "--account",
    metavar="0x...",
    help="Also the events of the account with this address (rocketfi). With --private instead of"
    " it: ROCKETFI_ACCOUNT.",
)
@click.option(
    "--credentials",
    metavar="FILE",
    help="A file of yours alone (mode 600) with api_key and api_secret, or access_token, as JSON"
    " or as KEY=VALUE lines. Without it: SIXMM_API_KEY, SIXMM_API_SECRET, SIXMM_ACCESS_TOKEN.",
)
@click.option("--seconds", type=_Number(0.1), help="End after this time.")
@click.option("--rest-url", help="Another REST address; or SIXMM_REST_URL, ROCKETFI_REST_URL.")
@click.option("--ws-url", help="Another stream address; or SIXMM_WS_URL, ROCKETFI_WS_URL.")
@_as_json
def listen(
    topics: tuple[str, ...],
    venue: str,
    private: bool,
    account: str | None,
    credentials: str | None,
    seconds: float | None,
    rest_url: str | None,
    ws_url: str | None,
    as_json: bool,
) -> int:
    """Show live events: market topics such as market.depth.BTCUSDT, and those of the account."""
    private = private or account is not None
    if not topics and not private:
        raise click.UsageError("nothing to listen to: name a topic or use --private")
    if credentials is not None and not private:
        raise click.UsageError("--credentials is used with --private only")
    from .listen import listen_to
    from .output import open_output

    return listen_to(
        venue=venue,
        topics=topics,
        private=private,
        account=account,
        credentials_file=credentials,
        seconds=seconds,
        rest_url=rest_url,
        ws_url=ws_url,
        output=open_output(sys.stdout, as_json=as_json),
    )

"""What follows from a command, before it is over: one thing leads to another, until all is quiet.

In this order: the legs of strategies drive each other, condition orders end with their position,
one condition order fires, one position is liquidated; then from the start again. A price that
fires several condition orders fires them one by one, each at the prices that the one before it
left.
"""

from __future__ import annotations

from .conditions import end_condition, fire, next_to_fire
from .liquidating import cover_losses, liquidate_next
from .state import State
from .strategies import progress

__all__ = ["react"]

MOST_ROUNDS = 100_000
"""Every round ends something that can end only once, so this is never reached."""


def react(state: State, now_ms: int) -> None:
    """Let everything happen that the changes so far lead to."""
    for _ in range(MOST_ROUNDS):
        _note_holders(state)
        if not _round(state, now_ms):
            break
    cover_losses(state, now_ms)


def _round(state: State, now_ms: int) -> bool:
    """Do the first thing that is due; tell whether there was one."""
    if state.stirred and progress(state, now_ms):
        return True
    if _end_with_positions(state, now_ms):
        return True
    due = next_to_fire(state)
    if due is not None:
        fire(state, due, now_ms)
        return True
    return liquidate_next(state, now_ms)


def _note_holders(state: State) -> None:
    """Keep the list of who holds a position up to date for the legs that were changed."""
    for account in state.changed:
        for leg in account.touched:
            holders = state.holders[leg[0]]
            if any(p.size for key, p in account.positions.items() if key[0] == leg[0]):
                holders[account.user_id] = account
            else:
                holders.pop(account.user_id, None)


def _end_with_positions(state: State, now_ms: int) -> bool:
    """Cancel the GTE_GTC orders of positions that were closed; tell whether there was one."""
    ended = False
    for account in state.changed:
        legs, account.closed_legs = account.closed_legs, set()
        doomed = [
            one
            for one in account.waiting.values()
            if one.time_in_force == "GTE_GTC" and one.leg in legs
        ]
        for one in doomed:
            end_condition(state, account, one, now_ms)
            ended = True
    return ended

"""What moves an account acts until it is stopped, and counts the cuts that hid something."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sixmm.cli.mover import CUTS, Mover, cut_times

_PATIENCE = 30.0


class _Mover(Mover):
    """Notes what it is told to do; each answer is taken from a list, and no is the one after."""

    def __init__(
        self,
        *,
        connected: Sequence[bool] = (),
        hidden: Sequence[bool] = (),
        cuts: Sequence[float] = (),
        is_broken: bool = False,
    ) -> None:
        super().__init__(seed=1, pause=0.001, cuts=cuts)
        self.done: list[str] = []
        self.acted = threading.Event()
        self.has_no_answer_left = threading.Event()
        self._connected, self._hidden = [*connected], [*hidden]
        self._is_broken = is_broken

    def act(self) -> None:
        """Act, or break."""
        self.acted.set()
        if self._is_broken:
            raise RuntimeError("broken")

    def cut(self, how: str) -> bool:
        """Note the cut."""
        if not self._connected:
            self.has_no_answer_left.set()
            return False
        self.done.append(how)
        return self._connected.pop(0)

    def act_unheard(self) -> bool:
        """Note that it acted."""
        self.done.append("act")
        return self._hidden.pop(0)

    def tidy(self) -> None:
        """Note the end."""
        self.done.append("tidy")


def test_cuts_in_turn() -> None:
    """Only a cut of a connection, in which something was told to nobody, counts and is over."""
    mover = _Mover(
        cuts=[0.0, 0.0, 0.0], connected=[False, True, True, True], hidden=[False, True, True]
    )
    mover.start()

    assert mover.has_no_answer_left.wait(_PATIENCE)
    assert mover.stop(timeout=_PATIENCE)
    first, second, _ = CUTS
    assert mover.done == [first, first, "act", first, "act", second, "act", "tidy"]
    assert (mover.cuts_made, mover.failure) == (2, None)


def test_a_cut_waits_for_its_time() -> None:
    """What is due in an hour is not done now."""
    mover = _Mover(cuts=[3_600.0], connected=[True], hidden=[True])
    mover.start()

    assert mover.acted.wait(_PATIENCE)
    assert mover.stop(timeout=_PATIENCE)
    assert mover.done == ["tidy"]


def test_failure() -> None:
    """An error ends the thread, and is kept for whoever asks."""
    mover = _Mover(is_broken=True)
    mover.start()

    assert mover.acted.wait(_PATIENCE)
    assert mover.stop(timeout=_PATIENCE)
    assert (str(mover.failure), mover.done) == ("broken", [])


def test_stop_without_start() -> None:
    """A mover that never started is stopped already."""
    assert _Mover().stop()


@given(st.floats(1, 600))
def test_cut_times(seconds: float) -> None:
    """Every run has a cut; all come before its end, and the longer the run the more of them."""
    times = cut_times(seconds)

    assert times == sorted(set(times))
    assert 0 < times[0] <= 5
    assert times[-1] < seconds
    assert len(times) >= int(seconds / 5) - 1

"""The error tree: its shape, its two axes, and what every class keeps through pickle and copy."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from decimal import Decimal
from pathlib import Path

import pytest

from sixmm import errors
from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ClientClosed,
    ConditionRejected,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    DuplicateOrder,
    HandshakeRefused,
    HttpStatusError,
    InsufficientBalance,
    InvalidOrder,
    InvalidRequest,
    LocalError,
    NetworkError,
    NotCancelable,
    NotCarriedOut,
    NotPermitted,
    OrderNotFound,
    OrderRejected,
    OutcomeUnknown,
    PaceExceeded,
    ProtocolViolation,
    RemoteError,
    ServerFault,
    SixmmError,
    SubscriptionRefused,
    Throttled,
    TlsFailed,
    again,
    api_error,
    without_frames,
)

PUBLIC = [getattr(errors, name) for name in errors.__all__]
CLASSES: list[type[SixmmError]] = list(filter(inspect.isclass, PUBLIC))

SAMPLES: list[SixmmError] = [
    api_error("no such order", code=3003, request_id="r-1", http_status=200, operation="getOrder"),
    api_error("slow down", code=5003, http_status=429, retry_after=2.5),
    HttpStatusError("not an envelope", http_status=302, request_id="r-2", retry_after=1.0),
    HandshakeRefused("upgrade refused", http_status=503, retry_after=4.0),
    SubscriptionRefused("no such topic", topics=("market.depth.XXX",)),
    ProtocolViolation("masked frame", close_code=1002),
    DecodeError("expected a decimal string", path="$.data.price"),
    TlsFailed("certificate refused", certificate=True),
    ConnectionClosed(code=1008, reason="listenKey expired", by="remote"),
    OutcomeUnknown("no answer", operation="placeOrder", request_id="r-3", client_order_id="mine-1"),
    InvalidOrder(
        "price 1.05 is not a multiple of the tick size 0.1; nearest: 1.0",
        rule="tick size",
        field="price",
        value=Decimal("1.05"),
        nearest=Decimal("1.0"),
    ),
    PaceExceeded("no room", retry_after=1.5),
    NotCarriedOut("it got lost", operation="placeOrder", request_id="r-4"),
    ConfigurationError("timeout must be positive"),
    ClientClosed("the client was closed"),
    DeadlineExceeded("no answer within 5 s"),
]

# What rules 95-109 and the docstrings of the classes say, written down a second time.
CODES: dict[type[ApiError], set[int]] = {
    AuthenticationError: {1001, 1002, 1003, 1004, 1006},
    InvalidRequest: {2001, 2002, 2003},
    InsufficientBalance: {3001},
    OrderNotFound: {3003},
    DuplicateOrder: {3004},
    NotCancelable: {3005},
    ConditionRejected: set(range(3100, 3113)),
    NotPermitted: {3006},
    ServerFault: {5001, 5002},
    Throttled: {5003},
}
# Rule 109: these two do not appear in the documentation, so their class is not promised.
UNDOCUMENTED = {1005, 3002}


def state(error: SixmmError) -> tuple[object, ...]:
    """Return everything about an error that a handler can see."""
    return type(error), error.args, str(error), vars(error)


def drawn_tree(docstring: str) -> set[tuple[str, str]]:
    """Return the (parent, child) pairs of the tree that a docstring draws."""
    pairs: set[tuple[str, str]] = set()
    path: list[str] = []
    for line in docstring.splitlines():
        match = re.match(r"^ {4}((?:│   |    )*)(?:([├└]── ))?([A-Z]\w*)\b", line)
        if match and (match[2] or match[3] == "SixmmError"):
            depth = len(match[1]) // 4 + 1 if match[2] else 0
            path[depth:] = [match[3]]
            if depth:
                pairs.add((path[depth - 1], match[3]))
    return pairs


class TestTree:
    """The tree that the module's docstring draws."""

    def test_drawn_tree_equals_the_real_one(self) -> None:
        """What a reader sees in the docstring is what ``except`` does."""
        real = {
            (base.__name__, cls.__name__)
            for cls in CLASSES
            for base in cls.__bases__
            if issubclass(base, SixmmError)
        }

        assert drawn_tree(errors.__doc__ or "") == real

    def test_reader_of_the_tree_is_not_blind(self) -> None:
        """The comparison above can fail: a drawn tree with another edge is seen."""
        drawing = "x::\n\n    SixmmError\n    ├── A   text\n    │   └── B\n    └── C\n"

        assert drawn_tree(drawing) == {("SixmmError", "A"), ("A", "B"), ("SixmmError", "C")}

    def test_all_is_complete(self) -> None:
        """Every error class of the module is public."""
        defined = {
            name
            for name, value in vars(errors).items()
            if inspect.isclass(value) and issubclass(value, SixmmError)
        }

        assert defined == {cls.__name__ for cls in CLASSES}

    @pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
    def test_whose_fault_is_one_of_three(self, cls: type[SixmmError]) -> None:
        """Each class answers "whose fault" once; only the root and OutcomeUnknown leave it open."""
        sides = [side for side in (LocalError, RemoteError, NetworkError) if issubclass(cls, side)]

        assert len(sides) == (0 if cls in (SixmmError, OutcomeUnknown) else 1)

    @pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
    def test_outcome_is_unknown_only_where_the_name_says_so(self, cls: type[SixmmError]) -> None:
        """``outcome_known`` is False for OutcomeUnknown and for nothing else."""
        assert cls.outcome_known is (cls is not OutcomeUnknown)

    def test_builtin_bases(self) -> None:
        """Code that catches ``ValueError`` or ``TimeoutError`` catches what belongs there."""
        assert issubclass(ConfigurationError, ValueError)
        assert issubclass(InvalidOrder, ValueError)
        assert issubclass(DeadlineExceeded, TimeoutError)


class TestKeeping:
    """Errors cross threads, processes and log handlers whole."""

    @pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickle_keeps_everything(self, error: SixmmError, protocol: int) -> None:
        """A pickled error comes back with its class, text and every attribute."""
        assert state(pickle.loads(pickle.dumps(error, protocol))) == state(error)

    @pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
    def test_copies_keep_everything(self, error: SixmmError) -> None:
        """``copy`` and ``deepcopy`` keep class, text and every attribute."""
        assert state(copy.copy(error)) == state(error)
        assert state(copy.deepcopy(error)) == state(error)

    @pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
    def test_every_class_survives_pickle(self, cls: type[SixmmError]) -> None:
        """No class is left out: each one pickles, also with an initializer of its own."""
        error = cls.__new__(cls, "text")
        error.args = ("text",)

        assert state(pickle.loads(pickle.dumps(error))) == state(error)

    def test_cause_is_not_needed(self) -> None:
        """Pickling drops the cause, which may hold a socket, and keeps the error."""
        error = ConnectionClosed(reason="gone")
        error.__cause__ = OSError("reset")

        assert str(pickle.loads(pickle.dumps(error))) == "connection lost: gone"


class TestApiError:
    """The table from codes to classes."""

    def test_every_code_has_its_class(self) -> None:
        """Over all codes from 0 to 6000 the class is the documented one, else plain ApiError."""
        expected = {code: cls for cls, codes in CODES.items() for code in codes}
        wrong = [
            code
            for code in set(range(6001)) - UNDOCUMENTED
            if type(api_error("text", code=code)) is not expected.get(code, ApiError)
        ]

        assert wrong == []

    @pytest.mark.parametrize("code", [3001, 3003, 3004, 3005, 3100, 3112])
    def test_every_refused_order_is_an_order_rejected(self, code: int) -> None:
        """Who does not need to tell the reasons apart catches one class."""
        assert isinstance(api_error("text", code=code), OrderRejected)

    @pytest.mark.parametrize("cls", CODES, ids=lambda cls: cls.__name__)
    def test_every_class_names_its_codes_and_rules(self, cls: type[ApiError]) -> None:
        """The docstring says for which codes the class stands, and what to do about them."""
        text = cls.__doc__ or ""

        assert all(str(code) in text for code in (min(CODES[cls]), max(CODES[cls])))
        assert re.search(r"[Rr]ules? \d", text)

    @pytest.mark.parametrize("code", sorted(UNDOCUMENTED))
    def test_undocumented_codes_are_errors_all_the_same(self, code: int) -> None:
        """Rule 109: a code without documentation is still an ApiError with its number."""
        error = api_error("text", code=code)

        assert isinstance(error, ApiError)
        assert error.code == code

    @pytest.mark.parametrize("code", [0, 1003, 3001, 5001, 5003, 99_999])
    def test_http_429_is_throttled_under_any_code(self, code: int) -> None:
        """Rule 5: throttling may come as HTTP 429 with any code."""
        assert type(api_error("text", code=code, http_status=429)) is Throttled

    def test_attributes(self) -> None:
        """The error carries what the exchange said and what is needed for tracing."""
        error = api_error(
            "balance too low",
            code=3001,
            request_id="r-9",
            http_status=200,
            operation="placeOrder",
            retry_after=1.5,
        )

        assert (error.code, error.message, error.request_id) == (3001, "balance too low", "r-9")
        assert (error.http_status, error.operation, error.retry_after) == (200, "placeOrder", 1.5)

    def test_text_names_operation_code_and_request(self) -> None:
        """The text alone is enough to find the call in the logs of both sides."""
        error = api_error("no such order", code=3003, request_id="r-1", operation="getOrder")

        assert str(error) == "getOrder: code 3003: no such order (request r-1)"

    def test_text_without_operation_and_request(self) -> None:
        """What is not known is left out of the text."""
        assert str(api_error("bad", code=2002)) == "code 2002: bad"


class TestPage:
    """docs/errors.md."""

    def test_table_of_codes_is_true(self, project_root: Path) -> None:
        """Each code has one row, and the row names the class that is raised."""
        page = (project_root / "docs" / "errors.md").read_text(encoding="utf-8")
        told: dict[str, set[int]] = {}
        for codes, name in re.findall(r"^\| (\d[\d, -]*) \| `(\w+)` \|", page, re.MULTILINE):
            found = told.setdefault(name, set())
            for part in codes.split(","):
                first, _, last = part.strip().partition("-")
                found |= set(range(int(first), int(last or first) + 1))

        assert told == {cls.__name__: codes for cls, codes in CODES.items()}


class TestRequestId:
    """The trace id, by which both sides find a call in their logs (rule 6)."""

    @pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
    def test_every_error_has_one_or_none(self, cls: type[SixmmError]) -> None:
        """A handler may read the attribute of any error."""
        assert cls.request_id is None

    @pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
    def test_is_in_the_text_once(self, error: SixmmError) -> None:
        """Also where it was set later; pickle and copy keep it."""
        told = copy.copy(error)
        told.request_id = "r-77"

        assert str(told).count("(request r-77)") == 1
        assert str(copy.copy(told)) == str(pickle.loads(pickle.dumps(told))) == str(told)

    def test_is_not_told_twice(self) -> None:
        """A text that names it already stays as it is."""
        error = OutcomeUnknown("no answer (code 5001: failed (request r-5))", request_id="r-5")

        assert str(error) == "no answer (code 5001: failed (request r-5))"

    def test_text_without_one(self) -> None:
        """Where nothing was sent, the text has no trace."""
        assert str(ConfigurationError("timeout must be positive")) == "timeout must be positive"


class TestAgain:
    """An error that ended a stream is raised at each later call."""

    @pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
    def test_is_a_copy_with_the_cause(self, error: SixmmError) -> None:
        """Each call raises an object of its own that says the same and has the same cause."""
        cause = OSError("reset")
        error.__cause__ = cause
        copied = again(error)
        error.__cause__ = None

        assert copied is not error
        assert state(copied) == state(error)
        assert copied.__cause__ is cause

    def test_tracebacks_do_not_pile_up(self) -> None:
        """However often it is raised, the error that is kept does not grow."""
        kept = ConnectionClosed()
        for _ in range(3):
            with pytest.raises(ConnectionClosed):
                raise again(kept)

        assert kept.__traceback__ is None


class TestTexts:
    """What the other errors say."""

    def test_invalid_order_says_what_would_be_valid(self) -> None:
        """The rule, the field, its value and the nearest valid one can be read by a program."""
        error = InvalidOrder(
            "too fine", rule="tick size", field="price", value="1.05", nearest=Decimal("1.0")
        )

        assert (error.rule, error.field, error.value) == ("tick size", "price", "1.05")
        assert error.nearest == Decimal("1.0")
        assert InvalidOrder("no", rule="r", field="f", value=None).nearest is None

    def test_unknown_outcome_names_the_order(self) -> None:
        """The id by which the order can be asked for; None where there is none (rules 45, 107)."""
        known = OutcomeUnknown("no answer", operation="placeOrder", client_order_id="mine-1")

        assert known.client_order_id == "mine-1"
        assert OutcomeUnknown("no answer").client_order_id is None

    def test_decode_error_begins_with_the_path(self) -> None:
        """The path of the field comes first and is an attribute, too."""
        error = DecodeError("expected a decimal string", path="$.data[3].price")

        assert str(error) == "$.data[3].price: expected a decimal string"
        assert error.path == "$.data[3].price"

    @pytest.mark.parametrize(
        ("error", "text"),
        [
            (ConnectionClosed(), "connection lost"),
            (ConnectionClosed(reason="reset by peer"), "connection lost: reset by peer"),
            (ConnectionClosed(code=1000, by="local"), "closed by local with code 1000"),
            (
                ConnectionClosed(code=1008, reason="listenKey expired", by="remote"),
                "closed by remote with code 1008: listenKey expired",
            ),
        ],
    )
    def test_close_says_who_and_why(self, error: ConnectionClosed, text: str) -> None:
        """A closed link tells who closed it, with which code and reason."""
        assert str(error) == text


def test_an_error_in_an_event_keeps_no_frames() -> None:
    """Neither the error nor what caused it keeps the variables of a dead connection alive."""
    try:
        try:
            raise OSError("broken")
        except OSError as cause:
            raise ConnectionClosed() from cause
    except ConnectionClosed as caught:
        error = without_frames(caught)
    assert error.__traceback__ is None
    assert error.__cause__ is not None
    assert error.__cause__.__traceback__ is None

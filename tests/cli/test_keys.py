"""The life of an API key; its secret is shown once, on stdout, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixmm.cli import main
from sixmm.cli.keys import CHANGED, CREATED, DELETED, KEYS
from sixmm.sim import Account, Exchange

from .running import FullDisk, Run


@pytest.fixture
def keeper(run: Run, exchange: Exchange, account: Account, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with a name and a password, and without an API key."""
    monkeypatch.setenv("SIXMM_REST_URL", exchange.rest_url)
    monkeypatch.setenv("SIXMM_USERNAME", account.username)
    monkeypatch.setenv("SIXMM_PASSWORD", account.password)
    return run


class TestCreate:
    """``sixmm keys create``."""

    def test_json(self, keeper: Run) -> None:
        """Key and secret are on stdout, with the documented keys; stderr has the warning alone."""
        said = keeper("keys", "create", "desk 1", "--permission", "read", "--json")

        assert said.code == 0
        (found,) = said.objects
        assert list(found) == [column.key for column in CREATED]
        assert said.line.startswith("the secret is shown this once only")
        assert found["api_secret"] not in said.err
        assert (found["label"], found["permissions"]) == ("desk 1", 1)

    def test_it_works(
        self, keeper: Run, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is shown is a key that works, in each form."""
        for form in ("--json", "--csv", None):
            said = keeper("keys", "create", "x", "--permission", "trade", *([form] if form else []))
            if form == "--json":
                found = said.objects[0]
            elif form == "--csv":
                found = dict(zip(*said.records, strict=True))
            else:
                lines = [line.rsplit(maxsplit=1) for line in said.out.splitlines()]
                found = {
                    "api_key": next(x[1] for x in lines if x[0].strip() == "api key"),
                    "api_secret": next(x[1] for x in lines if x[0].strip() == "api secret"),
                }
            with monkeypatch.context() as patch:
                patch.setenv("SIXMM_API_KEY", found["api_key"])
                patch.setenv("SIXMM_API_SECRET", found["api_secret"])
                assert keeper("orders", "open").code == 0
        assert exchange.requests

    def test_least_permission(self, keeper: Run) -> None:
        """Without --permission a key may only read (rule 19)."""
        assert keeper("keys", "create", "x", "--json").objects[0]["permissions"] == 1

    def test_limits(self, keeper: Run) -> None:
        """Permissions add up, and addresses are kept (rules 16, 20)."""
        options = ("--permission", "trade", "--permission", "read", "--permission", "TRADE")
        addresses = ("--ip", "192.0.2.1", "--ip", "192.0.2.2")

        (found,) = keeper("keys", "create", "x", *options, *addresses, "--json").objects
        (listed,) = keeper("keys", "list", "--json").objects

        assert found["permissions"] == listed["permissions"] == 3
        assert found["ip_whitelist"] == listed["ip_whitelist"] == ["192.0.2.1", "192.0.2.2"]

    def test_unknown(self, keeper: Run, exchange: Exchange) -> None:
        """Where nobody knows whether it was made, the code is 3 and the line says where to look."""
        exchange.faults.rest_error(1, code=5001, path="/v1/private/user/api-key/create")

        said = keeper("keys", "create", "x")

        assert (said.code, said.out) == (3, "")
        assert "sixmm keys list" in said.line

    def test_secret_that_cannot_be_written(
        self, keeper: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A secret that nobody could read is said to be lost, so that the key can be deleted."""
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", FullDisk())
            assert main(["keys", "create", "x", "--json"]) == 1
        assert "delete that key" in capsys.readouterr().err
        assert len(keeper("keys", "list", "--json").objects) == 1


class TestList:
    """``sixmm keys list``."""

    def test_json(self, keeper: Run) -> None:
        """Keys are listed with the documented keys and never with a secret (rule 22)."""
        (made,) = keeper("keys", "create", "desk", "--json").objects

        said = keeper("keys", "list", "--json")

        assert (said.code, said.err) == (0, "")
        assert [list(row) for row in said.objects] == [[column.key for column in KEYS]]
        assert said.objects[0]["api_key"] == made["api_key"]
        assert made["api_secret"] not in said.out

    def test_forms_agree(self, keeper: Run) -> None:
        """CSV and the table have the same keys; no keys is a sentence for people."""
        assert keeper("keys", "list").out == "no keys\n"
        (made,) = keeper("keys", "create", "a,b", "--json").objects
        titles, record = keeper("keys", "list", "--csv").records
        assert titles == [column.key for column in KEYS]
        assert record[1:3] == ["a,b", made["api_key"]]
        assert made["api_key"] in keeper("keys", "list").out

    def test_own_key_is_shown(
        self, keeper: Run, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The public part of a key is no secret, not even where it is set in the environment."""
        monkeypatch.setenv("SIXMM_API_KEY", environment["SIXMM_API_KEY"])

        assert environment["SIXMM_API_KEY"] in keeper("keys", "list", "--json").out


class TestChange:
    """``sixmm keys update``, ``delete`` and ``delete-all``."""

    @pytest.fixture
    def key_id(self, keeper: Run) -> str:
        """A key with a label and an address."""
        keeper("keys", "create", "old", "--ip", "192.0.2.1")
        (row,) = keeper("keys", "list", "--json").objects
        return str(row["id"])

    @pytest.mark.parametrize(
        ("options", "changed"),
        [
            (["--label", "new"], {"label": "new"}),
            (["--permission", "read", "--permission", "trade"], {"permissions": 3}),
            (["--disable"], {"status": 0}),
            (["--ip", "192.0.2.9"], {"ip_whitelist": ["192.0.2.9"]}),
            (["--any-address"], {"ip_whitelist": []}),
        ],
    )
    def test_update(
        self, options: list[str], changed: dict[str, object], keeper: Run, key_id: str
    ) -> None:
        """What is named changes, and everything else stays."""
        (before,) = keeper("keys", "list", "--json").objects

        (told,) = keeper("keys", "update", key_id, *options, "--json").objects
        (after,) = keeper("keys", "list", "--json").objects

        assert list(told) == [column.key for column in CHANGED]
        assert told == {"id": key_id, "outcome": "updated"}
        assert after == {**before, **changed}

    def test_enable(self, keeper: Run, key_id: str) -> None:
        """A key that was switched off can be switched on again."""
        keeper("keys", "update", key_id, "--disable")
        keeper("keys", "update", key_id, "--enable")

        assert keeper("keys", "list", "--json").objects[0]["status"] == 1

    def test_delete(self, keeper: Run, key_id: str) -> None:
        """A deleted key is gone; the second time there is none, which is code 1."""
        assert keeper("keys", "delete", key_id, "--json").objects == [
            {"id": key_id, "outcome": "deleted"}
        ]
        assert keeper("keys", "list", "--json").out == ""
        assert keeper("keys", "delete", key_id).code == 1

    def test_delete_all(self, keeper: Run, key_id: str) -> None:
        """Every key is gone, and the number of them is told."""
        assert key_id
        keeper("keys", "create", "other")

        (told,) = keeper("keys", "delete-all", "--json").objects

        assert list(told) == [column.key for column in DELETED]
        assert told["deleted"] == 2
        assert keeper("keys", "list", "--json").out == ""

    def test_delete_all_needs_a_yes(
        self, keeper: Run, key_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anywhere but on an embedded exchange nothing is deleted without --yes."""
        assert key_id
        monkeypatch.setattr("sixmm.cli.rest.is_embedded", lambda _: False)

        said = keeper("keys", "delete-all")

        assert (said.code, said.out) == (2, "")
        assert "--yes" in said.line
        assert len(keeper("keys", "list", "--json").objects) == 1
        assert keeper("keys", "delete-all", "--yes").code == 0


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["keys", "list"], "SIXMM_ACCESS_TOKEN, or SIXMM_USERNAME and SIXMM_PASSWORD"),
        (["keys", "create"], "Missing argument"),
        (["keys", "create", "x", "--permission", "all"], "is not one of"),
        (["keys", "update", "1"], "nothing to change"),
        (["keys", "update", "1", "--ip", "192.0.2.1", "--any-address"], "exclude each other"),
        (["keys", "delete"], "Missing argument"),
    ],
)
def test_bad_input(run: Run, argv: list[str], reason: str) -> None:
    """Bad input is one line and code 2."""
    said = run(*argv)

    assert (said.code, said.out) == (2, "")
    assert reason in said.line


def test_api_key_is_not_enough(at_home: Run, exchange: Exchange) -> None:
    """An API key cannot manage keys, which is said before anything is sent (rule 15)."""
    said = at_home("keys", "list")

    assert said.code == 2
    assert "not with an API key" in said.line
    assert exchange.requests == []


def test_login_from_a_file(run: Run, exchange: Exchange, account: Account, tmp_path: Path) -> None:
    """Name and password can come from a private file."""
    path = tmp_path / "login"
    path.write_text(f"username={account.username}\npassword={account.password}\n")
    path.chmod(0o600)

    said = run("keys", "list", "--credentials", str(path), "--rest-url", exchange.rest_url)

    assert (said.code, said.out) == (0, "no keys\n")

"""The caller's API keys: each method makes the call that it is named after."""

from __future__ import annotations

from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import ApiKeyStatus, Permission
from sixmm.venues.sixmm.groups import ApiKeysGroup

from .caller import Echo, plain


def test_calls() -> None:
    """Key calls pass their arguments on."""
    group = ApiKeysGroup(Echo())

    assert plain(
        group.create("x", permissions=Permission.READ, ip_whitelist=["10.0.0.1"])
    ) == plain(calls.create_api_key(label="x", permissions=1, ip_whitelist=["10.0.0.1"]))
    assert plain(group.list()) == plain(calls.api_keys())
    assert plain(
        group.update("1", label="y", permissions=3, ip_whitelist=[], status=ApiKeyStatus.DISABLED)
    ) == plain(calls.update_api_key(id="1", label="y", permissions=3, ip_whitelist=[], status=0))
    assert plain(group.delete("1")) == plain(calls.delete_api_key(id="1"))
    assert plain(group.delete_all()) == plain(calls.delete_all_api_keys())

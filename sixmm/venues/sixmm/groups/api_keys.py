"""The caller's API keys."""

from __future__ import annotations

from collections.abc import Sequence

from .. import calls
from .. import rest_schema as rest
from ..enums import ApiKeyStatus, Permission
from ..operations import operation
from .group import Group

__all__ = ["ApiKeysGroup"]


class ApiKeysGroup(Group):
    """The caller's API keys; only an access token opens these calls, never a key (rule 15).

    Every method raises what the tree in :mod:`sixmm.errors` says; ``ConfigurationError`` where an
    argument cannot be, or where there was no login, before anything is sent. Disable or delete a
    key without delay once its secret may be known to others (rule 23).
    """

    @operation("createApiKey")
    def create(
        self,
        label: str,
        *,
        permissions: Permission | int | None = None,
        ip_whitelist: Sequence[str] | None = None,
    ) -> rest.NewApiKey:
        """Make a key and return it with its secret, which is told this once only (rule 22).

        ``POST /v1/private/user/api-key/create``; access token only.

        Args:
            label: a name of 1 to 64 characters.
            permissions: the sum of its bits, such as ``Permission.READ | Permission.TRADE``; the
                default of the exchange is Read alone (rule 19).
            ip_whitelist: up to 20 addresses that may use it; None lets any (rule 20).

        Raises:
            InvalidRequest: there are 30 keys already (rule 21), or a limit is not accepted.
            OutcomeUnknown: it was sent, and no clear answer came: :meth:`list` shows whether there
                is a key with this label. Its secret is lost: delete it, and make another.
        """
        result: rest.NewApiKey = self._call(
            calls.create_api_key(label=label, permissions=permissions, ip_whitelist=ip_whitelist)
        )
        return result

    @operation("listApiKeys")
    def list(self) -> rest.ApiKeys:
        """Return the keys, without their secrets.

        ``GET /v1/private/user/api-key/list``; access token only.
        """
        result: rest.ApiKeys = self._call(calls.api_keys())
        return result

    @operation("updateApiKey")
    def update(
        self,
        id: str,
        *,
        label: str | None = None,
        permissions: Permission | int | None = None,
        ip_whitelist: Sequence[str] | None = None,
        status: ApiKeyStatus | int | None = None,
    ) -> rest.Accepted:
        """Change a key; what is left out stays as it is.

        ``PUT /v1/private/user/api-key/update``; access token only. The result is not documented.

        Args:
            id: the ``id`` of its row, which is not the key itself.
            label: a new name of 1 to 64 characters.
            permissions: the new sum of its bits.
            ip_whitelist: the new list of addresses, at most 20.
            status: 1 for a key that works, 0 for one that is switched off.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; :meth:`list` tells.
        """
        result: rest.Accepted = self._call(
            calls.update_api_key(
                id=id,
                label=label,
                permissions=permissions,
                ip_whitelist=ip_whitelist,
                status=status,
            )
        )
        return result

    @operation("deleteApiKey")
    def delete(self, id: str) -> rest.Accepted:
        """Remove a key.

        ``POST /v1/private/user/api-key/delete``; access token only. The result is not documented.

        Args:
            id: the ``id`` of its row, which is not the key itself.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; :meth:`list` tells.
        """
        result: rest.Accepted = self._call(calls.delete_api_key(id=id))
        return result

    @operation("deleteAllApiKeys")
    def delete_all(self) -> rest.DeletedApiKeys:
        """Remove every key of the caller, and return how many there were.

        ``POST /v1/private/user/api-key/delete-all``; access token only.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; :meth:`list` tells.
        """
        result: rest.DeletedApiKeys = self._call(calls.delete_all_api_keys())
        return result

"""All routes, by host; a star in a path stands for one segment, which the handler gets."""

from __future__ import annotations

from . import bullet, futures, margin, spot, unified
from .route import Handler, Route

__all__ = ["ROUTES", "find"]

_TABLE: dict[tuple[str, str], tuple[tuple[str, Handler, int], ...]] = {
    ("spot", "public"): (
        ("POST /api/v1/bullet-public", bullet.public, 10),
        ("GET /api/v1/timestamp", bullet.server_time, 3),
    ),
    ("spot", "spot"): (
        ("POST /api/v1/bullet-private", bullet.private, 10),
        ("GET /api/v1/hf/orders/active/symbols", spot.active_symbols, 2),
        ("GET /api/v1/hf/orders/active/page", spot.active_page, 2),
        ("GET /api/v1/hf/orders/active", spot.active, 2),
        ("GET /api/v1/hf/orders/done", spot.done, 2),
        ("GET /api/v1/hf/orders/client-order/*", spot.by_client_oid, 2),
        ("GET /api/v1/hf/orders/*", spot.order, 2),
        ("GET /api/v1/hf/fills", spot.fills, 2),
        ("GET /api/v1/stop-order", spot.stops, 8),
        ("GET /api/v3/hf/margin/order/active/symbols", spot.margin_symbols, 2),
        ("GET /api/v3/hf/margin/orders/active", spot.margin_active, 4),
        ("GET /api/v3/hf/margin/orders/done", spot.margin_done, 5),
        ("GET /api/v3/hf/margin/orders/*", spot.margin_order, 5),
        ("GET /api/v3/hf/margin/fills", spot.margin_fills, 5),
        ("GET /api/v3/margin/accounts", margin.cross, 15),
        ("GET /api/v3/isolated/accounts", margin.isolated, 15),
    ),
    ("spot", "management"): (
        ("POST /api/v2/bullet-private", bullet.unified, 10),
        ("GET /api/v1/accounts", spot.accounts, 5),
    ),
    ("spot", "unified"): (
        ("GET /api/ua/v1/unified/account/balance", unified.balance, 5),
        ("GET /api/ua/v1/unified/account/overview", unified.overview, 5),
        ("GET /api/ua/v1/unified/position/open-list", unified.positions, 4),
        *(
            (f"GET /api/ua/v1/{mode}/order/{name}", handler, 4)
            for mode in ("unified", "classic")
            for name, handler in (
                ("open-list", unified.open_orders),
                ("history", unified.history),
                ("detail", unified.order),
                ("execution", unified.executions),
            )
        ),
    ),
    ("futures", "public"): (
        ("POST /api/v1/bullet-public", bullet.public, 10),
        ("GET /api/v1/timestamp", bullet.server_time, 2),
    ),
    ("futures", "futures"): (
        ("POST /api/v1/bullet-private", bullet.private, 10),
        ("GET /api/v1/orders", futures.orders, 2),
        ("GET /api/v1/orders/byClientOid", futures.by_client_oid, 5),
        ("GET /api/v1/orders/*", futures.order, 5),
        ("GET /api/v1/stopOrders", futures.stops, 6),
        ("GET /api/v1/recentDoneOrders", futures.recent_done, 5),
        ("GET /api/v1/fills", futures.fills, 5),
        ("GET /api/v1/recentFills", futures.recent_fills, 3),
        ("GET /api/v1/account-overview", futures.account_overview, 5),
        ("GET /api/v1/positions", futures.positions, 2),
        ("GET /api/v1/position", futures.position, 2),
    ),
}


def _permission(pool: str, target: str) -> str | None:
    """Return what a key needs for a call; what is public needs no key."""
    if pool == "public":
        return None
    return "Spot" if target.endswith("/hf/orders/active/symbols") else "General"


def _routes() -> dict[tuple[str, str, str], Route]:
    routes = {}
    for (host, pool), rows in _TABLE.items():
        for target, handler, weight in rows:
            method, path = target.split(" ")
            routes[host, method, path] = Route(
                handler=handler,
                permission=_permission(pool, target),
                pool=pool,
                weight=weight,
            )
    return routes


ROUTES = _routes()


def find(host: str, method: str, path: str) -> tuple[Route, str] | None:
    """Return the route of a call, and what its path has in place of the star."""
    exact = ROUTES.get((host, method, path))
    if exact is not None:
        return exact, ""
    stem, _, last = path.rpartition("/")
    starred = ROUTES.get((host, method, f"{stem}/*"))
    return (starred, last) if starred is not None and last else None

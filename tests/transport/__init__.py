"""Tests of the transports; ``http_contract`` and ``ws_contract`` run against every one of them."""

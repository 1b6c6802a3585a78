"""What the tests of this folder borrow from those of the transports."""

from __future__ import annotations

from tests.transport.conftest import certificates as certificates

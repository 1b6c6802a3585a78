"""The error of a refused request."""

from __future__ import annotations

import copy
import pickle

from sixmm.errors import SubscriptionRefused
from sixmm.venues.kucoin.enums import StreamErrorCode
from sixmm.venues.kucoin.refusals import StreamRefused


def test_it_keeps_code_and_topics() -> None:
    """Code and topics survive copying and pickling, and it is caught as any refused topic is."""
    error = StreamRefused("code 404: no", code=404, topics=("/x",))
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert isinstance(twin, SubscriptionRefused)
        assert (twin.code, twin.topics, str(twin)) == (404, ("/x",), "code 404: no")
    assert error.code == StreamErrorCode.NO_SUCH_TOPIC

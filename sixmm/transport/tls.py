"""TLS as a :class:`~sixmm.transport.streams.Stream`, and the settings that it is made with.

The cryptography works on memory (``ssl.MemoryBIO``), for two reasons. One read of the socket feeds
many records, where ``SSLSocket`` makes two system calls for each. And in Python up to 3.12 nothing
stands between a thread that reads an ``SSLSocket`` and one that writes it; here a lock does, which
is held while memory is worked on and never while somebody waits for the network.
"""

from __future__ import annotations

import ssl
import threading

from ..clock import Deadline
from .streams import RECV_BYTES, Stream

__all__ = ["TlsStream", "make_context"]


def make_context(*, ca_file: str | None = None, verify: bool = True) -> ssl.SSLContext:
    """Return client settings: TLS 1.2 or later, the certificate checked against the host name.

    Nothing is taken from the environment: neither the certificates (``SSL_CERT_FILE`` and others)
    nor a file to write session keys to (``SSLKEYLOGFILE``, which ``ssl.create_default_context``
    would obey).

    Args:
        ca_file: a PEM file with the certificate authorities to trust in place of those of
            ``certifi``.
        verify: False accepts every certificate.

    Raises:
        OSError: the file cannot be read, or has no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if ca_file is None:
        import certifi  # A part of every installation of requests; loaded at the first use of TLS.

        ca_file = certifi.where()
    context.load_verify_locations(cafile=ca_file)
    return context


class TlsStream:
    """TLS over another stream.

    Args:
        raw: the stream that carries the records; it belongs to this one from now on.
        context: the settings.
        hostname: the name that the certificate must be valid for.
    """

    def __init__(self, raw: Stream, *, context: ssl.SSLContext, hostname: str) -> None:
        self._raw = raw
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        # Guards the three above: the reading and the writing thread both work on them.
        self._lock = threading.RLock()
        self._ended = False
        self._failure: ssl.SSLError | None = None

    def handshake(self, deadline: Deadline) -> None:
        """Agree on keys and check the certificate; before anything else, and once.

        Raises:
            ssl.SSLError: the certificate or the handshake is not acceptable.
            OSError: the connection failed, or the deadline passed.
        """
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush(deadline)
                self._feed(self._raw.recv(deadline))
            except ssl.SSLError:
                self._flush(deadline)  # The alert tells the peer why.
                raise
            else:
                self._flush(deadline)
                return

    def recv(self, deadline: Deadline) -> bytes:
        """Return the bytes that have arrived, or wait for some; ``b""`` is the end."""
        data = self._decrypt()  # What came with the end of the handshake, or made the stream fail.
        while not data and not self._ended:
            data = self._decrypt(self._raw.recv(deadline))
        return data

    @property
    def greedy(self) -> bool:
        """Whether a read may take more after a full one; see :class:`Stream`."""
        return self._raw.greedy

    @greedy.setter
    def greedy(self, value: bool) -> None:
        self._raw.greedy = value

    @property
    def is_waiting(self) -> bool:
        """Whether :meth:`recv` waits; a record of which a part is here is not lost by that."""
        return self._raw.is_waiting

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of ``data``; after a failure an unknown part of it may be on the wire."""
        with self._lock:
            view = memoryview(data)
            while view:
                view = view[self._tls.write(view) :]  # One record at a time.
        self._flush(deadline)

    def finish(self) -> None:
        """Tell the peer that nothing more is sent; what it sends can still be received."""
        self._raw.finish()

    def shutdown(self) -> None:
        """End the connection and free a thread that is blocked on it; for any thread."""
        self._raw.shutdown()

    def close(self) -> None:
        """Shut down, and give the descriptor back when the last thread has left; for any thread."""
        self._raw.close()

    def fileno(self) -> int:
        """Return the descriptor, or -1 when it was given back."""
        return self._raw.fileno()

    def _flush(self, deadline: Deadline) -> None:
        """Send the records that are due.

        What the reading thread causes (the answer to a key update) goes out with the next send:
        only one thread at a time writes, and it is not urgent.
        """
        with self._lock:
            records = self._outgoing.read()
        if records:
            self._raw.send(records, deadline)

    def _feed(self, records: bytes) -> None:
        if records:
            self._incoming.write(records)
        else:
            self._incoming.write_eof()

    def _decrypt(self, records: bytes | None = None) -> bytes:
        """Return all that can be read, after ``records`` if there are any (``b""`` is the end)."""
        with self._lock:
            if records is not None:
                self._feed(records)
            if self._failure is not None:
                raise self._failure
            chunks: list[bytes] = []
            try:
                while self._incoming.pending or self._incoming.eof:
                    chunk = self._tls.read(RECV_BYTES)
                    if not chunk:
                        self._ended = True
                        break
                    chunks.append(chunk)
            except ssl.SSLWantReadError:
                pass  # The last record is not complete.
            except ssl.SSLError as exc:
                # A record that was tampered with, or an end without notice: somebody may have cut
                # the stream short. What came before is good.
                self._failure = exc
                if not chunks:
                    raise
            return b"".join(chunks)

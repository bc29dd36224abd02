# SPDX-License-Identifier: BSD-2-Clause
"""A network block device whose store is as bad as a test wants it: each request that QEMU makes is answered, fails, is
answered late or never, or is the last that the server lives to see.

Spec: NetworkBlockDevice/nbd, doc/proto.md: fixed newstyle negotiation without TLS, simple replies; numbers are
big-endian. QEMU's client asks for nothing else that it cannot do without.
"""
import contextlib
import pathlib
import shutil
import socket
import struct
import tempfile
import threading

# Negotiation
NBDMAGIC, IHAVEOPT, OPTION_REPLY = 0x4E42444D41474943, 0x49484156454F5054, 0x3E889045565A9
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPT_EXPORT_NAME, OPT_ABORT, OPT_INFO, OPT_GO = 1, 2, 6, 7
REP_ACK, REP_INFO, REP_UNSUPPORTED = 1, 3, 1 << 31 | 1
INFO_EXPORT = 0
HAS_FLAGS, SEND_FLUSH = 1, 4
# Transmission
REQUEST, REPLY = 0x25609513, 0x67446698
READ, WRITE, DISCONNECT, FLUSH = range(4)
EIO, EINVAL = 5, 22

NEVER = float("inf")


class Fault:
    """What becomes of a request: it is answered after so many seconds (NEVER), with an error (an errno), or not before
    the server is gone (die)."""

    def __init__(self, delay=0, error=0, die=False):
        self.delay, self.error, self.die = delay, error, die


GOOD = Fault()


class Request:
    """One that was made: READ, WRITE or FLUSH, where, how much, and what becomes of it."""

    def __init__(self, kind, sector, sectors, fault):
        self.kind, self.sector, self.sectors, self.fault = kind, sector, sectors, fault


class Server:
    """A store of these bytes. arm() says what becomes of requests that come from then on; they are in .requests."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.requests = None            # not armed
        self.fault_of = None
        self.connections, self.timers = [], []
        self.lock = threading.Lock()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-nbd-"))
        self.path = self.folder / "socket"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(4)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.die()
        shutil.rmtree(self.folder, ignore_errors=True)

    def drive(self, name, **more):
        """QEMU's arguments for a drive of that name with this store."""
        options = "".join(f",{key}={value}" for key, value in more.items())
        return ["-drive", f"if=none,id={name},format=raw,file.driver=nbd,file.server.type=unix,file.server.path={self.path},"
                f"rerror=report,werror=report{options}"]

    def arm(self, fault_of):
        """fault_of(n, request) is the Fault of the n-th request from now on, the first is 1; None: good."""
        with self.lock:
            self.requests, self.fault_of = [], fault_of

    def die(self):
        with self.lock:
            for timer in self.timers:
                timer.cancel()
            sockets = [self.listener, *self.connections]
        for s in sockets:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with self.lock:
                    self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, EOFError), connection.makefile("rb") as stream:
            if self._negotiate(connection, stream):
                self._transmit(connection, stream)

    def _negotiate(self, connection, stream):
        """True when the client has chosen the store."""
        connection.sendall(struct.pack(">QQH", NBDMAGIC, IHAVEOPT, FIXED_NEWSTYLE | NO_ZEROES))
        flags, = take(stream, ">I")
        export = struct.pack(">QH", len(self.data), HAS_FLAGS | SEND_FLUSH)

        def reply(kind, data=b""):
            connection.sendall(struct.pack(">QIII", OPTION_REPLY, option, kind, len(data)) + data)

        while True:
            _, option, length = take(stream, ">QII")
            stream.read(length)
            if option == OPT_EXPORT_NAME:
                connection.sendall(export if flags & NO_ZEROES else export + bytes(124))
                return True
            if option in (OPT_INFO, OPT_GO):
                reply(REP_INFO, struct.pack(">H", INFO_EXPORT) + export)
                reply(REP_ACK)
                if option == OPT_GO:
                    return True
            elif option == OPT_ABORT:
                reply(REP_ACK)
                return False
            else:
                reply(REP_UNSUPPORTED)

    def _transmit(self, connection, stream):
        while True:
            magic, _, kind, cookie, offset, length = take(stream, ">IHHQQI")
            if magic != REQUEST or kind == DISCONNECT:
                return
            data = stream.read(length) if kind == WRITE else b""
            with self.lock:
                fault = self._judge(kind, offset, length)
            if fault.die:
                self.die()
                return
            if not fault.delay:
                self._answer(connection, cookie, kind, offset, length, data, fault)
            elif fault.delay != NEVER:
                timer = threading.Timer(fault.delay, self._answer, (connection, cookie, kind, offset, length, data, fault))
                timer.daemon = True
                with self.lock:
                    self.timers.append(timer)
                timer.start()

    def _judge(self, kind, offset, length):
        if self.requests is None:
            return GOOD
        request = Request(kind, offset // 512, length // 512, GOOD)
        self.requests.append(request)
        request.fault = self.fault_of(len(self.requests), request) or GOOD
        return request.fault

    def _answer(self, connection, cookie, kind, offset, length, data, fault):
        error = fault.error
        if kind not in (READ, WRITE, FLUSH) or (kind != FLUSH and offset + length > len(self.data)):
            error = EINVAL
        read = b""
        with self.lock:
            if kind == WRITE and not error:
                self.data[offset:offset + length] = data
            if kind == READ and not error:
                read = bytes(self.data[offset:offset + length])
            with contextlib.suppress(OSError):
                connection.sendall(struct.pack(">IIQ", REPLY, error, cookie) + read)


def take(stream, form):
    data = stream.read(struct.calcsize(form))
    if len(data) != struct.calcsize(form):
        raise EOFError
    return struct.unpack(form, data)

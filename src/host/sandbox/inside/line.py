"""The line to the host: frames over two descriptors. Header: payload length, channel, kind."""
import os
import struct
from collections import deque

HEADER = struct.Struct(">IIB")
# Nothing the host sends is larger: code, input and settings come in pieces of less.
LARGEST = 32 << 20
# What a channel may send before the other side has taken it.
CREDIT = 256 << 10


class Line:
    def __init__(self, loop, fd_in, fd_out, on_frame, on_end):
        self._loop = loop
        self._in = fd_in
        self._out = fd_out
        self._on_frame = on_frame
        self._on_end = on_end
        self._got = bytearray()
        self._waiting = deque()
        os.set_blocking(fd_in, False)
        os.set_blocking(fd_out, False)
        loop.on_readable(fd_in, self._read)

    def send(self, channel, kind, payload=b""):
        parts = [HEADER.pack(len(payload), channel, ord(kind)), payload]
        if self._waiting:
            self._waiting.extend(parts)
            return
        self._waiting.extend(parts)
        self._write()

    def _write(self):
        waiting = self._waiting
        while waiting:
            try:
                written = os.writev(self._out, list(waiting)[:64])
            except BlockingIOError:
                self._loop.on_writable(self._out, self._write)
                return
            except OSError:
                self._on_end()
                return
            while waiting and written >= len(waiting[0]):
                written -= len(waiting.popleft())
            if waiting and written:
                waiting[0] = memoryview(waiting[0])[written:]
        self._loop.on_writable(self._out, None)

    def _read(self):
        try:
            data = os.read(self._in, 1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.forget(self._in)
            self._on_end()
            return
        got = self._got
        got += data
        at = 0
        while len(got) - at >= HEADER.size:
            length, channel, kind = HEADER.unpack_from(got, at)
            if length > LARGEST:
                self._on_end()
                return
            end = at + HEADER.size + length
            if len(got) < end:
                break
            payload = bytes(got[at + HEADER.size : end])
            at = end
            self._on_frame(channel, chr(kind), payload)
        del got[:at]

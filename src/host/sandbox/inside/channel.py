"""One channel to the host: what programs print goes out within the credit that the host gives, what
the host sends goes in as fast as the program takes it."""
import os
import struct

from line import CREDIT

_COUNT = struct.Struct(">I")
_PIECE = 64 << 10


class Channel:
    def __init__(self, loop, line, number):
        self.loop = loop
        self.line = line
        self.number = number
        self.credit = CREDIT
        self._sources = []
        self._watched = set()
        self._sink = None
        self._input = []
        self._input_ended = False

    # Outwards.

    def add_source(self, fd, kind):
        """`kind` None: only watched; whoever added it reads it."""
        os.set_blocking(fd, False)
        self._sources.append((fd, kind))
        self._watch()

    def send(self, kind, payload):
        """For payloads that count against the credit."""
        self.credit -= len(payload)
        self.line.send(self.number, kind, payload)

    def pump(self):
        """Sends what can be read now. True: there is nothing more to read at the moment."""
        dry = True
        for source in list(self._sources):
            if source[1] is not None:
                dry = self._pump_one(source) and dry
        self._watch()
        return dry

    def _pump_one(self, source):
        fd, kind = source
        while self.credit > 0:
            try:
                data = os.read(fd, min(_PIECE, self.credit))
            except BlockingIOError:
                return True
            except OSError:
                data = b""  # A terminal whose last process went.
            if not data:
                self._drop(source)
                return True
            self.send(kind, data)
        return False

    def _drop(self, source):
        self._sources.remove(source)
        self._unwatch(source[0])
        os.close(source[0])

    def _unwatch(self, fd):
        if fd in self._watched:
            self._watched.discard(fd)
            self.loop.on_readable(fd, None)

    def _watch(self):
        for fd, _ in self._sources:
            if self.credit > 0 and fd not in self._watched:
                self._watched.add(fd)
                self.loop.on_readable(fd, self.on_readable)
            elif self.credit <= 0:
                self._unwatch(fd)

    def on_readable(self):
        self.pump()

    def taken(self, payload):
        """The host took that many bytes."""
        self.credit += _COUNT.unpack(payload)[0]
        self.on_readable()

    # Inwards.

    def set_sink(self, fd):
        os.set_blocking(fd, False)
        self._sink = fd

    def put(self, data):
        if self._sink is None:
            self.line.send(self.number, "W", _COUNT.pack(len(data)))
            return
        self._input.append(data)
        self._write()

    def end_input(self):
        self._input_ended = True
        if not self._input:
            self.close_sink()

    def close_sink(self):
        if self._sink is not None:
            self.loop.on_writable(self._sink, None)
            os.close(self._sink)
            self._sink = None
        for data in self._input:
            self.line.send(self.number, "W", _COUNT.pack(len(data)))
        self._input = []

    def _write(self):
        while self._input:
            try:
                written = os.write(self._sink, self._input[0])
            except BlockingIOError:
                self.loop.on_writable(self._sink, self._write)
                return
            except OSError:
                self.close_sink()
                return
            self.line.send(self.number, "W", _COUNT.pack(written))
            self._input[0] = self._input[0][written:]
            if not self._input[0]:
                self._input.pop(0)
        self.loop.on_writable(self._sink, None)
        if self._input_ended:
            self.close_sink()

    def release(self):
        """Lets go of the sources without closing them; returns those that are still open."""
        for fd, _ in self._sources:
            self._unwatch(fd)
        sources, self._sources = self._sources, []
        return sources

    def close(self):
        for source in list(self._sources):
            self._drop(source)
        self.close_sink()

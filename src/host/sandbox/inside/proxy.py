"""The only way out: a listener on loopback. Each connection is carried to the host as a channel; the
host speaks HTTP with it and decides. Names of who connects are looked up, so that the host knows
which run it was."""
import json
import os
import socket

import processes
from channel import Channel

_PORT = 3128
_MOST = 256


class Proxy:
    def __init__(self, house, port):
        self._house = house
        self._next = 2
        self._open = {}
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port or _PORT))
        except OSError:
            if port is not None:
                raise
            self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(128)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        house.loop.on_readable(self._listener.fileno(), self._accept)

    def _accept(self):
        try:
            accepted, peer = self._listener.accept()
        except OSError:
            return
        if len(self._open) >= _MOST:
            accepted.close()
            return
        number = self._next
        self._next += 2
        told = {"from": self._owner(peer[1])}
        self._house.line.send(number, "N", json.dumps(told).encode())
        self._open[number] = self._house.channels[number] = Connection(self._house, number, accepted, self)

    def forget(self, number):
        self._open.pop(number, None)
        self._house.channels.pop(number, None)

    def _owner(self, port):
        """The channel of the run or process that has the other end; None: nobody in sight."""
        inode = _inode(port)
        if inode is None:
            return None
        wanted = "socket:[%s]" % inode
        seen = processes.look()
        for owner in self._house.owners():
            for process in processes.below(owner.tree.keeper, seen):
                if _holds(process.pid, wanted):
                    job = owner if hasattr(owner, "number") else owner.run
                    return None if job is None else job.number
        return None


class Connection(Channel):
    def __init__(self, house, number, accepted, proxy):
        super().__init__(house.loop, house.line, number)
        self._proxy = proxy
        self._socket = accepted
        self._ended = False
        fd = accepted.detach()
        self.set_sink(os.dup(fd))
        self.add_source(fd, "O")

    def on_readable(self):
        if self.pump() and not self._sources and not self._ended:
            self._ended = True
            self.line.send(self.number, "E")
            self._settle()

    def close_sink(self):
        if self._sink is not None:
            half = socket.socket(fileno=os.dup(self._sink))
            try:
                half.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            half.close()
        super().close_sink()
        self._settle()

    def _settle(self):
        if self._ended and self._sink is None:
            self._proxy.forget(self.number)

    def stop(self, _reason):
        self.close()
        self._proxy.forget(self.number)


def _inode(port):
    local = "0100007F:%04X" % port
    try:
        with open("/proc/net/tcp") as file:
            for line in file:
                fields = line.split()
                if fields[1] == local:
                    return fields[9]
    except OSError:
        pass
    return None


def _holds(pid, wanted):
    folder = "/proc/%d/fd/" % pid
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    for name in names:
        try:
            if os.readlink(folder + name) == wanted:
                return True
        except OSError:
            continue
    return False

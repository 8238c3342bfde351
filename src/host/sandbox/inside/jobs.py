"""What the host has running: a command, a process that stays, a terminal, a run in a kernel. Each is
a channel with a tree of processes, and ends with one frame that says how."""
import contextlib
import errno
import json
import os
import signal
import socket
import struct
import time

import processes
import python_kernel
import tree
import workspace
from channel import Channel

_HEADER = struct.Struct(">IB")
_INTERRUPT_SECONDS = 0.3
_TERM_SECONDS = 2.0
_LARGEST_MESSAGE = 1 << 20


class Job(Channel):
    """`tell_changes`: whether the end names what changed in the workspace."""

    tell_changes = True
    state_lost = False

    def __init__(self, house, number, request):
        super().__init__(house.loop, house.line, number)
        self.house = house
        self.ended = None
        self.over = False
        self.peak = 0
        self.tree = None
        self.started = time.monotonic()
        self.since = workspace.now()
        self.looked = house.look_before() if self.tell_changes else {}
        self.free = house.watch.free()
        self.ooms = house.watch.ooms()
        self._timer = None
        if request.get("timeoutMs"):
            self._timer = self.loop.later(request["timeoutMs"] / 1000, lambda: self.stop("timeout"))

    def stop(self, reason):
        if self.ended is None and not self.over:
            self.ended = reason
            self.tree.end()

    def on_gone(self):
        """Nothing of it is left but what is in the pipes."""
        self.over = True
        self.on_readable()

    def on_readable(self):
        if self.pump() and self.over:
            self.finish()

    def finish(self):
        self.loop.cancel(self._timer)
        code, ended = self._outcome()
        told = {
            "exitCode": code,
            "ended": ended,
            "stateLost": self.state_lost,
            "ms": (time.monotonic() - self.started) * 1000,
            "memoryPeakBytes": max(self.peak, self.tree.peak) or None,
            "changed": [],
            "moreChanges": 0,
        }
        if self.tell_changes:
            after = self.house.look_again()
            told["changed"], told["moreChanges"] = workspace.compare(
                self.looked, after, self.since, self.house.workspace
            )
        self.let_go()
        self.line.send(self.number, "X", json.dumps(told).encode())
        self.house.forget(self)

    def let_go(self):
        self.close()

    def _outcome(self):
        status = self.tree.status
        code = os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else None
        killed = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else None
        ended = self.ended
        if ended is None and code != 0 and self.house.watch.ooms() > self.ooms:
            ended = "memory"
        if ended is None and killed == getattr(signal, "SIGXFSZ", None):
            ended = "disk"
        return code, ended


class Command(Job):
    """A program of its own: the shell, or a fresh Python or Node."""

    def __init__(self, house, number, request, argv):
        super().__init__(house, number, request)
        environment = house.environment(request)
        text = request.get("stdin")
        stdin = os.open(os.devnull, os.O_RDONLY) if text is None else python_kernel.held(text.encode())
        out, err = os.pipe(), os.pipe()
        with _handed([out[0], err[0]], [stdin, out[1], err[1]]):
            self.tree = house.grow(
                (stdin, out[1], err[1]), lambda: _execute(argv, environment, house), self.on_gone
            )
        self.add_source(out[0], "O")
        self.add_source(err[0], "e")


class Process(Job):
    """A command that stays, with an input and both outputs in one."""

    tell_changes = False

    def __init__(self, house, number, request):
        super().__init__(house, number, request)
        environment = house.environment(request)
        argv = [house.shell, "-c", request["command"]]
        stdin, out = os.pipe(), os.pipe()
        with _handed([stdin[1], out[0]], [stdin[0], out[1]]):
            self.tree = house.grow(
                (stdin[0], out[1], out[1]), lambda: _execute(argv, environment, house), self.on_gone
            )
        self.set_sink(stdin[1])
        self.add_source(out[0], "O")

    def ask(self):
        """SIGTERM, and by force if it stays."""
        if self.ended is None and not self.over:
            self.ended = "stopped"
            self.tree.interrupt(signal.SIGTERM)
            self._timer = self.loop.later(_TERM_SECONDS, self.tree.end)


class Terminal(Job):
    tell_changes = False

    def __init__(self, house, number, request):
        super().__init__(house, number, request)
        environment = house.environment(request)
        environment["TERM"] = "xterm-256color"
        environment["COLORTERM"] = "truecolor"
        argv = [house.shell, "-i"]
        ours, theirs = os.openpty()
        self._screen = ours
        self.resize(request)
        with _handed([ours], [theirs]):
            self.tree = house.grow(
                (theirs, theirs, theirs),
                lambda: _execute(argv, environment, house),
                self.on_gone,
                terminal=True,
            )
        self.set_sink(os.dup(ours))
        self.add_source(ours, "O")

    def resize(self, size):
        import fcntl
        import termios

        shape = struct.pack("HHHH", size["rows"], size["cols"], 0, 0)
        try:
            fcntl.ioctl(self._screen, termios.TIOCSWINSZ, shape)
        except OSError:
            pass


class Cells(Job):
    """A run of a kernel that speaks frames over `control`: `D` and `d` for something to look at, `X`
    for the end of a cell."""

    def __init__(self, house, number, request):
        super().__init__(house, number, request)
        self.control = None
        self.told = None

    def on_readable(self):
        while self.pump() and self.credit > 0:
            message = None if self.control is None else self.control.receive()
            if message is None:
                if self.over:
                    self.finish()
                return
            kind, payload = message
            if kind == "X":
                self.told = _parsed(payload)
                self.on_told()
            elif kind in "Dd":
                self.send(kind, payload)
        self._watch()

    def on_told(self):
        pass

    def _outcome(self):
        code, ended = super()._outcome()
        if self.told is not None:
            self.peak = max(self.peak, _integer(self.told.get("peak"), 0))
            if self.told.get("memory") and ended is None:
                ended = "memory"
        return code, ended


class FreshCell(Cells):
    def __init__(self, house, number, request):
        super().__init__(house, number, request)
        out, err = os.pipe(), os.pipe()
        ours, theirs = socket.socketpair()
        with _handed([out[0], err[0]], [out[1], err[1]]), theirs:
            self.tree = house.grow(
                (house.nothing, out[1], err[1]),
                house.kernel_main(request["language"], True),
                self.on_gone,
                extra=theirs.fileno(),
            )
        self.control = Control(ours)
        self.control.send(request)
        self.add_source(out[0], "O")
        self.add_source(err[0], "e")
        self.add_source(self.control.fd, None)

    def let_go(self):
        self.release_control()
        self.close()

    def release_control(self):
        self._sources = [each for each in self._sources if each[1] is not None]
        self._unwatch(self.control.fd)
        self.control.close()


class Kernel:
    """A language that keeps its state: its processes, and the run that has it now."""

    def __init__(self, house, language):
        self.house = house
        self.run = None
        self.dead = False
        self._on_dead = []
        out, err = os.pipe(), os.pipe()
        ours, theirs = socket.socketpair()
        with _handed([out[0], err[0]], [out[1], err[1]]), theirs:
            self.tree = house.grow(
                (house.nothing, out[1], err[1]),
                house.kernel_main(language, False),
                self._gone,
                extra=theirs.fileno(),
            )
        self.control = Control(ours)
        self.sources = [(out[0], "O"), (err[0], "e"), (self.control.fd, None)]
        for fd, _ in self.sources:
            os.set_blocking(fd, False)

    def _gone(self):
        self.dead = True
        if self.run is not None:
            self.run.state_lost = True
            self.run.on_gone()
        else:
            self.idle()
            self.close()
        for callback in self._on_dead:
            callback()

    def idle(self):
        """Between runs nobody listens: what is printed meanwhile is let go."""
        for fd, _ in self.sources:
            self.house.loop.on_readable(fd, lambda fd=fd: self._discard(fd))

    def _discard(self, fd):
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.house.loop.on_readable(fd, None)

    def close(self):
        for fd, kind in self.sources:
            self.house.loop.on_readable(fd, None)
            if kind is not None:
                os.close(fd)
        self.sources = []
        self.control.close()

    def end(self, then):
        if self.dead:
            then()
            return
        self._on_dead.append(then)
        self.tree.end()


class KernelRun(Cells):
    def __init__(self, house, number, request, kernel):
        super().__init__(house, number, request)
        self.kernel = kernel
        self.tree = kernel.tree
        self.control = kernel.control
        self._born = int(time.clock_gettime(time.CLOCK_BOOTTIME) * processes.TICKS) if processes.LINUX else 0
        kernel.run = self
        self.control.send(request)
        for fd, kind in kernel.sources:
            self.loop.on_readable(fd, None)
            self.add_source(fd, kind)

    def stop(self, reason):
        if self.ended is not None or self.over:
            return
        self.ended = reason
        if reason in ("memory", "processes", "disk"):
            self.tree.end()
            return
        self.tree.interrupt(signal.SIGINT)
        self._timer = self.loop.later(_INTERRUPT_SECONDS, self.tree.end)

    def on_told(self):
        self.loop.cancel(self._timer)
        if self.ended is not None:
            self.tree.end_since(self._born)
        self.over = True

    def let_go(self):
        kernel = self.kernel
        kernel.sources = self.release()
        kernel.run = None
        if kernel.dead:
            kernel.close()
        else:
            kernel.idle()

    def _outcome(self):
        code, ended = super()._outcome()
        # The process stays: how the cell ended is what the kernel says.
        return (code if self.told is None else _integer(self.told.get("exit"), 1)), ended


class Control:
    """Messages from and to a kernel. What comes is from code behind the wall: believed in nothing."""

    def __init__(self, ours):
        self._socket = ours
        self.fd = ours.fileno()
        self._got = bytearray()
        self._ended = False

    def send(self, request):
        told = {"code": request["code"], "env": request.get("env") or {}, "stdin": request.get("stdin")}
        payload = json.dumps(told).encode()
        # The kernel waits for this, so that it is taken at once.
        self._socket.setblocking(True)
        self._socket.settimeout(5)
        try:
            self._socket.sendall(_HEADER.pack(len(payload), ord("R")) + payload)
        except OSError:
            pass  # It died: its end is told by its tree.
        self._socket.setblocking(False)

    def receive(self):
        while not self._ended:
            message = self._parse()
            if message is not None:
                return message
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return None
            except OSError:
                data = b""
            if not data:
                self._ended = True
            self._got += data
        return None

    def _parse(self):
        got = self._got
        if len(got) < _HEADER.size:
            return None
        length, kind = _HEADER.unpack_from(got)
        if length > _LARGEST_MESSAGE:
            self._ended = True
            return None
        end = _HEADER.size + length
        if len(got) < end:
            return None
        payload = bytes(got[_HEADER.size : end])
        del got[:end]
        return chr(kind), payload

    def close(self):
        self._socket.close()


def _parsed(payload):
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"exit": 1}



@contextlib.contextmanager
def _handed(ours, theirs):
    """Closes what was handed over; and ours too, where there was no room for one more process."""
    try:
        yield
    except OSError:
        for fd in ours:
            os.close(fd)
        raise
    finally:
        for fd in theirs:
            os.close(fd)


def _integer(value, otherwise):
    return value if isinstance(value, int) else otherwise


def enter(house, environment):
    """In the process that becomes the program."""
    os.umask(0o022)
    tree.limit(house.limits)
    os.chdir(house.workspace)
    os.environ.clear()
    os.environ.update(environment)


def _execute(argv, environment, house):
    enter(house, environment)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, ("%s: %s\n" % (argv[0], os.strerror(error.errno or errno.EIO))).encode())
        os._exit(127)

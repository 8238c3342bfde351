"""A keeper and all processes below it. The keeper adopts what loses its parent, so that nothing
that a program starts can leave its tree; ending the tree ends all of it."""
import os
import resource
import signal
import struct
import sys

import processes

_STATUS = struct.Struct(">ciiq")
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE,
            signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGTSTP, signal.SIGTTIN,
            signal.SIGTTOU)  # fmt: skip


class Tree:
    """`main` runs in a process of its own, with `stdio` as descriptors 0 to 2 and `extra` (or none)
    as 3. `on_main_end(status, peak)` is called when that process ended, `on_gone()` when nothing is left."""

    def __init__(self, loop, stdio, main, on_gone, on_main_end=None, extra=None, terminal=False):
        self._loop = loop
        self._on_gone = on_gone
        self._on_main_end = on_main_end
        self._ending = False
        self._rounds = 0
        self._timer = None
        self._pending = None
        self.main = None
        self.status = None
        self.peak = 0
        self.gone = False
        self._news, write_end = os.pipe()
        os.set_blocking(self._news, False)
        try:
            self.keeper = os.fork()
        except OSError:
            os.close(self._news)
            os.close(write_end)
            raise
        if self.keeper == 0:
            try:
                _keep(stdio, main, extra, write_end, terminal)
            finally:
                os._exit(70)
        os.close(write_end)
        self._got = b""
        loop.on_readable(self._news, self._hear)

    def _hear(self):
        try:
            data = os.read(self._news, 4096)
        except BlockingIOError:
            return
        self._got += data
        while len(self._got) >= _STATUS.size:
            kind, first, second, peak = _STATUS.unpack_from(self._got)
            self._got = self._got[_STATUS.size :]
            if kind == b"P":
                self.main = first
                if self._pending is not None:
                    self.interrupt(self._pending)
            elif kind == b"X":
                self.status = second
                self.peak = max(self.peak, peak)
                if self._on_main_end is not None:
                    self._on_main_end()
        if data:
            if self.status is not None and not self._ending:
                # Most programs leave nobody behind: their keeper goes by itself at once.
                self._ending = True
                self._again(0.002)
            return
        self._loop.cancel(self._timer)
        self._loop.forget(self._news)
        os.close(self._news)
        self.gone = True
        self._on_gone()

    def interrupt(self, number):
        """The signal for the main process and those of its group, as a terminal sends it."""
        if self.main is None:
            self._pending = number
            return
        if self.status is not None:
            return
        try:
            os.killpg(self.main, number)
        except OSError:
            processes.signal_quietly(self.main, number)

    def end(self):
        """Kills everything below the keeper, whatever it ignores and however it hides."""
        self._ending = True
        self._end()

    def _end(self):
        if self.gone:
            return
        self._rounds += 1
        processes.kill_all(lambda seen: processes.below(self.keeper, seen))
        # One that was stopped by what it keeps could not go.
        processes.signal_quietly(self.keeper, signal.SIGCONT)
        if self._rounds > 60:
            processes.signal_quietly(self.keeper, signal.SIGKILL)
        self._again(0.005 if self._rounds < 20 else 0.05)

    def _again(self, seconds):
        self._loop.cancel(self._timer)
        self._timer = self._loop.later(seconds, self._end)

    def end_since(self, born):
        """Kills what was started below since then (in clock ticks), the main process left out."""
        for each in processes.below(self.keeper, processes.look()):
            if each.pid != self.main and each.born >= born:
                processes.signal_quietly(each.pid, signal.SIGKILL)


def _keep(stdio, main, extra, status, terminal):
    processes.adopt()
    processes.first_to_die()
    os.setsid()
    # Those of the supervisor, which a fork has too.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    handed = [os.dup(fd) for fd in stdio] + ([] if extra is None else [os.dup(extra)])
    _close_all_but([0, 1, 2, status] + handed)
    pid = os.fork()
    if pid == 0:
        try:
            _become(handed, terminal, status)
            main()
        except BaseException as error:  # noqa: BLE001 - nothing may return into the supervisor
            sys.stderr.write("%s\n" % error)
            sys.stderr.flush()
            os._exit(127)
        os._exit(0)
    for fd in handed:
        os.close(fd)
    while True:
        try:
            done, how, usage = os.wait4(-1, 0)
        except ChildProcessError:
            os._exit(0)
        if done == pid:
            _tell(status, b"X", pid, how, usage.ru_maxrss * (1024 if processes.LINUX else 1))


def _tell(status, kind, first, second, peak):
    try:
        os.write(status, _STATUS.pack(kind, first, second, peak))
    except OSError:
        os._exit(70)


def _become(handed, terminal, status):
    processes.show()
    for number in _IGNORED:
        signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "SIGXFSZ"):
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if terminal:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(handed[0], termios.TIOCSCTTY, 0)
    else:
        os.setpgid(0, 0)
    # Neither the supervisor nor the machine's people shall wait for what runs here.
    os.nice(5)
    # From here on a signal reaches it.
    _tell(status, b"P", os.getpid(), 0, 0)
    for at, fd in enumerate(handed):
        os.dup2(fd, at)
    _close_all_but(range(len(handed)))


def _close_all_but(kept):
    # Listed, since where close_range is refused `closerange` tries a million numbers.
    for name in os.listdir("/proc/self/fd" if processes.LINUX else "/dev/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                pass  # That of the listing itself.


def limit(limits):
    """What a single process may have at most."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, limits.get("openFiles"))
    _lower(resource.RLIMIT_FSIZE, limits.get("diskBytes"))
    if processes.LINUX and limits.get("byProcess"):
        _lower(resource.RLIMIT_DATA, limits.get("memoryBytes"))
        if _counts_by_namespace():
            _lower(resource.RLIMIT_NPROC, limits.get("processes"))


def _counts_by_namespace():
    """Since Linux 5.14 a user namespace counts its own; before, all processes of the machine's user."""
    try:
        major, minor = os.uname().release.split(".")[:2]
        return (int(major), int(minor.split("-")[0])) >= (5, 14)
    except ValueError:
        return False


def _lower(which, value):
    if value is None:
        return
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(which, (value, value))
    except (OSError, ValueError):
        pass

"""Runs behind every wall, as its first process, and starts all others there: runs, processes,
terminals. Talks to the host in frames over its own stdin and stdout; when they end, everything ends.

python3 -I supervisor.py WORKSPACE [PORT]
"""
import errno
import gc
import json
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import jobs  # noqa: E402
import processes  # noqa: E402
import python_kernel  # noqa: E402
import tree  # noqa: E402
import workspace  # noqa: E402
from line import Line  # noqa: E402
from loop import Loop  # noqa: E402
from proxy import Proxy  # noqa: E402
from watch import Watch  # noqa: E402

_OWN_FOLDER = sys.path.pop(0)
_OWN_MODULES = [
    name
    for name, module in sys.modules.items()
    if name != "__main__" and (getattr(module, "__file__", None) or "").startswith(_OWN_FOLDER)
]
_LEAST_FREE = 64 << 20
_CHEAP_SECONDS = 0.001


class Supervisor:
    def __init__(self, fd_in, fd_out, folder, port):
        self.workspace = folder
        self.limits = {}
        self.spent = 0.0
        self.channels = {}
        self.jobs = {}
        self.kernels = {}
        self.looked = {}
        self._env = dict(os.environ)
        self._keepers = set()
        self.nothing = os.open(os.devnull, os.O_RDONLY)
        self.loop = Loop()
        self.line = Line(self.loop, fd_in, fd_out, self._on_frame, self._on_end)
        self.watch = Watch(self)
        self.proxy = Proxy(self, port)
        self.shell = _which("bash") or _which("sh")
        self.node = _which("node") or _which("nodejs")
        self._hear_children()
        hello = {
            "protocol": 1,
            "python": "%d.%d.%d" % sys.version_info[:3],
            "node": self.node,
            "shell": self.shell,
            "proxyPort": self.proxy.port,
        }
        self.line.send(0, "H", json.dumps(hello).encode())
        self.look_again()

    # What jobs ask of it.

    def environment(self, request):
        return {**self._env, **(request.get("env") or {})}

    def look_again(self):
        before = time.monotonic()
        self.looked = workspace.look(self.workspace)
        self._look_seconds = time.monotonic() - before
        return self.looked

    def look_before(self):
        """Where it costs next to nothing; else times tell what was there already."""
        return self.look_again() if self._look_seconds < _CHEAP_SECONDS else self.looked

    def grow(self, stdio, main, on_gone, extra=None, terminal=False):
        grown = tree.Tree(self.loop, stdio, main, on_gone, extra=extra, terminal=terminal)
        self._keepers.add(grown.keeper)
        self.watch.busy()
        return grown

    def kernel_main(self, language, once):
        """What the process of a language does: control messages are at descriptor 3."""
        if language == "python":

            def main():
                jobs.enter(self, self._env)
                python_kernel.serve(3, once, _OWN_MODULES)

            return main
        program = os.path.join(_OWN_FOLDER, "node_kernel.mjs")
        argv = [self.node, program, "once" if once else "keep"]

        def start():
            jobs.enter(self, self._env)
            os.set_inheritable(3, True)
            os.execv(argv[0], argv)

        return start

    def owners(self):
        """Those with a tree of processes; a run in a kernel counts through it."""
        own = [job for job in self.jobs.values() if not isinstance(job, jobs.KernelRun)]
        return own + [kernel for kernel in self.kernels.values() if not kernel.dead]

    def forget(self, job):
        self.jobs.pop(job.number, None)
        self.channels.pop(job.number, None)

    # Frames.

    def _on_frame(self, number, kind, payload):
        if kind in "RPT":
            self._start(number, kind, json.loads(payload))
        elif kind == "C":
            self._configure(json.loads(payload))
        elif kind == "Q":
            self._asked(number, json.loads(payload))
        elif number in self.channels:
            self._told(self.channels[number], kind, payload)

    def _told(self, channel, kind, payload):
        if kind == "W":
            channel.taken(payload)
        elif kind == "I":
            channel.put(payload)
        elif kind == "E":
            channel.end_input()
        elif kind == "K":
            channel.stop("stopped")
        elif kind == "S":
            channel.ask()
        elif kind == "Z":
            channel.resize(json.loads(payload))

    def _configure(self, told):
        self.limits = told["limits"]
        self._env = told["env"]

    def _start(self, number, kind, request):
        problem = self._problem()
        if problem is not None:
            self._refuse(number, problem)
            return
        try:
            job = self._job(number, kind, request)
        except OSError as error:
            self._refuse(number, "no_room: %s" % error.strerror)
            return
        self.jobs[number] = self.channels[number] = job
        self.line.send(number, "B")
        job.on_readable()

    def _refuse(self, number, problem):
        self.line.send(number, "F", json.dumps({"problem": problem}).encode())

    def _job(self, number, kind, request):
        if kind == "P":
            return jobs.Process(self, number, request)
        if kind == "T":
            return jobs.Terminal(self, number, request)
        if request["language"] == "shell":
            return jobs.Command(self, number, request, [self.shell, "-c", request["code"]])
        if request["fresh"]:
            return jobs.FreshCell(self, number, request)
        language = request["language"]
        kernel = self.kernels.get(language)
        if kernel is None or kernel.dead:
            kernel = self.kernels[language] = jobs.Kernel(self, language)
        if kernel.run is not None:
            raise OSError(errno.EBUSY, "busy")
        return jobs.KernelRun(self, number, request, kernel)

    def _problem(self):
        try:
            if os.stat(self.workspace).st_nlink == 0:
                return "workspace_missing"
        except OSError:
            return "workspace_missing"
        free = self.watch.free()
        return "disk_full" if free is not None and free < _LEAST_FREE else None

    def _asked(self, number, told):
        if told["ask"] == "usage":
            self.line.send(number, "A", json.dumps(self.watch.usage()).encode())
            return
        kernel = self.kernels.pop(told["language"], None)

        def done():
            self.line.send(number, "A", b"{}")

        if kernel is None:
            done()
        else:
            kernel.end(done)

    # Children.

    def _hear_children(self):
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._waking = (ours, theirs)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self.loop.on_readable(ours.fileno(), self._on_child)

    def _on_child(self):
        try:
            self._waking[0].recv(4096)
        except BlockingIOError:
            pass
        if self._reap():
            self._sweep()

    def _reap(self):
        """True: somebody may have lost its keeper. One that goes by itself leaves nobody behind."""
        suspicious = False
        while True:
            try:
                pid, how, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return suspicious
            if pid == 0:
                return suspicious
            self.spent += usage.ru_utime + usage.ru_stime
            suspicious = suspicious or how != 0 or pid not in self._keepers
            self._keepers.discard(pid)

    def _sweep(self):
        """Kills what has lost its keeper."""
        own = os.getpid()

        def strays(seen):
            lost = [p for p in seen.values() if p.parent == own and p.pid not in self._keepers]
            return lost + [each for stray in lost for each in processes.below(stray.pid, seen)]

        processes.kill_all(strays)

    def _on_end(self):
        # Behind a wall the first process takes all others with it.
        if os.getpid() != 1:
            self._keepers.clear()
            until = time.monotonic() + 2
            while time.monotonic() < until:
                self._sweep()
                self._reap()
                if not processes.below(os.getpid(), processes.look()):
                    break
                time.sleep(0.005)
        os._exit(0)


def _which(name):
    for folder in os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":"):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def main():
    processes.hide()
    processes.adopt()
    processes.no_new_privileges()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE,
                   signal.SIGUSR1, signal.SIGUSR2, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):  # fmt: skip
        signal.signal(number, signal.SIG_IGN)
    fd_in, fd_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.closerange(nothing, nothing + 1)
    os.chdir("/")
    supervisor = Supervisor(
        fd_in, fd_out, sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None
    )
    # What every fork would otherwise copy at its first collection.
    gc.collect()
    gc.freeze()
    while True:
        supervisor.loop.turn()


main()

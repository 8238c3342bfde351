"""Looking at processes and at what the system lets a process say about itself."""
import os
import signal
import sys

LINUX = sys.platform.startswith("linux")
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")

_SET_DUMPABLE = 4
_SET_NO_NEW_PRIVS = 38
_SET_CHILD_SUBREAPER = 36

if LINUX:
    import ctypes

    _libc = ctypes.CDLL(None)

    def _prctl(option, value):
        _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0)

else:

    def _prctl(option, value):
        pass


def hide():
    """Nobody of the same user may trace this process or look into its /proc."""
    _prctl(_SET_DUMPABLE, 0)


def show():
    _prctl(_SET_DUMPABLE, 1)


def adopt():
    """What loses its parent below this process becomes its child."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def no_new_privileges():
    _prctl(_SET_NO_NEW_PRIVS, 1)


def first_to_die():
    """When memory runs out, the code goes, never the supervisor."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("800")
    except OSError:
        pass


class Seen:
    """One process as /proc shows it."""

    __slots__ = ("pid", "parent", "state", "threads", "cpu", "born", "resident")

    def __init__(self, pid, parent, state, threads, cpu, born, resident):
        self.pid = pid
        self.parent = parent
        self.state = state
        self.threads = threads
        self.cpu = cpu
        self.born = born
        self.resident = resident


def look():
    """All processes that can be seen: pid to Seen."""
    return _from_proc() if LINUX else _from_ps()


def _from_proc():
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/" + name + "/stat", "rb", 0) as file:
                line = file.read(1024)
        except OSError:
            continue
        # The name stands in parentheses and may hold any character.
        fields = line[line.rfind(b")") + 2 :].split()
        if len(fields) < 22:
            continue
        pid = int(name)
        found[pid] = Seen(
            pid,
            int(fields[1]),
            fields[0].decode(),
            int(fields[17]),
            (int(fields[11]) + int(fields[12])) / TICKS,
            int(fields[19]),
            int(fields[21]) * PAGE,
        )
    return found


def _from_ps():
    import subprocess

    out = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,state=,rss="], stdout=subprocess.PIPE, check=False
    ).stdout
    found = {}
    for line in out.decode().splitlines():
        pid, parent, state, resident = line.split()[:4]
        found[int(pid)] = Seen(int(pid), int(parent), state[0], 1, 0.0, 0, int(resident) * 1024)
    return found


def below(root, seen):
    """The processes below `root`, nearest first, `root` left out."""
    children = {}
    for each in seen.values():
        children.setdefault(each.parent, []).append(each)
    found = []
    waiting = [root]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.append(child)
            waiting.append(child.pid)
    return found


_CROWD = 40


def kill_all(members):
    """Kills those that `members(seen)` finds, and what they start meanwhile: first nobody may move,
    then nobody may live."""
    stopped = set()
    while True:
        seen = look()
        fresh = [p.pid for p in members(seen) if p.pid not in stopped and p.state != "Z"]
        if not fresh:
            break
        if len(fresh) > _CROWD and os.getpid() == 1:
            _kill_crowd(members)
            return
        for pid in fresh:
            signal_quietly(pid, signal.SIGSTOP)
        stopped.update(fresh)
    for pid in stopped:
        signal_quietly(pid, signal.SIGKILL)


def _kill_crowd(members):
    # One signal to all at once, which nobody can fork away from. The first process of a PID namespace
    # is the only one that may do this: elsewhere it would reach the whole machine.
    signal_quietly(-1, signal.SIGSTOP)
    try:
        for process in members(look()):
            signal_quietly(process.pid, signal.SIGKILL)
    finally:
        signal_quietly(-1, signal.SIGCONT)


def signal_quietly(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass

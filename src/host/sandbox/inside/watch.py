"""Sees to it that nothing takes more than its share of memory, processes and disk, where no cgroup
does, and tells what is used."""
import os

import processes

_TICK_SECONDS = 0.1
_IDLE_SECONDS = 0.5
_LEAST_FREE = 256 << 20
_PATIENCE = 5
_BEYOND_DOUBT = 4


class Watch:
    def __init__(self, house):
        self._house = house
        self._timer = None
        self._count = 0
        self._full = 0
        # The first process of a container sees the container's own numbers there.
        found = _first if os.getpid() == 1 else _none
        self._memory = found(
            ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")
        )
        self._oom = found(("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"))
        self._pids = found(("/sys/fs/cgroup/pids.current", "/sys/fs/cgroup/pids/pids.current"))

    def busy(self):
        """Something started."""
        if self._timer is None:
            self._timer = self._house.loop.later(_TICK_SECONDS, self._tick)

    def free(self):
        try:
            at = os.statvfs(self._house.workspace)
        except OSError:
            return None
        return at.f_bavail * at.f_frsize

    def ooms(self):
        """How often the cgroup killed for want of memory; 0 where there is none."""
        for line in _text(self._oom).splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
        return 0

    def usage(self):
        seen = self._inside()
        limits = self._house.limits
        memory = _number(self._memory)
        return {
            "memoryBytes": sum(p.resident for p in seen) if memory is None else memory,
            "memoryLimitBytes": limits.get("memoryBytes"),
            "cpuSeconds": (self._memory and _cgroup_cpu())
            or self._house.spent + sum(p.cpu for p in seen),
            "processes": len(seen),
            "processLimit": limits.get("processes"),
        }

    def _inside(self):
        seen = processes.look()
        own = [seen[os.getpid()]] + processes.below(os.getpid(), seen)
        return [process for process in own if process.state != "Z"]

    def _tick(self):
        house = self._house
        self._timer = None
        owners = house.owners()
        if not owners:
            return
        self._count += 1
        seen = processes.look()
        self._see(owners, seen)
        if self._count % 3 == 0:
            self._see_disk(seen)
        seconds = _TICK_SECONDS if house.jobs else _IDLE_SECONDS
        self._timer = house.loop.later(seconds, self._tick)

    def _see(self, owners, seen):
        limits = self._house.limits
        memory = threads = 0
        largest = (0, None)
        most = (0, None)
        for owner in owners:
            members = processes.below(owner.tree.keeper, seen)
            resident = sum(p.resident for p in members)
            count = sum(p.threads for p in members)
            memory += resident
            threads += count
            largest = max(largest, (resident, owner), key=_first_of)
            most = max(most, (count, owner), key=_first_of)
            job = owner if hasattr(owner, "peak") else owner.run
            if job is not None:
                job.peak = max(job.peak, resident)
        limit = limits.get("memoryBytes")
        if limit and memory > limit and _shared_out(seen) > limit:
            _end(largest[1], "memory")
        limit = limits.get("processes")
        if limit:
            self._see_threads(threads, limit, most[1])

    def _see_threads(self, threads, limit, owner):
        in_group = _number(self._pids)
        now = threads if in_group is None else max(threads, in_group)
        if now > limit:
            _end(owner, "processes")
            return
        self._full = self._full + 1 if now >= limit - 2 else 0
        if self._full >= _PATIENCE:
            self._full = 0
            _end(owner, "processes")

    def _see_disk(self, seen):
        free = self.free()
        quota = self._house.limits.get("diskBytes")
        if free is None or not quota:
            return
        for job in list(self._house.jobs.values()):
            if job.free is None:
                continue
            taken = job.free - free
            if free < _LEAST_FREE <= job.free or taken > _BEYOND_DOUBT * quota:
                job.stop("disk")
            elif taken > quota and _written(job, seen) > quota / 2:
                job.stop("disk")


def _written(job, seen):
    """What it wrote itself: others of the machine fill its disk too. Those that its keeper reaped are
    not in it, which is why there is a limit beyond doubt."""
    total = 0
    for process in processes.below(job.tree.keeper, seen):
        for line in _text("/proc/%d/io" % process.pid).splitlines():
            if line.startswith("write_bytes:"):
                total += int(line.split()[1])
    return total


def _end(owner, reason):
    if owner is None:
        return
    job = owner if hasattr(owner, "stop") else owner.run
    if job is not None:
        job.stop(reason)
    else:
        owner.tree.end()


def _first_of(pair):
    return pair[0]


def _shared_out(seen):
    """Memory with each shared page counted once; dearer to ask for than what is resident."""
    total = 0
    for pid, process in seen.items():
        try:
            with open("/proc/%d/smaps_rollup" % pid) as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
                        break
        except OSError:
            # One that hides counts whole.
            total += process.resident if pid != os.getpid() else 0
    return total


def _cgroup_cpu():
    for line in _text("/sys/fs/cgroup/cpu.stat").splitlines():
        if line.startswith("usage_usec "):
            return int(line.split()[1]) / 1e6
    nanoseconds = _number("/sys/fs/cgroup/cpuacct/cpuacct.usage")
    return None if nanoseconds is None else nanoseconds / 1e9


def _none(_paths):
    return None


def _first(paths):
    for path in paths:
        if _text(path):
            return path
    return None


def _number(path):
    try:
        return int(_text(path))
    except ValueError:
        return None


def _text(path):
    if path is None:
        return ""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""

"""What changed in the workspace during a run: a look after it, compared with the look before.

A file counts when it differs and its inode changed after the run began, so that what the person or
the host wrote in between is not told as the program's doing."""
import os
import stat
import sys
import time

MOST_ENTRIES = 20_000
MOST_CHANGES = 500
_LEFT_OUT = {".git", "node_modules", "__pycache__"}


def now():
    # The coarse clock that Linux stamps files with; Python has no name for it.
    return time.clock_gettime_ns(5) if sys.platform.startswith("linux") else time.time_ns()


def look(root):
    """Paths relative to `root`: (mtime, size, inode, ctime), folders with size -1. Links are not followed."""
    found = {}
    waiting = [("", root)]
    while waiting and len(found) < MOST_ENTRIES:
        prefix, folder = waiting.pop(0)
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name in _LEFT_OUT:
                        continue
                    try:
                        info = entry.stat(follow_symlinks=False)
                    except OSError:
                        continue
                    path = prefix + entry.name
                    is_folder = stat.S_ISDIR(info.st_mode)
                    size = -1 if is_folder else info.st_size
                    found[path] = (info.st_mtime_ns, size, info.st_ino, info.st_ctime_ns)
                    if is_folder:
                        waiting.append((path + "/", entry.path))
                    if len(found) >= MOST_ENTRIES:
                        break
        except OSError:
            continue
    return found


def compare(before, after, since, root):
    """([{path, change}], how many more), sorted by path. Folders themselves are not told."""
    changes = []
    for path, entry in after.items():
        if entry[1] < 0 or entry[3] < since:
            continue
        old = before.get(path)
        if old is None or old[1] < 0:
            changes.append((path, "created"))
        elif old[:3] != entry[:3]:
            changes.append((path, "modified"))
    # A look that had to stop somewhere cannot tell what is gone.
    if len(after) < MOST_ENTRIES:
        changes.extend(_deleted(before, after, since, root))
    changes.sort()
    told = [{"path": _text(path), "change": change} for path, change in changes[:MOST_CHANGES]]
    return told, max(0, len(changes) - MOST_CHANGES)


def _deleted(before, after, since, root):
    for path, entry in before.items():
        if path in after or entry[1] < 0:
            continue
        folder = path
        while True:
            folder = folder.rpartition("/")[0]
            if not folder or folder in after:
                break
        try:
            changed = after[folder][3] if folder else os.stat(root).st_ctime_ns
        except OSError:
            continue
        if changed >= since:
            yield path, "deleted"


def _text(path):
    """Names are bytes; what is no UTF-8 shows as it can be shown."""
    return os.fsencode(path).decode("utf-8", "replace")

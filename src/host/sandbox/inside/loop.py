"""What the supervisor waits for: readable and writable descriptors, and times."""
import heapq
import selectors
import time


class Loop:
    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._callbacks = {}
        self._timers = []
        self._count = 0

    def on_readable(self, fd, callback):
        self._set(fd, 0, callback)

    def on_writable(self, fd, callback):
        self._set(fd, 1, callback)

    def forget(self, fd):
        if self._callbacks.pop(fd, None) is not None:
            self._selector.unregister(fd)

    def _set(self, fd, side, callback):
        before = self._callbacks.get(fd)
        after = list(before or (None, None))
        after[side] = callback
        mask = (selectors.EVENT_READ if after[0] else 0) | (selectors.EVENT_WRITE if after[1] else 0)
        if not mask:
            self.forget(fd)
            return
        self._callbacks[fd] = after
        if before is None:
            self._selector.register(fd, mask)
        else:
            self._selector.modify(fd, mask)

    def later(self, seconds, callback):
        """Returns what `cancel` takes."""
        self._count += 1
        timer = [time.monotonic() + seconds, self._count, callback]
        heapq.heappush(self._timers, timer)
        return timer

    @staticmethod
    def cancel(timer):
        if timer is not None:
            timer[2] = None

    def turn(self):
        timers = self._timers
        while timers and timers[0][2] is None:
            heapq.heappop(timers)
        wait = max(0.0, timers[0][0] - time.monotonic()) if timers else None
        for key, events in self._selector.select(wait):
            # A callback before this one may have let go of the descriptor.
            for side, event in ((0, selectors.EVENT_READ), (1, selectors.EVENT_WRITE)):
                callback = self._callbacks.get(key.fd, (None, None))[side]
                if events & event and callback is not None:
                    callback()
        now = time.monotonic()
        while timers and timers[0][0] <= now:
            callback = heapq.heappop(timers)[2]
            if callback is not None:
                callback()

    def close(self):
        self._selector.close()

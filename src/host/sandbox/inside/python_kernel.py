"""A Python process that runs cells and keeps their names, as a notebook does. Forked from the
supervisor, whose modules it forgets."""
import ast
import atexit
import builtins
import io
import json
import linecache
import os
import signal
import struct
import sys
import threading
import traceback
import types
import warnings

_HEADER = struct.Struct(">IB")
_PIECE = 32 << 10
_LARGEST_DISPLAY = 32 << 20
_MOST_ROWS = 10_000


def serve(control, once, forget):
    """Runs cells as they come over the descriptor `control`; `once`: one, then ends as a script does."""
    for name in forget:
        sys.modules.pop(name, None)
    os.set_inheritable(control, False)
    kernel = _Kernel(control)
    signal.signal(signal.SIGINT, kernel.interrupted)
    # As Python has it: a file that grows too large is an error, not an end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    while True:
        message = kernel.receive()
        if message is None:
            os._exit(0)
        if once:
            code = kernel.run(message)
            kernel.answer(code)
            _leave(code)
        kernel.answer(kernel.run(message))


def _leave(code):
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


class _Kernel:
    def __init__(self, control):
        self._control = control
        self._running = False
        self._count = 0
        self._displays = 0
        self._out_of_memory = False
        self._async = None
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = main
        self._names = main.__dict__
        sys.argv = [""]
        sys.path.insert(0, "")
        _add_user_site()
        for name, fd in (("stdout", 1), ("stderr", 2)):
            raw = io.FileIO(fd, "w", closefd=False)
            stream = io.TextIOWrapper(
                io.BufferedWriter(raw, 64 << 10), "utf-8", "backslashreplace", line_buffering=True
            )
            setattr(sys, name, stream)
            setattr(sys, "__%s__" % name, stream)
        builtins.display = self._show_all
        # What `show` of matplotlib says where there is no screen: open figures are shown anyway.
        warnings.filterwarnings("ignore", message=".*non-(interactive|GUI backend).*")

    # The supervisor's side.

    def receive(self):
        head = self._read(_HEADER.size)
        if head is None:
            return None
        payload = self._read(_HEADER.unpack(head)[0])
        return None if payload is None else json.loads(payload)

    def _read(self, size):
        parts = b""
        while len(parts) < size:
            part = os.read(self._control, size - len(parts))
            if not part:
                return None
            parts += part
        return parts

    def _send(self, kind, payload):
        data = memoryview(_HEADER.pack(len(payload), ord(kind)) + payload)
        while data:
            data = data[os.write(self._control, data) :]

    def answer(self, code):
        told = {"exit": code, "peak": _peak(), "memory": self._out_of_memory}
        self._send("X", json.dumps(told).encode())

    # A cell.

    def run(self, message):
        before = dict(os.environ)
        os.environ.update(message["env"])
        stdin = message["stdin"]
        _set_stdin(stdin)
        self._count += 1
        self._out_of_memory = False
        _reset_peak()
        signal.signal(signal.SIGINT, self.interrupted)
        code = 1
        try:
            self._running = True
            code = self._cell(message["code"], "<cell %d>" % self._count)
            self._running = False
        except KeyboardInterrupt:
            self._running = False
            sys.stderr.write("KeyboardInterrupt\n")
            code = 130
        if os.environ != before:
            for name in message["env"]:
                if name in before:
                    os.environ[name] = before[name]
                else:
                    os.environ.pop(name, None)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        return code

    def interrupted(self, _number, _frame):
        if self._running:
            raise KeyboardInterrupt

    def _cell(self, code, name):
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        try:
            self._evaluate(code, name)
            self._show_figures()
            return 0
        except KeyboardInterrupt:
            raise
        except SystemExit as leaving:
            return _exit_code(leaving)
        except BaseException as error:  # noqa: BLE001 - it is the program's
            self._out_of_memory = isinstance(error, MemoryError)
            _tell(error, name)
            self._show_figures()
            return 1

    def _evaluate(self, code, name):
        tree = ast.parse(code, name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
            last = ast.Expression(tree.body.pop().value)
        if tree.body:
            self._execute(tree, name, "exec")
        if last is not None:
            value = self._execute(last, name, "eval")
            if value is not None:
                self._names["_"] = value
                self._show(value)

    def _execute(self, tree, name, mode):
        compiled = compile(
            tree, name, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
        if not compiled.co_flags & 0x80:  # No coroutine.
            return eval(compiled, self._names)
        import asyncio  # Large, and few cells need it.

        if self._async is None:
            self._async = asyncio.new_event_loop()
            asyncio.set_event_loop(self._async)
        return self._async.run_until_complete(eval(compiled, self._names))

    # What can be looked at.

    def _show_all(self, *values):
        for value in values:
            self._show(value)

    def _show(self, value):
        if self._show_figure(value) or self._show_picture(value):
            return
        print(_as_text(value))
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(value, getattr(pandas, "DataFrame", ())):
            head = value.head(_MOST_ROWS)
            title = "%d rows, %d columns" % value.shape
            if len(value) > _MOST_ROWS:
                title += " (the first %d)" % _MOST_ROWS
            self._display("text/csv", "table", ".csv", title, head.to_csv().encode())

    def _show_figure(self, value):
        module = sys.modules.get("matplotlib.figure")
        if module is None or not isinstance(value, getattr(module, "Figure", ())):
            return False
        pyplot = sys.modules.get("matplotlib.pyplot")
        # One that pyplot knows is shown with those that are open.
        if pyplot is None or getattr(value, "number", None) not in pyplot.get_fignums():
            self._figure(value)
        return True

    def _show_figures(self):
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not hasattr(pyplot, "get_fignums"):
            return
        for number in pyplot.get_fignums():
            self._figure(pyplot.figure(number))
        pyplot.close("all")

    def _figure(self, figure):
        picture = io.BytesIO()
        figure.savefig(picture, format="png", bbox_inches="tight")
        title = ""
        if getattr(figure, "_suptitle", None) is not None:
            title = figure._suptitle.get_text()
        for axes in figure.axes if not title else ():
            title = title or axes.get_title()
        self._display("image/png", "figure", ".png", title, picture.getvalue())

    def _show_picture(self, value):
        for method, mime, extension in (
            ("_repr_png_", "image/png", ".png"),
            ("_repr_jpeg_", "image/jpeg", ".jpg"),
            ("_repr_svg_", "image/svg+xml", ".svg"),
        ):
            draw = getattr(value, method, None)
            if draw is None or isinstance(value, type):
                continue
            picture = draw()
            if picture:
                if isinstance(picture, str):
                    picture = picture.encode()
                self._display(mime, "image", extension, "", picture)
                return True
        return False

    def _display(self, mime, name, extension, title, data):
        if len(data) > _LARGEST_DISPLAY:
            sys.stderr.write("What was to be shown is larger than 32 MB: save it as a file.\n")
            return
        sys.stdout.flush()
        sys.stderr.flush()
        self._displays += 1
        head = {
            "mime": mime,
            "name": "%s-%d%s" % (name, self._displays, extension),
            "title": str(title),
            "size": len(data),
        }
        self._send("D", json.dumps(head).encode())
        for at in range(0, len(data), _PIECE):
            self._send("d", data[at : at + _PIECE])


def _as_text(value):
    text = repr(value)
    if len(text) > 100 and type(value) in (dict, list, tuple, set):
        import pprint

        return pprint.pformat(value, width=100, sort_dicts=False)
    return text


def _exit_code(leaving):
    code = leaving.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write("%s\n" % (code,))
    return 1


def _tell(error, name):
    """The traceback without the frames of this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == name:
        trace = None
    try:
        sys.stderr.write("".join(traceback.format_exception(type(error), error, trace)))
    except (MemoryError, RecursionError):
        sys.stderr.write("%s\n" % type(error).__name__)


def _set_stdin(text):
    if text is None:
        fd = os.open(os.devnull, os.O_RDONLY)
    else:
        fd = held(text.encode())
    os.dup2(fd, 0)
    os.close(fd)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(
        io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", "replace"
    )


def held(data):
    """A descriptor from which `data` can be read, without a file that anybody sees."""
    if hasattr(os, "memfd_create"):
        fd = os.memfd_create("input")
    else:
        import tempfile

        fd, path = tempfile.mkstemp()
        os.unlink(path)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _add_user_site():
    """Where `pip install --user` puts packages: it may come later."""
    base = os.environ.get("PYTHONUSERBASE")
    if base:
        path = "%s/lib/python%d.%d/site-packages" % ((base,) + sys.version_info[:2])
        sys.path.insert(1, path)


def _reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def _peak():
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0

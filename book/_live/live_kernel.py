"""The Python side of a live page: cells, their outputs, and widgets over postMessage.

There is no server and no Jupyter protocol. The worker calls `run` and `receive`; everything that
Python shows goes to the page through `js.livePost(kind, JSON, buffers)`.
"""

import ast
import contextlib
import io
import json
import linecache
import random
import sys
import traceback
from importlib import import_module

import comm
import js
import live_imports  # noqa: F401 (first: it makes IPython light)
from comm.base_comm import BaseComm, CommManager
from IPython.core import interactiveshell
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.display import display
from pyodide.ffi import to_js

random.seed()  # the snapshot's generator is the same for everybody


class Current:
    """Which cell's output is being written, and in answer to which message of the page.

    The cell is the running one, or the owner of the widget that the message is for; message 0 is
    none.
    """

    cell = 0
    message = 0


def post(kind, content, buffers=()):
    """Send a message to the page."""
    binary = to_js([bytes(part) for part in buffers])
    js.livePost(kind, json.dumps(content, default=str), binary)


def emit(output):
    """Show one output, in the form of a notebook's outputs."""
    if captures:
        captures[-1].append(output)
    else:
        post("output", {"cell": Current.cell, "output": output})


# --- widgets -------------------------------------------------------------------------------------


class PageComm(BaseComm):
    """A widget's line to its half in the page."""

    def __init__(self, *args, **keys):
        self.cell = Current.cell
        super().__init__(*args, **keys)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        """Send one message of this comm to the page."""
        content = {"comm_id": self.comm_id, "data": data or {}, "metadata": metadata or {}, **keys}
        post(msg_type, content | {"cell": self.cell, "parent": Current.message}, buffers or ())


manager = CommManager()
comm.create_comm = PageComm
comm.get_comm_manager = lambda: manager


def receive(comm_id, kind, data, buffers, sequence):
    """Hand a message from the page, its number is `sequence`, to the widget that it is for."""
    line = manager.comms.get(comm_id)
    if line is None:
        return
    Current.cell, Current.message = line.cell, sequence
    content = {"comm_id": comm_id, "data": json.loads(data)}
    message = {"content": content, "buffers": [memoryview(part.to_py()) for part in buffers]}
    try:
        (line.handle_close if kind == "comm_close" else line.handle_msg)(message)
    except BaseException:
        # A callback may raise anything, SystemExit too; the page shows it at the cell and lives on.
        shell.showtraceback()
    finally:
        Current.message = 0


# --- output --------------------------------------------------------------------------------------


class Stream(io.TextIOBase):
    """What print writes to."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name

    def write(self, text):
        """Send the text to the page at once."""
        if text:
            emit({"output_type": "stream", "name": self.name, "text": text})
        return len(text)


class Publisher(DisplayPublisher):
    """What display() writes to."""

    def publish(self, data, metadata=None, **_):
        """Send one mimebundle to the page."""
        emit({"output_type": "display_data", "data": data, "metadata": metadata or {}})

    def clear_output(self, wait=False):
        """Empty the output, now or when the next one comes."""
        if captures:
            captures[-1].clear(wait)
        else:
            post("clear_output", {"cell": Current.cell, "wait": wait})


class Events:
    """What a comm announces to IPython's shell around each message; nobody listens here."""

    def trigger(self, event, *details):
        """Do nothing."""


class Shell:
    """Runs cells in one namespace; what ipywidgets and display() ask an IPython shell for."""

    def __init__(self):
        self.events = Events()
        self.display_formatter = DisplayFormatter()
        self.display_pub = Publisher()
        self.user_ns = {"__name__": "__main__", "display": None}

    @classmethod
    def initialized(cls):
        """Whether there is a shell: always, here."""
        return True

    @classmethod
    def instance(cls):
        """The only shell."""
        return shell

    def run_cell(self, code, name):
        """Run the code and show the value of a last expression; whether no error was raised."""
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        try:
            tree = ast.parse(code, name)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), self.user_ns)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), name, "eval"), self.user_ns)
                self.show(value, silent=code.rstrip().endswith(";"))
        except BaseException:
            # A reader's cell may raise anything, SystemExit too; the page shows it and lives on.
            self.showtraceback()
            return False
        return True

    def show(self, value, silent=False):
        """Show a value as a notebook does: not None, and nothing after a semicolon."""
        if value is None or silent:
            return
        data, metadata = self.display_formatter.format(value)
        if data:  # a widget displays itself and leaves nothing to show
            self.display_pub.publish(data, metadata)

    def showtraceback(self, error=None, **_):
        """Show the error that is being handled, without the lines of this file."""
        kind, value, trace = error or sys.exc_info()
        while trace and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        lines = "".join(traceback.format_exception(kind, value, trace)).splitlines()
        # Not str(value): an error may have no text, or fail to give it.
        text = traceback.format_exception_only(kind, value)[-1].strip().partition(": ")[2]
        post_error = {"ename": kind.__name__, "evalue": text, "traceback": lines}
        emit({"output_type": "error"} | post_error)


shell = Shell()
interactiveshell.InteractiveShell = Shell
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
shell.user_ns["display"] = display


def run(cell, code, replay):
    """Run one cell's code; whether it ended without an error.

    `replay` says that the page is going live and runs every cell, and not the reader this one.
    """
    Current.cell = cell
    if journal := sys.modules.get(JOURNAL):
        journal.replaying = replay
    ok = shell.run_cell(code, f"<cell {cell + 1}>")
    keep_journal()
    return ok


# --- exercises: attempts outlive the visit --------------------------------------------------------

JOURNAL = "models.grading.journal"


def restore(text):
    """Take back the attempts of an earlier visit; what another edition kept may not be readable."""
    journal = import_module(JOURNAL)
    journal.replaying = True
    with contextlib.suppress(ValueError):
        journal.restore(text)


def keep_journal():
    """Give the attempts to the page, which keeps them in the browser."""
    if journal := sys.modules.get(JOURNAL):
        post("journal", {"text": journal.dump()})


# --- ipywidgets.Output ---------------------------------------------------------------------------


class Capture:
    """An Output widget that what is shown goes into."""

    def __init__(self, widget):
        self.widget, self.clear_first = widget, False

    def clear(self, wait):
        """Empty the widget, now or when the next output comes."""
        self.clear_first = wait
        if not wait:
            self.widget.outputs = ()

    def append(self, output):
        """Add an output; text of one stream grows together."""
        before = () if self.clear_first else self.widget.outputs
        self.clear_first = False
        last = before[-1] if before else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            joined = {**last, "text": last["text"] + output["text"]}
            self.widget.outputs = (*before[:-1], joined)
        else:
            self.widget.outputs = (*before, output)


captures: list[Capture] = []


def let_output_capture():
    """Give ipywidgets.Output a meaning here: it captures while its `with` block runs."""
    from ipywidgets.widgets.widget_output import Output

    def enter(self):
        captures.append(Capture(self))
        return self

    def leave(self, kind, value, trace):
        if kind is not None:
            shell.showtraceback((kind, value, trace))
        capture = captures.pop()
        if capture.clear_first:
            capture.clear(wait=False)
        return True if kind is not None else None

    def clear_output(self, *args, **keys):
        with self:
            shell.display_pub.clear_output(*args, **keys)

    Output.__enter__, Output.__exit__, Output.clear_output = enter, leave, clear_output


let_output_capture()

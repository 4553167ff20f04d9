"""The Python side of a live page: IPython without a terminal, widgets over postMessage.

There is no server and no Jupyter protocol. The worker calls `run` and `receive`; everything that
Python shows goes to the page through `js.livePost(kind, JSON, buffers)`.
"""

import io
import json
import sys
import types

import comm
import js
from comm.base_comm import BaseComm, CommManager
from pyodide.ffi import to_js


def stand_in(name, **attributes):
    """Put an empty module where IPython imports one that no page needs."""
    module = types.ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module


# IPython's terminal and history would bring prompt_toolkit and SQLite: a megabyte nobody uses.
stand_in("IPython.terminal", __path__=[])
stand_in("IPython.terminal.embed", embed=None)
stand_in("sqlite3", DatabaseError=Exception, OperationalError=Exception, Connection=object)

from IPython.core.displayhook import DisplayHook  # noqa: E402
from IPython.core.displaypub import DisplayPublisher  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from traitlets.config import Config  # noqa: E402


class Current:
    """Which cell's output is being written: the running one, or the owner of a widget."""

    cell = 0


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
        post(msg_type, content | {"cell": self.cell}, buffers or ())


manager = CommManager()
comm.create_comm = PageComm
comm.get_comm_manager = lambda: manager


def receive(comm_id, kind, data, buffers):
    """Hand a message from the page to the widget that it is for."""
    line = manager.comms.get(comm_id)
    if line is None:
        return
    Current.cell = line.cell
    content = {"comm_id": comm_id, "data": json.loads(data)}
    message = {"content": content, "buffers": [memoryview(part.to_py()) for part in buffers]}
    if kind == "comm_close":
        line.handle_close(message)
    else:
        line.handle_msg(message)


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


class Hook(DisplayHook):
    """What a cell's last expression writes to."""

    def write_output_prompt(self):
        """Write no Out[n]."""

    def write_format_data(self, format_dict, md_dict=None):
        """Send the value's mimebundle to the page."""
        emit({"output_type": "display_data", "data": format_dict, "metadata": md_dict or {}})

    def finish_displayhook(self):
        """Nothing is left to flush."""


class Shell(InteractiveShell):
    """IPython with the page as its only output."""

    def _showtraceback(self, etype, evalue, stb):
        emit(
            {
                "output_type": "error",
                "ename": etype.__name__,
                "evalue": str(evalue),
                "traceback": stb,
            }
        )


settings = Config()
settings.HistoryManager.enabled = False
shell = Shell.instance(
    display_pub_class=Publisher, displayhook_class=Hook, colors="NoColor", config=settings
)
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")


def run(cell, code):
    """Run one cell's code; whether it ended without an error."""
    Current.cell = cell
    return bool(shell.run_cell(code, store_history=False).success)


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

    def leave(self, kind, value, traceback):
        if kind is not None:
            shell.showtraceback((kind, value, traceback), tb_offset=0)
        capture = captures.pop()
        if capture.clear_first:
            capture.clear(wait=False)
        return True if kind is not None else None

    def clear_output(self, *args, **keys):
        with self:
            shell.display_pub.clear_output(*args, **keys)

    Output.__enter__, Output.__exit__, Output.clear_output = enter, leave, clear_output


let_output_capture()

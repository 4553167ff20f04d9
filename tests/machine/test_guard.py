"""The guard of the clock stops what does not end, inside WebAssembly too."""

import os
import time

import pytest

from tests.machine.guard import guarded


def ends() -> None:
    """Nothing to do."""


def fails() -> None:
    raise ValueError("planted")


def dies() -> None:
    os._exit(1)


def hangs_in_webassembly() -> None:
    from models.machine.tiers.webassembly import encoder as w
    from models.machine.tiers.webassembly.frame import TYPES
    from models.machine.tiers.webassembly.host import make_host

    code = w.Code()
    code.loop("ever")
    code.br("ever")
    code.end()
    code.op(w.UNREACHABLE)
    make_host(1 << 16).function(w.module(TYPES, [(0, [], code)], export=0))()


def test_what_does_not_end_is_stopped_with_a_sentence() -> None:
    pytest.importorskip("wasmtime")
    with guarded(60) as guard:
        guard(ends)
        with pytest.raises(AssertionError, match=r"fails\(\) failed:(.|\n)*ValueError: planted"):
            guard(fails)
        with pytest.raises(AssertionError, match=r"dies\(\) ended its process"):
            guard(dies)
        guard(ends)  # in a new process
        guard.seconds = 2
        began = time.monotonic()
        with pytest.raises(AssertionError, match=r"did not end within 2 s and was stopped"):
            guard(hangs_in_webassembly)
        assert time.monotonic() - began < 30

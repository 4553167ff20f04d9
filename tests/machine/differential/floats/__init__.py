"""Floating point on this board and on QEMU.

- `values`: the numbers at which arithmetic goes wrong;
- `directed`: each instruction in each rounding mode on such numbers, results and flags compared;
- `generate`: random programs in which floating point stands among the rest;
- `explained`: the differences that are understood.

``python -m tests.machine.differential --floats`` runs a batch of programs.
"""

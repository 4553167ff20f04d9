"""Floating point on this board and on QEMU.

- `values`: the numbers at which arithmetic goes wrong;
- `directed`: each instruction in each rounding mode on such numbers, results and flags compared.
"""

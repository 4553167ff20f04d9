"""Random programs with the H extension: hypervisor and guest in one, on QEMU and on our board.

The frame, the pieces that compute, and the comparison are those of `tests.machine.differential`.

- `layout`: what is in a slot besides;
- `second_stage`: the hypervisor's page tables;
- `pieces`: the privileged pieces, by mode;
- `generate`: the programs;
- `explained`: the differences that are understood.

``python -m tests.machine.differential --hypervisor`` runs a batch and prints the report.
"""

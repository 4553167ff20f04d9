"""Random programs on this board and on QEMU, compared by what they leave in memory.

- `layout`: where a program's code, data, page tables and trap log lie;
- `frame`: the machine-mode frame that runs program after program and records every trap;
- `emit`, `compute`, `system`, `tables`, `generate`: the random programs;
- `engines`: one image on QEMU and on our board;
- `explained`: the differences that are understood, each with its reason;
- `compare`, `report`: what differs, and what the programs reached;
- `user_mode`: unprivileged programs against Unicorn.

``python -m tests.machine.differential`` runs a batch and prints the report.
"""

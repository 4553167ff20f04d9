"""Damaged inputs: programs, page tables, virtqueues, ELF files, snapshots, assembly source.

Each subject makes valid inputs, damages them knowing their structure, and feeds them in. Nothing
may come out but the documented error; guests raise nothing, touch nothing that is not theirs, and
end in time. ``python -m tests.machine.robust`` prints how many inputs got past the first check and
which error branches were reached.
"""

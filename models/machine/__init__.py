"""The emulated hardware: a RISC-V board in pure Python that real software runs on."""

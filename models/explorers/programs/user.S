# U-mode can compute and it can ask; a privileged instruction ends in the handler instead.
_start: la   t0, handler
        csrw mtvec, t0
        li   t0, -1
        csrw pmpaddr0, t0       # one region: all of memory ...
        li   t0, 0x1f
        csrw pmpcfg0, t0        # ... open to read, write and execute
        la   t0, program
        csrw mepc, t0
        csrw mstatus, zero      # MPP = 0: the mode that mret returns to is U
        mret

program:
        li   a0, 40
        addi a0, a0, 2
        csrr a1, mstatus        # not for U-mode: traps
        ecall                   # "I have finished": traps, too
        j    program

        .balign 4
handler:
        csrr t1, mcause
        li   t2, 8              # an ecall from U-mode
        beq  t1, t2, done
        csrr t1, mepc
        addi t1, t1, 4          # csrr is four bytes long
        csrw mepc, t1
        mret
done:   wfi

# What may U-mode count? mcounteren decides: with its bit 0 clear, rdcycle traps.
_start: la   t0, handler
        csrw mtvec, t0
        li   t0, -1
        csrw pmpaddr0, t0
        li   t0, 0x1f
        csrw pmpcfg0, t0
        csrwi mcounteren, 0     # change 0 to 1 and run again
        la   t0, program
        csrw mepc, t0
        csrw mstatus, zero
        mret

program:
        rdcycle a0
        nop
        rdcycle a1
        sub  a2, a1, a0
        ecall

        .balign 4
handler:
        csrr a7, mcause         # 2: illegal instruction; 8: the ecall
done:   wfi

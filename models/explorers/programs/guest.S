# A guest on a processor with the H extension: its kernel in VS, its program in VU, its host in HS.
_start: la   t0, owner
        csrw mtvec, t0
        li   t0, -1
        csrw pmpaddr0, t0
        li   t0, 0x1f
        csrw pmpcfg0, t0
        li   t0, 1 << 8 | 1 << 10
        csrw medeleg, t0        # delegated to HS: an ecall from VU, and one from VS
        la   t0, host
        csrw mepc, t0
        li   t0, 1 << 11
        csrw mstatus, t0        # MPP = 1: S, which is called HS here
        mret

host:   la   t0, exit
        csrw stvec, t0
        li   t0, 1 << 8
        csrw hedeleg, t0        # and of these to the guest's own kernel: an ecall from VU
        csrs sstatus, t0        # SPP = 1, and
        li   t0, 1 << 7
        csrw hstatus, t0        # SPV = 1: sret goes to VS
        la   t0, kernel
        csrw sepc, t0
        sret

# From here to the last ecall these are the kernel and the program of delegate.S.
kernel: la   t0, service
        csrw stvec, t0
        la   t0, program
        csrw sepc, t0
        csrw sstatus, zero      # SPP = 0: U, which is VU here
        sret

program:
        li   a0, 41
        ecall                   # the kernel is to add one
        csrr a1, sstatus        # not delegated: the owner's

        .balign 4
service:
        addi a0, a0, 1
        csrr t1, sepc
        addi t1, t1, 4
        csrw sepc, t1
        ecall                   # the kernel asks what it takes for the machine's owner
        sret

        .balign 4
exit:   csrr t2, sepc
        addi t2, t2, 4
        csrw sepc, t2
        sret                    # SPV and SPP still say: to VS

        .balign 4
owner:  wfi

# Three levels: a program asks its kernel, and the kernel asks the machine's owner.
        .equ  UART, 0x10000000
_start: la   t0, owner
        csrw mtvec, t0
        li   t0, -1
        csrw pmpaddr0, t0
        li   t0, 0x1f
        csrw pmpcfg0, t0
        li   t0, 1 << 8         # delegated to S: cause 8, an ecall from U-mode
        csrw medeleg, t0
        la   t0, kernel
        csrw mepc, t0
        li   t0, 1 << 11
        csrw mstatus, t0        # MPP = 1: S
        mret

kernel: la   t0, service
        csrw stvec, t0
        la   t0, program
        csrw sepc, t0
        csrw sstatus, zero      # SPP = 0: U
        sret

program:
        li   a0, 41
        ecall                   # the kernel is to add one
        csrr a1, sstatus        # not delegated: an illegal instruction is the owner's

        .balign 4
service:
        addi a0, a0, 1
        csrr t1, sepc
        addi t1, t1, 4
        csrw sepc, t1
        ecall                   # the owner is to print
        sret

        .balign 4
owner:  csrr t2, mcause
        li   t3, 9              # an ecall from S-mode
        bne  t2, t3, done
        li   t4, UART
        sb   a0, 0(t4)          # 42 is an asterisk
        csrr t2, mepc
        addi t2, t2, 4
        csrw mepc, t2
        mret
done:   wfi

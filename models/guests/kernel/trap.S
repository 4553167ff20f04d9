# Into the kernel and out of it.
#
# From a program: registers go to the process's page, its kernel stack is empty. From the kernel
# itself (an interrupt, or a fault while probing for devices): they go to the stack in use.

        .macro  KEEP base
        .irp    n, 1,2,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 8 * \n(\base)
        .endr
        .endm
        .macro  BRING base              # all but tp and the base itself, by its number
        .irp    n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8 * \n(\base)
        .endr
        .endm

        .balign 4
trap:   TRAP_SWAP
        beqz    tp, from_kernel
        KEEP    tp
        TRAP_TAKE_TP t0
        sd      t0, P_TP(tp)
        li      t0, PAGE
        add     sp, tp, t0
        TRAP_STATE t0, t1
        sd      t0, P_PC(tp)
        sd      t1, P_SSTATUS(tp)
        TRAP_READ s0, s1
        bltz    s0, 1f
        IRQ_ON                          # a system call or fault may itself be interrupted
        li      t0, 8
        beq     s0, t0, 2f
        mv      a0, s1                  # cause and address of a fault
        mv      a1, s0
        call    fault
        bnez    a0, to_program
        j       kill
2:      call    system_call
        j       to_program
1:      mv      a0, s0
        call    interrupt
to_program:
        IRQ_OFF t0
        la      t0, turn_over
        ld      t1, 0(t0)
        beqz    t1, 1f
        sd      zero, 0(t0)
        call    schedule
1:      ld      t0, P_PC(tp)
        ld      t1, P_SSTATUS(tp)
        TRAP_SET_STATE t0, t1
        TRAP_TO_PROGRAM
        BRING   tp
        ld      sp, P_SP(tp)
        ld      tp, P_TP(tp)
        TRAP_RETURN

from_kernel:
        TRAP_SWAP
        addi    sp, sp, -FRAME
        KEEP    sp
        TRAP_STATE t0, t1
        sd      t0, P_PC(sp)
        sd      t1, P_SSTATUS(sp)
        TRAP_READ a0, a1
        bgez    a0, broken
        call    interrupt
1:      ld      t0, P_PC(sp)
        ld      t1, P_SSTATUS(sp)
        TRAP_SET_STATE t0, t1
        BRING   sp
        addi    sp, sp, FRAME
        TRAP_RETURN

broken: la      t0, rescue              # a load that was allowed to fail?
        ld      t1, 0(t0)
        beqz    t1, 2f
        sd      zero, 0(t0)
        sd      t1, P_PC(sp)
        j       1b
2:      la      a0, panic               # no: the kernel itself is wrong
        call    print
        ld      a0, P_PC(sp)
        call    print_number
        SHUTDOWN

# A timer or device interrupt; a0: its cause.
interrupt:
        slli    a0, a0, 1               # without the sign
        srli    a0, a0, 1
        li      t0, 5
        bne     a0, t0, device_interrupt
        SAVE    ra
        li      t0, 1
        la      t1, turn_over
        sd      t0, 0(t1)
        la      a0, ticks
        ld      t0, 0(a0)
        addi    t0, t0, 1
        sd      t0, 0(a0)
        call    wake
        call    timer_next
        RESTORE ra
        ret

timer_next:
        READ_TIME t0
        li      t1, SLICE
        add     t0, t0, t1
        SET_TIMER t0
        ret

        .section .rodata
panic:  .asciz  "kernel fault at "
        .data
        .balign 8
ticks:  .dword  0                       # timer interrupts so far
turn_over:
        .dword  0                       # the running process has had its time
rescue: .dword  0                       # where to go on if a load faults
        .text

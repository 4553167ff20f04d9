# A second kernel, as unlike the first as its few lines allow: an engine that knows the first one's
# habits too well fails here.
#
#   first kernel                                  this one
#   Sv39, an address space and ASID a process     Sv48, one space for all tasks, ASID 0
#   a call's arguments in registers               in memory: a0 holds a block's address
#   goes by the tables of a program's memory      reads it where it is, with sstatus.SUM
#   interrupted in the kernel, too                never: interrupts are on in tasks alone
#   stvec direct, timer by SBI                    stvec vectored, timer by stimecmp (Sstc)
#   UART                                          console by SBI
#
# Two tasks of one program, SIZE calls each; it prints the exclusive or of their checksums.
# A block:  | number | argument | result |    0 end (a checksum), 1 three times the argument
#                                             plus the task's number, 2 let the other run
        .equ    SIE_TIMER, 1 << 5
        .equ    SPIE, 1 << 5
        .equ    SUM, 1 << 18
        .equ    SLICE, 3000             # ticks
        .equ    CODE, 0x40000000        # the program's page, and behind it a page for each task
        .equ    T_PC, 0                 # a task: its pc, its registers xN at 8 * N
        .equ    T_A0, 80
        .equ    T_ENDED, 256
        .equ    T_BYTES, 264
        .equ    LEGACY_PUTCHAR, 1
        .equ    RESET, 0x53525354
        .equ    CHECKSUM, 0xcbf29ce484222325
        .equ    PRIME, 0x100000001b3

        .text
        .globl  _start
_start: la      t0, vectors + 1
        csrw    stvec, t0
        la      t0, table_3             # entry 0 of the root, 512 GiB, to the next table
        la      t1, table_2
        call    link
        addi    t0, t1, 8               # of that, entry 1 leads on, entry 2 is RAM
        la      t1, table_1
        call    link
        la      t2, table_2
        li      t3, 0x80000000 >> 2 | 0xcf
        sd      t3, 16(t2)
        mv      t0, t1
        la      t1, table_0
        call    link
        la      t2, program             # the program's page: read, execute, user, A
        srli    t2, t2, 2
        ori     t2, t2, 0x5b
        sd      t2, 0(t1)
        la      t2, task_pages          # the tasks' pages: read, write, user, A, D
        srli    t2, t2, 2
        ori     t2, t2, 0xd7
        sd      t2, 8(t1)
        addi    t2, t2, 0x400
        sd      t2, 16(t1)
        la      t0, table_3
        srli    t0, t0, 12
        li      t1, 9 << 60             # Sv48
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

        li      t0, SPIE | SUM          # sret goes to user mode, interrupts on
        csrw    sstatus, t0
        li      t0, SIE_TIMER
        csrw    sie, t0
        csrr    t0, time
        li      t1, SLICE
        add     t0, t0, t1
        csrw    stimecmp, t0
        la      a0, tasks               # a0: the running task
        j       leave

link:   srli    t2, t1, 2               # make the entry at t0 lead to the table at t1
        ori     t2, t2, 1
        sd      t2, 0(t0)
        ret

        .option push
        .option norvc
        .balign 4
vectors:
        j       exception
        .rept   4
        j       wrong
        .endr
        j       timer                   # cause 5
        .option pop

        .macro  ENTER                   # keep the task's registers; a0: the task
        csrrw   a0, sscratch, a0
        .irp    n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd      x\n, 8 * \n(a0)
        .endr
        csrr    t0, sscratch
        sd      t0, T_A0(a0)
        csrr    t0, sepc
        sd      t0, T_PC(a0)
        .endm

timer:  ENTER
        csrr    t0, time
        li      t1, SLICE
        add     t0, t0, t1
        csrw    stimecmp, t0
other:  la      t0, tasks               # the other one's turn, unless it has ended
        la      t1, tasks + T_BYTES
        bne     a0, t0, 1f
        mv      t0, t1
1:      ld      t1, T_ENDED(t0)
        bnez    t1, leave
        mv      a0, t0
leave:  csrw    sscratch, a0            # to the task a0
        ld      t0, T_PC(a0)
        csrw    sepc, t0
        .irp    n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld      x\n, 8 * \n(a0)
        .endr
        ld      a0, T_A0(a0)
        sret

exception:
        ENTER
        csrr    t1, scause
        li      t2, 8
        bne     t1, t2, wrong
        addi    t0, t0, 4
        sd      t0, T_PC(a0)
        ld      s0, T_A0(a0)            # the block
        ld      t0, 0(s0)
        ld      t1, 8(s0)
        beqz    t0, end
        addi    t0, t0, -1
        bnez    t0, other
        slli    t2, t1, 1
        add     t2, t2, t1
        la      t0, tasks
        sub     t0, a0, t0
        snez    t0, t0
        add     t2, t2, t0
        sd      t2, 16(s0)
        j       leave

end:    la      t0, total
        ld      t2, 0(t0)
        xor     t2, t2, t1
        sd      t2, 0(t0)
        li      t1, 1
        sd      t1, T_ENDED(a0)
        la      t0, ended
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        li      t0, 2
        bltu    t1, t0, other

        li      s1, 60                  # both: print 16 digits
1:      srl     a0, t2, s1
        andi    a0, a0, 15
        addi    a0, a0, '0'
        li      t0, '9'
        bleu    a0, t0, 2f
        addi    a0, a0, 'a' - '0' - 10
2:      li      a7, LEGACY_PUTCHAR
        ecall
        addi    s1, s1, -4
        bgez    s1, 1b
        li      a0, '\n'
        li      a7, LEGACY_PUTCHAR
        ecall
        li      a1, 0
        j       off
wrong:  li      a1, 1                   # what never happens: switched off with a failure
off:    li      a0, 0
        li      a6, 0
        li      a7, RESET
        ecall

        .section .rodata
        .balign 4096
program:                                # s11: the task's page, in which its block lies
        li      s0, CHECKSUM
        li      s1, 0
        li      s2, SIZE
        mv      a0, s11
1:      li      t0, 1
        sd      t0, 0(s11)
        sd      s1, 8(s11)
        ecall
        ld      t0, 16(s11)
        xor     s0, s0, t0
        li      t0, PRIME
        mul     s0, s0, t0
        addi    s1, s1, 1
        andi    t0, s1, 31
        bnez    t0, 2f
        li      t0, 2
        sd      t0, 0(s11)
        ecall
2:      bltu    s1, s2, 1b
        sd      zero, 0(s11)
        sd      s0, 8(s11)
        ecall

        .data
        .balign 4096
table_3:
        .zero   4096
table_2:
        .zero   4096
table_1:
        .zero   4096
table_0:
        .zero   4096
task_pages:
        .zero   2 * 4096
tasks:  .irp    page, 1, 2
        .dword  CODE
        .zero   8 * 26
        .dword  CODE + \page * 4096     # s11 is x27
        .zero   T_BYTES - 8 * 28
        .endr
total:  .dword  0
ended:  .dword  0

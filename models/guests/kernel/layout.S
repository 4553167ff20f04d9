# What kernel and programs agree on.

        .equ    PAGE, 4096
        .equ    FRAMES_END, 0x803f0000  # the kernel's RAM ends here, its image begins 0x80200000

        .equ    PROGRAM, 0x40000000     # code and constants of the program, read only
        .equ    PROGRAM_PAGES, 2
        .equ    AREA, 0x40080000        # memory that appears, zeroed, when it is touched:
        .equ    STACK_TOP, 0x40100000   #   the stack, downwards from here,
        .equ    HEAP, 0x40100000        #   and the heap, upwards
        .equ    AREA_END, 0x40800000
        .equ    USER_END, 0x80000000

# A page-table entry:
#   53        10 9   8 7   6   5   4   3   2   1   0
#  | page number | RSW | D | A | G | U | X | W | R | V |
        .equ    PTE_V, 1 << 0
        .equ    PTE_R, 1 << 1
        .equ    PTE_W, 1 << 2
        .equ    PTE_X, 1 << 3
        .equ    PTE_U, 1 << 4
        .equ    PTE_G, 1 << 5
        .equ    PTE_A, 1 << 6
        .equ    PTE_D, 1 << 7
        .equ    PTE_LEAF, PTE_R | PTE_W | PTE_X
        .equ    PTE_KERNEL, PTE_V | PTE_R | PTE_W | PTE_G | PTE_A | PTE_D

# A process is a page: this record at its bottom, its kernel stack from the top down.
        .equ    P_PC, 0                 # registers of the program: its pc, and xN at 8 * N
        .equ    P_RA, 8
        .equ    P_SP, 16
        .equ    P_TP, 32
        .equ    P_A0, 80
        .equ    P_A1, 88
        .equ    P_A2, 96
        .equ    P_A7, 136
        .equ    P_SSTATUS, 256
        .equ    FRAME, 272              # bytes of such a record on the kernel stack
        .equ    P_STATE, 272
        .equ    P_PID, 280
        .equ    P_PARENT, 288           # page of the parent
        .equ    P_ROOT, 296             # its page table
        .equ    P_SATP, 304
        .equ    P_ASID, 312
        .equ    P_CONTEXT, 320          # kernel stack pointer while another one runs
        .equ    P_CHANNEL, 328          # what it sleeps on
        .equ    P_RESULT, 336           # what it ended with
        .equ    CONTEXT, 112            # bytes that `switch` keeps: ra and s0 to s11
        .equ    FREE, 0                 # states
        .equ    READY, 1
        .equ    ASLEEP, 2
        .equ    ENDED, 3

        .equ    MOST_PROCESSES, 8
        .equ    SLICE, 10000            # ticks between timer interrupts

# System calls: number in a7, arguments from a0, result in a0 (-1: refused).
        .equ    CALL_EXIT, 0            # result
        .equ    CALL_WRITE, 1           # address, bytes
        .equ    CALL_PID, 2
        .equ    CALL_YIELD, 3
        .equ    CALL_MAP, 4             # address, pages, permissions (PTE_R, PTE_W, PTE_X)
        .equ    CALL_UNMAP, 5           # address, pages
        .equ    CALL_TOUCHED, 6         # address, pages: how many were written since last asked
        .equ    CALL_FORK, 7
        .equ    CALL_WAIT, 8            # pid: its result
        .equ    CALL_SLEEP, 9           # timer interrupts
        .equ    CALL_DISK_READ, 10      # sector, address (in one page)
        .equ    CALL_DISK_WRITE, 11     # sector, address
        .equ    CALL_SEND, 12           # address, bytes (in one page)
        .equ    CALL_RECEIVE, 13        # address, room (in one page): bytes
        .equ    CALLS, 14

# A function keeps registers on the stack: SAVE at its beginning, RESTORE before it returns.
        .macro  SAVE registers:vararg
        .set    room, 0
        .irp    register, \registers
        .set    room, room + 8
        .endr
        addi    sp, sp, -((room + 15) & -16)
        .set    room, 0
        .irp    register, \registers
        sd      \register, room(sp)
        .set    room, room + 8
        .endr
        .endm
        .macro  RESTORE registers:vararg
        .set    room, 0
        .irp    register, \registers
        ld      \register, room(sp)
        .set    room, room + 8
        .endr
        addi    sp, sp, (room + 15) & -16
        .endm

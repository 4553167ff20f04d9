# The system calls. Number and arguments are in the process's page, where the trap has put them.

system_call:
        SAVE    ra
        ld      t0, P_PC(tp)            # go on behind the ecall
        addi    t0, t0, 4
        sd      t0, P_PC(tp)
        ld      a0, P_A0(tp)
        ld      a1, P_A1(tp)
        ld      a2, P_A2(tp)
        ld      t0, P_A7(tp)
        li      t1, CALLS
        bgeu    t0, t1, 1f
        la      t1, call_table
        slli    t0, t0, 3
        add     t1, t1, t0
        ld      t1, 0(t1)
        jalr    t1
        j       2f
1:      li      a0, -1
2:      sd      a0, P_A0(tp)
        RESTORE ra
        ret

        .section .rodata
        .balign 8
call_table:
        .dword  exit, call_write, call_pid, call_yield, call_map, call_unmap, call_touched
        .dword  fork, wait, call_sleep
        .dword  call_disk_read, call_disk_write, call_send, call_receive
        .text

call_pid:
        ld      a0, P_PID(tp)
        ret

call_yield:
        la      t0, turn_over           # the way back to the program looks there
        li      t1, 1
        sd      t1, 0(t0)
        li      a0, 0
        ret

call_sleep:                             # a0: timer interrupts
        SAVE    ra, s0, s1, s2
        IRQ_OFF s1
        la      s2, ticks
        ld      s0, 0(s2)
        add     s0, s0, a0
1:      ld      t0, 0(s2)
        bgeu    t0, s0, 2f
        mv      a0, s2
        call    sleep_on
        j       1b
2:      IRQ_RESTORE s1
        li      a0, 0
        RESTORE ra, s0, s1, s2
        ret

call_write:                             # a0: address, a1: bytes; page by page
        SAVE    ra, s0, s1, s2, s3
        mv      s0, a0
        add     s1, a0, a1
        mv      s3, a1
1:      bgeu    s0, s1, 3f
        li      t0, PAGE
        slli    s2, s0, 52
        srli    s2, s2, 52
        sub     s2, t0, s2              # bytes to the page's end
        sub     t0, s1, s0
        bleu    s2, t0, 2f
        mv      s2, t0
2:      mv      a0, s0
        mv      a1, s2
        li      a2, 13
        call    user_bytes
        beqz    a0, 4f
        mv      a1, s2
        call    print_bytes
        add     s0, s0, s2
        j       1b
3:      mv      a0, s3
        j       5f
4:      li      a0, -1
5:      RESTORE ra, s0, s1, s2, s3
        ret

# Whether a0 (page aligned) and a1 pages from it are the program's to change: 1 in a0, else 0.
user_range:
        slli    t0, a0, 52
        bnez    t0, 1f
        li      t0, AREA
        bltu    a0, t0, 1f
        li      t1, AREA_END
        bgtu    a0, t1, 1f
        sub     t1, t1, a0
        srli    t1, t1, 12
        bgtu    a1, t1, 1f
        li      a0, 1
        ret
1:      li      a0, 0
        ret

# A loop over the a1 pages from a0, with what is between these two. s0: address, s1: pages left,
# s2: the result, s3: argument a2, a0: the page's entry, or 0; its table is made if \make is 1.
        .macro  EACH_USER_PAGE make
        SAVE    ra, s0, s1, s2, s3
        mv      s0, a0
        mv      s1, a1
        mv      s3, a2
        li      s2, 0
        call    user_range
        beqz    a0, 8f
1:      beqz    s1, 9f
        ld      a0, P_ROOT(tp)
        mv      a1, s0
        li      a2, \make
        call    entry_of
        .endm
        .macro  NEXT_USER_PAGE
2:      li      t0, PAGE
        add     s0, s0, t0
        addi    s1, s1, -1
        j       1b
8:      li      s2, -1
9:      mv      a0, s2
        RESTORE ra, s0, s1, s2, s3
        ret
        .endm

# Frames at once, with permissions a2, where nothing is; else -1, and what was mapped stays.
call_map:
        EACH_USER_PAGE 1
        beqz    a0, 8f                  # no memory for a table
        andi    t0, s3, ~PTE_LEAF
        bnez    t0, 8f
        andi    t0, s3, PTE_R           # no page without R: W alone is reserved
        beqz    t0, 8f
        ld      t0, 0(a0)
        bnez    t0, 8f
        mv      a0, tp
        mv      a1, s0
        mv      a3, s3
        call    page_new
        beqz    a0, 8f
        NEXT_USER_PAGE

call_unmap:
        EACH_USER_PAGE 0
        beqz    a0, 2f
        ld      t0, 0(a0)
        beqz    t0, 2f
        call    page_drop
        ld      t0, P_ASID(tp)
        TLB_FLUSH s0, t0
        NEXT_USER_PAGE

# How many of the pages were written since this was last asked: the D bits, which are cleared.
call_touched:
        EACH_USER_PAGE 0
        beqz    a0, 2f
        ld      t0, 0(a0)
        andi    t1, t0, PTE_D
        beqz    t1, 2f
        addi    s2, s2, 1
        xor     t0, t0, t1
        SET_PTE t0, 0(a0)
        ld      t0, P_ASID(tp)
        TLB_FLUSH s0, t0
        NEXT_USER_PAGE

# Address spaces: Sv39 tables of three levels.
#
#   38       30 29       21 20       12 11       0
#  | index 2   | index 1   | index 0   | offset   |      a table: 512 entries of 8 bytes
#
# All spaces share the kernel's two entries of the root; entry 1 leads to the program's pages.

# satp for root a0 and address space number a1, in a0:  | 8 = Sv39 | ASID 16 | page number 44 |
satp_of:
        srli    a0, a0, 12
        slli    a1, a1, 44
        or      a0, a0, a1
        li      t0, 8 << 60
        or      a0, a0, t0
        ret

# A new address space with the kernel in it: its root in a0, or 0.
space_new:
        SAVE    ra
        call    frame_take
        beqz    a0, 1f
        la      t0, kernel_root
        ld      t1, 0(t0)
        SET_PTE t1, 0(a0)
        ld      t1, 16(t0)
        SET_PTE t1, 16(a0)
1:      RESTORE ra
        ret

# Where the entry of user page a1 stands in the tables of root a0: address in a0. Tables on the way
# are made if a2 is not 0; without one the answer is 0.
entry_of:
        SAVE    ra, s0, s1, s2
        mv      s1, a1
        mv      s2, a2
        li      t2, 30
1:      srl     t0, s1, t2              # index at this level
        andi    t0, t0, 511
        slli    t0, t0, 3
        add     s0, a0, t0
        li      t0, 12
        beq     t2, t0, 4f              # the last level
        ld      t1, 0(s0)
        andi    t0, t1, PTE_V
        bnez    t0, 2f
        beqz    s2, 3f
        SAVE    t2
        call    frame_take
        RESTORE t2
        beqz    a0, 5f
        srli    t1, a0, 2
        ori     t1, t1, PTE_V
        SET_PTE t1, 0(s0)
2:      srli    a0, t1, 10              # the next table
        slli    a0, a0, 12
        addi    t2, t2, -9
        j       1b
3:      li      s0, 0
4:      mv      a0, s0
5:      RESTORE ra, s0, s1, s2
        ret

# Map user page a1 of the process a0 to frame a2 with permissions a3: 1 in a0, or 0 (no memory).
page_map:
        SAVE    ra, s0, s1, s2, s3
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        mv      s3, a3
        ld      a0, P_ROOT(s0)
        li      a2, 1
        call    entry_of
        beqz    a0, 1f
        srli    t0, s2, 2
        or      t0, t0, s3
        ori     t0, t0, PTE_V | PTE_U
        SET_PTE t0, 0(a0)
        ld      t1, P_ASID(s0)
        TLB_FLUSH s1, t1
        li      a0, 1
1:      RESTORE ra, s0, s1, s2, s3
        ret

# The same with a frame of its own.
page_new:
        SAVE    ra, s0, s1, s2, s3
        mv      s0, a0
        mv      s1, a1
        mv      s3, a3
        call    frame_take
        beqz    a0, 1f
        mv      s2, a0
        mv      a2, a0
        mv      a0, s0
        mv      a1, s1
        mv      a3, s3
        call    page_map
        bnez    a0, 1f
        mv      a0, s2                  # no room for a table: nothing has happened
        call    frame_give
        li      a0, 0
1:      RESTORE ra, s0, s1, s2, s3
        ret

# Call the function a1 with the entry (a0) and the address (a1) of every user page of root a0;
# a2 is handed on. It ends early, with 0 in a0, when the function returns 0.
each_page:
        SAVE    ra, s0, s1, s2, s3, s4, s5
        mv      s0, a1
        mv      s5, a2
        li      s1, PROGRAM
        ld      t0, 8(a0)               # the root's entry for 1 to 2 GiB
        li      a0, 1
        andi    t1, t0, PTE_V
        beqz    t1, 5f
        srli    t0, t0, 10
        slli    s2, t0, 12              # table of level 1, entry by entry
1:      ld      t0, 0(s2)
        andi    t1, t0, PTE_V
        li      t2, 1 << 21
        beqz    t1, 4f
        srli    t0, t0, 10
        slli    s3, t0, 12              # table of level 0
        mv      s4, s1
2:      ld      t0, 0(s3)
        andi    t1, t0, PTE_V
        beqz    t1, 3f
        mv      a0, s3
        mv      a1, s4
        mv      a2, s5
        jalr    s0
        beqz    a0, 5f
3:      li      t0, PAGE
        add     s4, s4, t0
        addi    s3, s3, 8
        slli    t0, s3, 52
        bnez    t0, 2b
        li      t2, 1 << 21
4:      add     s1, s1, t2
        addi    s2, s2, 8
        slli    t0, s2, 52
        bnez    t0, 1b
        li      a0, 1
5:      RESTORE ra, s0, s1, s2, s3, s4, s5
        ret

# Give back all that the process a0 has mapped, and its tables.
space_end:
        SAVE    ra, s0, s1, s2
        mv      s0, a0
        ld      a0, P_ROOT(s0)
        la      a1, page_drop
        call    each_page
        ld      a0, P_ROOT(s0)
        ld      t0, 8(a0)
        andi    t1, t0, PTE_V
        beqz    t1, 3f
        srli    t0, t0, 10
        slli    s1, t0, 12
        mv      s2, s1
1:      ld      t0, 0(s2)               # the tables of level 0
        andi    t1, t0, PTE_V
        beqz    t1, 2f
        srli    a0, t0, 10
        slli    a0, a0, 12
        call    frame_give
2:      addi    s2, s2, 8
        slli    t0, s2, 52
        bnez    t0, 1b
        mv      a0, s1
        call    frame_give
3:      ld      a0, P_ROOT(s0)
        call    frame_give
        ld      t0, P_ASID(s0)
        TLB_FLUSH_SPACE t0
        RESTORE ra, s0, s1, s2
        ret

page_drop:                              # a0: entry
        SAVE    ra
        ld      t0, 0(a0)
        SET_PTE zero, 0(a0)
        srli    a0, t0, 10
        slli    a0, a0, 12
        call    frame_give
        li      a0, 1
        RESTORE ra
        ret

# A program's page fault at a0 for cause a1 (12 fetch, 13 load, 15 store): 1 in a0 if it may go on.
# Two faults are the kernel's own doing: A and D bits that hardware leaves to software, and memory
# that appears when it is touched.
fault:  SAVE    ra, s0, s1
        li      t0, PAGE - 1
        not     t0, t0
        and     s0, a0, t0
        li      t0, PTE_X | PTE_A       # what the entry must have
        li      t1, 12
        beq     a1, t1, 1f
        li      t0, PTE_R | PTE_A
        li      t1, 13
        beq     a1, t1, 1f
        li      t0, PTE_W | PTE_A | PTE_D
        li      t1, 15
        bne     a1, t1, 8f              # no page fault: an illegal instruction, say
1:      mv      s1, t0
        li      t0, PROGRAM
        bltu    s0, t0, 8f
        li      t0, USER_END
        bgeu    s0, t0, 8f
4:      ld      a0, P_ROOT(tp)
        mv      a1, s0
        li      a2, 0
        call    entry_of
        beqz    a0, 2f
        ld      t0, 0(a0)
        andi    t1, t0, PTE_V
        beqz    t1, 2f
        andi    t1, s1, PTE_LEAF
        and     t2, t0, t1
        bne     t1, t2, 8f              # not allowed
        or      t0, t0, s1
        SET_PTE t0, 0(a0)
        ld      t1, P_ASID(tp)
        TLB_FLUSH s0, t1
        li      a0, 1
        j       9f
2:      li      t0, AREA
        bltu    s0, t0, 8f
        li      t0, AREA_END
        bgeu    s0, t0, 8f
        mv      a0, tp
        mv      a1, s0
        li      a3, PTE_R | PTE_W
        andi    t0, s1, PTE_X
        bnez    t0, 8f
        call    page_new
        bnez    a0, 4b                  # now the page is there
8:      li      a0, 0
9:      RESTORE ra, s0, s1
        ret

# Where a1 bytes at the program's address a0 lie, all in one page, for cause a2 (13: the kernel
# reads them, 15: it writes them): address in a0, or 0. The kernel goes by tables, not by traps.
user_bytes:
        SAVE    ra, s0, s1, s2
        mv      s0, a0
        mv      s1, a2
        slli    t0, a0, 52
        srli    t0, t0, 52
        add     t0, t0, a1
        li      t1, PAGE
        li      a0, 0
        bgtu    t0, t1, 1f
        bgtu    a1, t1, 1f
        mv      a0, s0
        mv      a1, s1
        call    fault                   # as if the program had touched it
        beqz    a0, 1f
        ld      a0, P_ROOT(tp)
        mv      a1, s0
        li      a2, 0
        call    entry_of
        ld      t0, 0(a0)
        srli    t0, t0, 10
        slli    t0, t0, 12
        slli    t1, s0, 52
        srli    t1, t1, 52
        or      a0, t0, t1
1:      RESTORE ra, s0, s1, s2
        ret
        .text

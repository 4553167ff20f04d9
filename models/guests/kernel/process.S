# Processes: who runs, who waits, and how they come and go.

# The first process, made by hand: its page in a0.
process_first:
        SAVE    ra, s0, s1, s2
        la      s0, processes
        mv      a0, s0
        call    process_new
        la      s1, program             # its code: the pages of the image itself
        li      s2, PROGRAM
1:      mv      a0, s0
        mv      a1, s2
        mv      a2, s1
        li      a3, PTE_R | PTE_X
        call    page_map
        li      t0, PAGE
        add     s1, s1, t0
        add     s2, s2, t0
        la      t0, program_end
        bltu    s1, t0, 1b
        li      t0, PROGRAM
        sd      t0, P_PC(s0)
        li      t0, STACK_TOP
        sd      t0, P_SP(s0)
        li      t0, SPIE
        sd      t0, P_SSTATUS(s0)
        mv      a0, s0
        RESTORE ra, s0, s1, s2
        ret

# Make the free page a0 a process with an empty address space: 1 in a0, or 0.
process_new:
        SAVE    ra, s0
        mv      s0, a0
        call    space_new
        beqz    a0, 1f
        sd      a0, P_ROOT(s0)
        la      t0, processes           # its address space number: 1 + its place in the table
        sub     a1, s0, t0
        srli    a1, a1, 12
        addi    a1, a1, 1
        sd      a1, P_ASID(s0)
        call    satp_of
        sd      a0, P_SATP(s0)
        la      t0, last_pid
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        sd      t1, P_PID(s0)
        sd      tp, P_PARENT(s0)
        li      t0, PAGE - CONTEXT      # switch will find a context that begins at to_program
        add     t0, s0, t0
        la      t1, to_program
        sd      t1, 0(t0)
        sd      t0, P_CONTEXT(s0)
        li      t0, READY
        sd      t0, P_STATE(s0)
        li      a0, 1
1:      RESTORE ra, s0
        ret

# Leave the running process to the next that is ready, round robin. Interrupts are off, and are off
# when the process comes back. The one that asked may be the next.
schedule:
        SAVE    ra, s0
1:      mv      s0, tp
2:      li      t0, PAGE
        add     s0, s0, t0
        la      t1, processes
        li      t2, MOST_PROCESSES * PAGE
        add     t2, t1, t2
        bltu    s0, t2, 3f
        mv      s0, t1
3:      ld      t0, P_STATE(s0)
        li      t1, READY
        beq     t0, t1, 4f
        bne     s0, tp, 2b
        IDLE                            # nobody is ready: wait for an interrupt
        j       1b
4:      mv      a0, s0
        beq     a0, tp, 5f
        call    switch
5:      RESTORE ra, s0
        ret

# Go from the process tp to the process a0: stacks change, so that the return is that one's.
switch: SAVE    ra, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
        sd      sp, P_CONTEXT(tp)
process_start:
        mv      tp, a0
        ld      sp, P_CONTEXT(tp)
        ld      t0, P_SATP(tp)
        SET_SATP t0
        RESTORE ra, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
        ret

# Sleep until somebody wakes a0, which may be any address. Interrupts are off.
sleep_on:
        sd      a0, P_CHANNEL(tp)
        li      t0, ASLEEP
        sd      t0, P_STATE(tp)
        j       schedule

# Wake all that sleep on a0.
wake:   la      t0, processes
        li      t1, MOST_PROCESSES * PAGE
        add     t1, t0, t1
1:      ld      t2, P_STATE(t0)
        li      t3, ASLEEP
        bne     t2, t3, 2f
        ld      t2, P_CHANNEL(t0)
        bne     t2, a0, 2f
        li      t2, READY
        sd      t2, P_STATE(t0)
2:      li      t2, PAGE
        add     t0, t0, t2
        bltu    t0, t1, 1b
        ret

# An event is a doubleword: signal sets it, await sleeps until it is set, and clears it.
signal: li      t0, 1
        sd      t0, 0(a0)
        j       wake

await:  SAVE    ra, s0, s1
        mv      s0, a0
        IRQ_OFF s1
1:      ld      t0, 0(s0)
        bnez    t0, 2f
        mv      a0, s0
        call    sleep_on
        j       1b
2:      sd      zero, 0(s0)
        IRQ_RESTORE s1
        RESTORE ra, s0, s1
        ret

# A copy of the running process: the child's number in a0, or -1; the child itself finds 0 there.
fork:   SAVE    ra, s0, s1
        la      s0, processes
        li      t1, MOST_PROCESSES * PAGE
        add     t1, s0, t1
1:      ld      t0, P_STATE(s0)
        li      t2, PAGE
        beqz    t0, 2f
        add     s0, s0, t2
        bltu    s0, t1, 1b
        j       5f                      # no place in the table
2:      mv      a0, s0
        call    process_new
        beqz    a0, 5f
        ld      a0, P_ROOT(tp)
        la      a1, page_copy
        mv      a2, s0
        call    each_page
        beqz    a0, 4f
        addi    t0, tp, 0               # registers
        mv      t1, s0
        addi    t2, tp, FRAME
3:      ld      t3, 0(t0)
        sd      t3, 0(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8
        bltu    t0, t2, 3b
        sd      zero, P_A0(s0)
        ld      a0, P_PID(s0)
        j       6f
4:      mv      a0, s0                  # out of memory on the way
        call    space_end
        sd      zero, P_STATE(s0)
5:      li      a0, -1
6:      RESTORE ra, s0, s1
        ret

# Give process a2 the page whose entry is a0 at address a1: the code shared, all else a copy.
page_copy:
        SAVE    ra, s0, s1, s2, s3
        mv      s2, a2
        mv      s3, a1
        ld      s0, 0(a0)
        srli    s1, s0, 10
        slli    s1, s1, 12              # the parent's frame
        la      t0, first_frame
        ld      t0, 0(t0)
        mv      a0, s1
        bltu    s1, t0, 3f
        call    frame_take
        beqz    a0, 4f
        mv      t0, a0
        li      t1, PAGE
        add     t1, a0, t1
2:      ld      t2, 0(s1)
        ld      t3, 8(s1)
        sd      t2, 0(t0)
        sd      t3, 8(t0)
        addi    s1, s1, 16
        addi    t0, t0, 16
        bltu    t0, t1, 2b
3:      mv      s1, a0
        mv      a2, a0
        mv      a0, s2
        mv      a1, s3
        andi    a3, s0, PTE_LEAF
        call    page_map
        bnez    a0, 4f
        mv      a0, s1                  # no room for a table
        call    frame_give
        li      a0, 0
4:      RESTORE ra, s0, s1, s2, s3
        ret

# The running process ends; a0: its result. The first process takes the machine with it.
kill:   la      a0, killed
        call    print
        li      a0, -1
exit:   sd      a0, P_RESULT(tp)
        IRQ_OFF t0
        ld      t0, P_PID(tp)
        li      t1, 1
        beq     t0, t1, 1f
        li      t0, ENDED
        sd      t0, P_STATE(tp)
        ld      a0, P_PARENT(tp)
        call    wake
        call    schedule                # and never back
1:      SHUTDOWN

# Wait for the child with number a0 to end: its result in a0, or -1 if there is no such child.
wait:   SAVE    ra, s0, s1, s2
        mv      s1, a0
        la      s0, processes
        li      t1, MOST_PROCESSES * PAGE
        add     t1, s0, t1
1:      ld      t0, P_STATE(s0)
        beqz    t0, 2f
        ld      t0, P_PID(s0)
        bne     t0, s1, 2f
        ld      t0, P_PARENT(s0)
        beq     t0, tp, 3f
2:      li      t0, PAGE
        add     s0, s0, t0
        bltu    s0, t1, 1b
        li      a0, -1
        j       5f
3:      IRQ_OFF s2
4:      ld      t0, P_STATE(s0)
        li      t1, ENDED
        beq     t0, t1, 6f
        mv      a0, tp                  # a child that ends wakes its parent's page
        call    sleep_on
        j       4b
6:      IRQ_RESTORE s2
        mv      a0, s0
        call    space_end
        sd      zero, P_STATE(s0)
        ld      a0, P_RESULT(s0)
5:      RESTORE ra, s0, s1, s2
        ret

        .section .rodata
killed: .asciz  "killed\n"
        .data
        .balign 8
last_pid:
        .dword  0
        .text

# Free pages of RAM ("frames"): a list, in which each free frame holds the address of the next.

frames_init:
        la      t0, kernel_end
        li      t1, PAGE - 1
        add     t0, t0, t1
        not     t1, t1
        and     t0, t0, t1
        la      t1, first_frame
        sd      t0, 0(t1)
        li      t1, FRAMES_END
        li      t2, PAGE
        la      t3, free_frame
1:      sub     t1, t1, t2              # from the top, so that the lowest is first in the list
        bltu    t1, t0, 2f
        ld      t4, 0(t3)
        sd      t4, 0(t1)
        sd      t1, 0(t3)
        j       1b
2:      ret

# Take a frame: its address in a0, its content zero; or 0 if there is none.
frame_take:
        la      t1, free_frame
        IRQ_OFF t0
        ld      a0, 0(t1)
        beqz    a0, 1f
        ld      t2, 0(a0)
        sd      t2, 0(t1)
1:      IRQ_RESTORE t0
        beqz    a0, 3f
        li      t0, PAGE
        add     t0, a0, t0
        mv      t1, a0
2:      sd      zero, 0(t1)
        sd      zero, 8(t1)
        sd      zero, 16(t1)
        sd      zero, 24(t1)
        addi    t1, t1, 32
        bltu    t1, t0, 2b
3:      ret

# Give the frame at a0 back; pages that were never free (the program's code) are left alone.
frame_give:
        la      t0, first_frame
        ld      t0, 0(t0)
        bltu    a0, t0, 1f
        la      t1, free_frame
        IRQ_OFF t0
        ld      t2, 0(t1)
        sd      t2, 0(a0)
        sd      a0, 0(t1)
        IRQ_RESTORE t0
1:      ret

        .data
        .balign 8
free_frame:
        .dword  0
first_frame:
        .dword  0
        .text

# Devices: the interrupt controller, and who is there.

        .equ    PLIC, 0x0c000000
        .equ    PLIC_ENABLE, 0x0c002080 # of context 1: this hart in S-mode
        .equ    PLIC_THRESHOLD, 0x0c201000
        .equ    PLIC_CLAIM, 0x0c201004
        .equ    SOURCES, 16             # interrupts that the kernel can tell apart

# Of each source: what quiets the device, the device's address, the event to signal.
        .equ    I_QUIET, 0
        .equ    I_BASE, 8
        .equ    I_EVENT, 16
        .equ    I_BYTES, 24

devices_init:
        SAVE    ra
        li      t0, PLIC_THRESHOLD
        sw      zero, 0(t0)
        call    disk_init
        call    network_init
        RESTORE ra
        ret

# Let interrupt a0 quiet the device at a2 by calling a1, and signal the event a3.
device_attach:
        li      t0, I_BYTES
        mul     t0, t0, a0
        la      t1, interrupt_table
        add     t1, t1, t0
        sd      a1, I_QUIET(t1)
        sd      a2, I_BASE(t1)
        sd      a3, I_EVENT(t1)
        li      t0, PLIC                # its priority
        slli    t1, a0, 2
        add     t0, t0, t1
        li      t1, 1
        sw      t1, 0(t0)
        li      t0, PLIC_ENABLE
        lw      t2, 0(t0)
        sll     t1, t1, a0
        or      t2, t2, t1
        sw      t2, 0(t0)
        ret

device_interrupt:
        SAVE    ra, s0, s1
1:      li      t0, PLIC_CLAIM
        lw      s0, 0(t0)
        beqz    s0, 2f
        li      t0, I_BYTES
        mul     t0, t0, s0
        la      s1, interrupt_table
        add     s1, s1, t0
        ld      a0, I_BASE(s1)
        ld      t0, I_QUIET(s1)
        jalr    t0
        ld      a0, I_EVENT(s1)
        call    signal
        li      t0, PLIC_CLAIM
        sw      s0, 0(t0)
        j       1b
2:      RESTORE ra, s0, s1
        ret

# The word at a0, or 0 if nothing answers there.
probe:  la      t0, rescue
        la      t1, 1f
        sd      t1, 0(t0)
        lwu     a0, 0(a0)
        sd      zero, 0(t0)
        ret
1:      li      a0, 0
        ret

# Copy a2 bytes from a1 to a0.
copy:   add     a2, a0, a2
1:      bgeu    a0, a2, 2f
        lbu     t0, 0(a1)
        sb      t0, 0(a0)
        addi    a0, a0, 1
        addi    a1, a1, 1
        j       1b
2:      ret

        .data
        .balign 8
interrupt_table:
        .zero   SOURCES * I_BYTES
        .text

        .include "virtio.S"
        .include "disk.S"
        .include "network.S"

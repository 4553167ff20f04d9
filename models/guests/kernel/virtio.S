# Virtio over memory-mapped registers (version 2 of the layout): what disk and network share.
#
# A queue is a frame:  0 descriptors | 256 available ring | 512 used ring | 1024 the driver's own
#
#   descriptor, 16 bytes: | address 8 | length 4 | flags 2: 1 goes on, 2 device writes | next 2 |
#   available ring:       | flags 2 | index 2 | heads of chains 2 each |
#   used ring:            | flags 2 | index 2 | head 4, length 4 each |
        .equ    VIRTIO, 0x10001000
        .equ    VIRTIO_END, 0x10009000  # eight places, interrupts 1 to 8
        .equ    VIRTIO_MAGIC, 0x74726976
        .equ    VIRTIO_NET, 1
        .equ    VIRTIO_BLOCK, 2

        .equ    V_DEVICE, 0x08          # registers
        .equ    V_FEATURES, 0x20
        .equ    V_FEATURES_WHICH, 0x24
        .equ    V_QUEUE, 0x30
        .equ    V_QUEUE_SIZE, 0x38
        .equ    V_QUEUE_READY, 0x44
        .equ    V_NOTIFY, 0x50
        .equ    V_INTERRUPT, 0x60
        .equ    V_ACKNOWLEDGE, 0x64
        .equ    V_STATUS, 0x70
        .equ    V_DESCRIPTORS, 0x80     # addresses, low word and high
        .equ    V_AVAILABLE, 0x90
        .equ    V_USED, 0xa0

        .equ    Q_SIZE, 8
        .equ    Q_AVAILABLE, 256
        .equ    Q_USED, 512
        .equ    Q_BASE, 1024            # the device's address
        .equ    Q_NUMBER, 1032          # which of its queues this is
        .equ    Q_SEEN, 1040            # used index up to which we have looked
        .equ    Q_ROOM, 1536            # free for the driver

        .equ    NEXT, 1                 # flags of a descriptor
        .equ    WRITES, 2

        .macro  DESCRIPTOR n, address, length, flags, next
        sd      \address, 16 * \n(s0)   # of the queue at s0
        li      t0, \length
        sw      t0, 16 * \n + 8(s0)
        li      t0, \flags
        sh      t0, 16 * \n + 12(s0)
        li      t0, \next
        sh      t0, 16 * \n + 14(s0)
        .endm

# Look for a device of kind a0: its address in a0 and its interrupt in a1, or 0.
virtio_find:
        SAVE    ra, s0, s1, s2
        mv      s0, a0
        li      s1, VIRTIO
        li      s2, 1
1:      mv      a0, s1
        call    probe
        li      t0, VIRTIO_MAGIC
        bne     a0, t0, 2f
        lw      t0, V_DEVICE(s1)
        beq     t0, s0, 3f
2:      li      t0, PAGE
        add     s1, s1, t0
        addi    s2, s2, 1
        li      t0, VIRTIO_END
        bltu    s1, t0, 1b
        li      s1, 0
3:      mv      a0, s1
        mv      a1, s2
        RESTORE ra, s0, s1, s2
        ret

# Begin to talk to the device at a0; of the features it offers we take but the standard itself.
virtio_begin:
        sw      zero, V_STATUS(a0)
        li      t0, 1 | 2               # seen, driver found
        sw      t0, V_STATUS(a0)
        sw      zero, V_FEATURES_WHICH(a0)
        sw      zero, V_FEATURES(a0)
        li      t0, 1
        sw      t0, V_FEATURES_WHICH(a0)
        sw      t0, V_FEATURES(a0)      # bit 32: no draft before version 1
        li      t0, 1 | 2 | 8           # features agreed
        sw      t0, V_STATUS(a0)
        ret

virtio_go:
        li      t0, 1 | 2 | 8 | 4       # driver at work
        sw      t0, V_STATUS(a0)
        ret

# Make a queue, number a1 of the device at a0: its frame in a0.
virtio_queue:
        SAVE    ra, s0, s1
        mv      s0, a0
        mv      s1, a1
        call    frame_take
        sw      s1, V_QUEUE(s0)
        li      t0, Q_SIZE
        sw      t0, V_QUEUE_SIZE(s0)
        sw      a0, V_DESCRIPTORS(s0)
        sw      zero, V_DESCRIPTORS + 4(s0)
        addi    t0, a0, Q_AVAILABLE
        sw      t0, V_AVAILABLE(s0)
        sw      zero, V_AVAILABLE + 4(s0)
        addi    t0, a0, Q_USED
        sw      t0, V_USED(s0)
        sw      zero, V_USED + 4(s0)
        li      t0, 1
        sw      t0, V_QUEUE_READY(s0)
        sd      s0, Q_BASE(a0)
        sd      s1, Q_NUMBER(a0)
        RESTORE ra, s0, s1
        ret

# Offer the chain that begins with descriptor 0 of the queue a0 to its device.
virtio_offer:
        lhu     t0, Q_AVAILABLE + 2(a0)
        andi    t1, t0, Q_SIZE - 1
        slli    t1, t1, 1
        add     t1, t1, a0
        sh      zero, Q_AVAILABLE + 4(t1)
        fence   rw, rw                  # the ring before its index, the index before the notice
        addi    t0, t0, 1
        sh      t0, Q_AVAILABLE + 2(a0)
        fence   rw, rw
        ld      t1, Q_BASE(a0)
        ld      t0, Q_NUMBER(a0)
        sw      t0, V_NOTIFY(t1)
        ret

# Wait until the device has given a chain of the queue a0 back, woken by event a1. The bytes that
# it wrote in a0.
virtio_await:
        SAVE    ra, s0, s1
        mv      s0, a0
        mv      s1, a1
1:      lhu     t0, Q_USED + 2(s0)
        ld      t1, Q_SEEN(s0)
        bne     t0, t1, 2f
        mv      a0, s1
        call    await
        j       1b
2:      fence   rw, rw
        andi    t0, t1, Q_SIZE - 1
        slli    t0, t0, 3
        add     t0, t0, s0
        lw      a0, Q_USED + 8(t0)
        addi    t1, t1, 1               # the index has 16 bits
        slli    t1, t1, 48
        srli    t1, t1, 48
        sd      t1, Q_SEEN(s0)
        RESTORE ra, s0, s1
        ret

# The device at a0 interrupts: yes, we have seen it.
virtio_quiet:
        lw      t0, V_INTERRUPT(a0)
        sw      t0, V_ACKNOWLEDGE(a0)
        ret

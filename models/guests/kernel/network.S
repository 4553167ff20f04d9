# The network: two drivers, each of a send, a receive and a "done with it". Frames pass through two
# pages of the kernel's, and lie there behind the 12 bytes of a virtio header.

        .equ    HEADER, 12
        .equ    FRAME_LEAST, 14
        .equ    FRAME_MOST, 1514

        .equ    NIC, 0x10201000         # the card driven register by register
        .equ    NIC_SOURCE, 13
        .equ    NIC_MAGIC, 0x2043494e
        .equ    N_INTERRUPT, 0x0c       # 2: interrupt while a frame waits
        .equ    N_SEND_LENGTH, 0x10
        .equ    N_SEND_DATA, 0x14
        .equ    N_WAITING, 0x18         # bytes of the frame that waits
        .equ    N_DATA, 0x1c
        .equ    N_NEXT, 0x20

network_init:
        SAVE    ra, s0
        li      a0, VIRTIO_NET
        call    virtio_find
        beqz    a0, 1f
        mv      s0, a0
        mv      a0, a1
        la      a1, virtio_quiet
        mv      a2, s0
        la      a3, network_event
        call    device_attach
        call    network_pages
        mv      a0, s0
        call    virtio_net_init
        la      t1, virtio_net_driver
        la      a0, network_is_virtio
        j       2f
1:      li      a0, NIC
        call    probe
        li      t0, NIC_MAGIC
        bne     a0, t0, 3f
        li      a0, NIC_SOURCE
        la      a1, nic_quiet
        li      a2, NIC
        la      a3, network_event
        call    device_attach
        call    network_pages
        call    nic_done                # enables its interrupt
        la      t1, nic_driver
        la      a0, network_is_registers
2:      la      t0, network_driver
        sd      t1, 0(t0)
        call    print
3:      RESTORE ra, s0
        ret

network_pages:
        SAVE    ra
        call    frame_take
        la      t0, outgoing
        sd      a0, 0(t0)
        call    frame_take
        la      t0, incoming
        sd      a0, 0(t0)
        RESTORE ra
        ret

# Send a1 bytes at the program's address a0: 0 in a0, or -1.
call_send:
        SAVE    ra, s0, s1
        mv      s0, a1
        li      t0, FRAME_LEAST
        bltu    a1, t0, 1f
        li      t0, FRAME_MOST
        bgtu    a1, t0, 1f
        la      s1, network_driver
        ld      s1, 0(s1)
        beqz    s1, 1f                  # no network
        li      a2, 13
        call    user_bytes
        beqz    a0, 1f
        mv      a1, a0
        la      a0, outgoing
        ld      a0, 0(a0)
        addi    a0, a0, HEADER
        mv      a2, s0
        call    copy
        mv      a0, s0
        ld      t0, 0(s1)
        jalr    t0
        li      a0, 0
        j       2f
1:      li      a0, -1
2:      RESTORE ra, s0, s1
        ret

# Receive a frame at the program's address a0, where there is room for a1 bytes: its bytes in a0, or
# -1. What there is no room for is lost.
call_receive:
        SAVE    ra, s0, s1, s2, s3
        mv      s0, a1
        la      s1, network_driver
        ld      s1, 0(s1)
        beqz    s1, 2f
        li      a2, 15
        call    user_bytes
        beqz    a0, 2f
        mv      s2, a0
        la      a0, receiver_free       # one at a time
        call    await
        ld      t0, 8(s1)
        jalr    t0
        bleu    a0, s0, 1f
        mv      a0, s0
1:      mv      s3, a0
        mv      a2, a0
        mv      a0, s2
        la      a1, incoming
        ld      a1, 0(a1)
        addi    a1, a1, HEADER
        call    copy
        ld      t0, 16(s1)
        jalr    t0
        la      a0, receiver_free
        call    signal
        mv      a0, s3
        j       3f
2:      li      a0, -1
3:      RESTORE ra, s0, s1, s2, s3
        ret

# Virtio: queue 0 receives, queue 1 sends.

virtio_net_init:                        # a0: the device
        SAVE    ra, s0, s1
        mv      s1, a0
        call    virtio_begin
        mv      a0, s1
        li      a1, 1
        call    virtio_queue
        la      t0, send_queue
        sd      a0, 0(t0)
        li      t0, 1
        sh      t0, Q_AVAILABLE(a0)     # no interrupt when something has been sent
        mv      a0, s1
        li      a1, 0
        call    virtio_queue
        la      t0, receive_queue
        sd      a0, 0(t0)
        mv      s0, a0
        la      t1, incoming
        ld      t1, 0(t1)
        DESCRIPTOR 0, t1, HEADER + FRAME_MOST, WRITES, 0
        mv      a0, s1
        call    virtio_go
        call    virtio_done
        RESTORE ra, s0, s1
        ret

virtio_send:                            # a0: bytes
        SAVE    ra, s0, s1
        mv      s1, a0
        la      s0, send_queue
        ld      s0, 0(s0)
        la      t1, outgoing
        ld      t1, 0(t1)
        sd      zero, 0(t1)             # the header: no favours asked
        sw      zero, 8(t1)
        DESCRIPTOR 0, t1, HEADER, 0, 0
        addi    t0, s1, HEADER
        sw      t0, 8(s0)               # the true length
        mv      a0, s0
        call    virtio_offer
1:      lhu     t0, Q_USED + 2(s0)      # the page is ours again when the frame is on its way
        ld      t1, Q_SEEN(s0)
        beq     t0, t1, 1b
        sd      t0, Q_SEEN(s0)
        RESTORE ra, s0, s1
        ret

virtio_receive:                         # bytes in a0
        SAVE    ra
        la      a0, receive_queue
        ld      a0, 0(a0)
        la      a1, network_event
        call    virtio_await
        addi    a0, a0, -HEADER
        RESTORE ra
        ret

virtio_done:
        la      a0, receive_queue
        ld      a0, 0(a0)
        j       virtio_offer

# The card: a word at a time.

nic_send:
        li      t0, NIC
        la      t1, outgoing
        ld      t1, 0(t1)
        addi    t1, t1, HEADER
        add     t2, t1, a0
        sw      a0, N_SEND_LENGTH(t0)
1:      lw      t3, 0(t1)
        sw      t3, N_SEND_DATA(t0)
        addi    t1, t1, 4
        bltu    t1, t2, 1b
        ret

nic_receive:
        SAVE    ra
1:      li      t0, NIC
        lw      a0, N_WAITING(t0)
        bnez    a0, 2f
        la      a0, network_event
        call    await
        j       1b
2:      la      t1, incoming
        ld      t1, 0(t1)
        addi    t1, t1, HEADER
        add     t2, t1, a0
3:      lw      t3, N_DATA(t0)
        sw      t3, 0(t1)
        addi    t1, t1, 4
        bltu    t1, t2, 3b
        RESTORE ra
        ret

nic_done:
        li      t0, NIC
        sw      zero, N_NEXT(t0)
        li      t1, 2
        sw      t1, N_INTERRUPT(t0)
        ret

nic_quiet:                              # until the frame that waits has been read
        sw      zero, N_INTERRUPT(a0)
        ret

        .section .rodata
network_is_virtio:
        .asciz  "network: virtio\n"
network_is_registers:
        .asciz  "network: registers\n"
        .balign 8
virtio_net_driver:
        .dword  virtio_send, virtio_receive, virtio_done
nic_driver:
        .dword  nic_send, nic_receive, nic_done
        .data
        .balign 8
network_driver:
        .dword  0
network_event:
        .dword  0
receiver_free:
        .dword  1                       # an event that is set: a lock that is open
outgoing:
        .dword  0
incoming:
        .dword  0
send_queue:
        .dword  0
receive_queue:
        .dword  0
        .text

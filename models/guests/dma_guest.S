# Guest A: tries to store to the address itself, then asks the disk to.

guest:
    li a0, TARGET
    .option push
    .option norvc                                       # the host skips four bytes
    sd x0, 0(a0)
    .option pop

    # Memory holds junk: both rings begin empty before the device may look at them.
    li t1, RING
    sd x0, 0x100(t1)
    sd x0, 0x200(t1)

    # The virtio driver's part: reset, features, one queue of eight, ready.
    li s0, DISK
    sw x0, 0x70(s0)
    li t0, 3
    sw t0, 0x70(s0)                                     # acknowledge, driver
    li t0, 1
    sw t0, 0x24(s0)
    sw t0, 0x20(s0)                                     # VIRTIO_F_VERSION_1
    li t0, 11
    sw t0, 0x70(s0)                                     # features are settled
    sw x0, 0x30(s0)
    li t0, 8
    sw t0, 0x38(s0)
    li t1, RING                                         # place of the descriptors,
    sw t1, 0x80(s0)
    addi t1, t1, 0x100                                  # available ring,
    sw t1, 0x90(s0)
    addi t1, t1, 0x100                                  # used ring
    sw t1, 0xa0(s0)
    li t0, 1
    sw t0, 0x44(s0)
    li t0, 15
    sw t0, 0x70(s0)

request:
    # One request: read sectors from 0 on. Header, data, status.
    li t1, RING
    addi t2, t1, 0x300                                  # the header: type 0 (read), sector 0
    sd x0, 0(t2)
    sd x0, 8(t2)
    sd t2, 0(t1)
    li t0, 16 | 1 << 32 | 1 << 48                       # 16 bytes, followed by descriptor 1
    sd t0, 8(t1)
    sd a0, 16(t1)                                       # the data: wherever the guest says
    li t0, LENGTH | 3 << 32 | 2 << 48                   # written by the device, then 2
    sd t0, 24(t1)
    addi t2, t1, 0x310                                  # the status byte
    sd t2, 32(t1)
    li t0, 1 | 2 << 32
    sd t0, 40(t1)
    li t0, 1 << 16                                      # available: flags 0, index 1, ring[0] 0
    sd t0, 0x100(t1)
    fence
kick:
    sw x0, 0x50(s0)
    lw s2, 0x70(s0)                                     # the device's status: 0x40, it stopped
    lhu s3, 0x202(t1)                                   # requests that it gave back
end:
    ecall

# The disk: two drivers behind one function, chosen by what is there.

        .equ    SECTOR, 512

        .equ    DISK, 0x10200000        # the disk driven register by register
        .equ    DISK_SOURCE, 12
        .equ    DISK_MAGIC, 0x4b534944
        .equ    D_SECTOR, 0x08
        .equ    D_COMMAND, 0x0c         # 1 read, 2 write
        .equ    D_STATUS, 0x10          # 4 failed
        .equ    D_INTERRUPT, 0x14       # 1 pending (write 1 to clear), 2 enabled
        .equ    D_DATA, 0x18

disk_init:
        SAVE    ra, s0
        li      a0, VIRTIO_BLOCK
        call    virtio_find
        beqz    a0, 1f
        mv      s0, a0
        mv      a0, a1
        la      a1, virtio_quiet
        mv      a2, s0
        la      a3, disk_event
        call    device_attach
        mv      a0, s0
        call    virtio_begin
        mv      a0, s0
        li      a1, 0
        call    virtio_queue
        la      t0, disk_queue
        sd      a0, 0(t0)
        mv      a0, s0
        call    virtio_go
        la      t1, virtio_transfer
        la      a0, disk_is_virtio
        j       2f
1:      li      a0, DISK
        call    probe
        li      t0, DISK_MAGIC
        bne     a0, t0, 3f
        li      a0, DISK_SOURCE
        la      a1, disk_quiet
        li      a2, DISK
        la      a3, disk_event
        call    device_attach
        li      a0, DISK
        call    disk_quiet              # enables its interrupt
        la      t1, register_transfer
        la      a0, disk_is_registers
2:      la      t0, disk_driver
        sd      t1, 0(t0)
        call    print
3:      RESTORE ra, s0
        ret

# Read or write sector a0 from or to the program's address a1: 0 in a0, or -1.
call_disk_write:
        li      a2, 13                  # the kernel reads what is to be written
        j       1f
call_disk_read:
        li      a2, 15
1:      SAVE    ra, s0, s1, s2, s3
        mv      s0, a0
        mv      s2, a2
        mv      a0, a1
        li      a1, SECTOR
        call    user_bytes
        beqz    a0, 2f
        mv      s1, a0
        la      s3, disk_driver
        ld      s3, 0(s3)
        beqz    s3, 2f                  # no disk
        la      a0, disk_free           # one at a time
        call    await
        mv      a0, s0
        mv      a1, s1
        addi    a2, s2, -15             # 0: read, else write
        jalr    s3
        mv      s0, a0
        la      a0, disk_free
        call    signal
        mv      a0, s0
        j       3f
2:      li      a0, -1
3:      RESTORE ra, s0, s1, s2, s3
        ret

# Both drivers: sector a0, memory a1, a2 not 0 to write; 0 in a0, or -1.

# A request is a chain of three: what to do (kind 4, 4 bytes of nothing, sector 8), the data, and a
# byte for how it went.
virtio_transfer:
        SAVE    ra, s0
        la      s0, disk_queue
        ld      s0, 0(s0)
        addi    t1, s0, Q_ROOM
        snez    t0, a2
        sd      t0, 0(t1)
        sd      a0, 8(t1)
        DESCRIPTOR 0, t1, 16, NEXT, 1
        addi    t1, t1, 16
        DESCRIPTOR 2, t1, 1, WRITES, 0
        DESCRIPTOR 1, a1, SECTOR, NEXT, 2
        bnez    a2, 1f
        DESCRIPTOR 1, a1, SECTOR, NEXT | WRITES, 2
1:      mv      a0, s0
        call    virtio_offer
        mv      a0, s0
        la      a1, disk_event
        call    virtio_await
        lbu     a0, Q_ROOM + 16(s0)
        snez    a0, a0
        neg     a0, a0
        RESTORE ra, s0
        ret

register_transfer:
        SAVE    ra, s0, s1, s2
        li      s0, DISK
        mv      s1, a1
        addi    s2, a1, SECTOR
        sw      a0, D_SECTOR(s0)
        bnez    a2, 2f
        li      t0, 1
        sw      t0, D_COMMAND(s0)
        la      a0, disk_event
        call    await
        lw      t0, D_STATUS(s0)
        andi    t0, t0, 4
        bnez    t0, 4f
1:      lw      t0, D_DATA(s0)
        sw      t0, 0(s1)
        addi    s1, s1, 4
        bltu    s1, s2, 1b
        j       4f
2:      li      t0, 2
        sw      t0, D_COMMAND(s0)
        lw      t0, D_STATUS(s0)
        andi    t0, t0, 4
        bnez    t0, 3f                  # refused, and the interrupt is there already
1:      lw      t0, 0(s1)
        sw      t0, D_DATA(s0)
        addi    s1, s1, 4
        bltu    s1, s2, 1b
3:      la      a0, disk_event
        call    await
4:      lw      a0, D_STATUS(s0)
        andi    a0, a0, 4
        snez    a0, a0
        neg     a0, a0
        RESTORE ra, s0, s1, s2
        ret

disk_quiet:
        li      t0, 1 | 2
        sw      t0, D_INTERRUPT(a0)
        ret

        .section .rodata
disk_is_virtio:
        .asciz  "disk: virtio\n"
disk_is_registers:
        .asciz  "disk: registers\n"
        .data
        .balign 8
disk_driver:
        .dword  0
disk_queue:
        .dword  0
disk_event:
        .dword  0
disk_free:
        .dword  1                       # an event that is set: a lock that is open
        .text

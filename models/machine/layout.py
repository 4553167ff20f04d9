"""Where everything is: the memory map and interrupt numbers, those of QEMU's `virt` board.

The three devices that QEMU does not have sit where its map is free::

    0x0010_0000  test finisher                0x1000_0000  UART                  interrupt 10
    0x0200_0000  CLINT                        0x1000_1000  virtio-mmio slots 0..7         1..8
    0x0C00_0000  PLIC                         0x1020_0000  register-level disk            12
    0x8000_0000  RAM                          0x1020_1000  register-level network card    13
                                              0x1020_2000  IOMMU
"""

FINISHER = 0x0010_0000
CLINT = 0x0200_0000
PLIC = 0x0C00_0000
UART, UART_INTERRUPT = 0x1000_0000, 10
VIRTIO, VIRTIO_STEP, VIRTIO_SLOTS, VIRTIO_INTERRUPT = 0x1000_1000, 0x1000, 8, 1
DISK, DISK_INTERRUPT = 0x1020_0000, 12
NIC, NIC_INTERRUPT = 0x1020_1000, 13
IOMMU = 0x1020_2000
RAM = 0x8000_0000

KERNEL = 0x8020_0000  # where a firmware's next stage is put
TIMEBASE_HZ = 10_000_000  # ticks of mtime a second, as the device tree declares
UART_CLOCK_HZ = 3_686_400

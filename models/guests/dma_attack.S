# A host in M-mode, and its guest A in S-mode, which drives the disk and gives it an address that
# may not be the guest's own. Addresses and sizes come as definitions, see dma_attack.py.

.equ CPU_REFUSED, 1             # in s1: what the host's trap handler saw

host:
    la t0, host_trap
    csrw mtvec, t0
    # S-mode reaches guest A's memory and the disk's registers; PMP refuses all else.
    li t0, (GUEST_A >> 2) | (REGION >> 3) - 1           # NAPOT: a power of two in size
    csrw pmpaddr0, t0
    li t0, (DISK >> 2) | (0x1000 >> 3) - 1
    csrw pmpaddr1, t0
    li t0, 0x1b1f                                       # NAPOT: disk RW, guest A RWX
    csrw pmpcfg0, t0

    li t0, IOMMU_ON
    beqz t0, start_guest
    # The device of slot 0 gets one window: guest A's memory, where it is.
    li t1, IOMMU
    sd x0, 0x28(t1)                                     # SELECT window 0
    sd x0, 0x30(t1)                                     # DEVICE 0
    li t0, GUEST_A
    sd t0, 0x38(t1)                                     # BASE
    sd t0, 0x48(t1)                                     # TARGET
    li t0, REGION
    sd t0, 0x40(t1)                                     # SIZE
    li t0, 3
    sd t0, 0x50(t1)                                     # ALLOW reading and writing
    li t0, 1
    sd t0, 0x00(t1)                                     # CONTROL: on

start_guest:
    li s1, 0
    li t0, 1 << 11                                      # mret goes to S-mode
    csrs mstatus, t0
    li t0, GUEST_A
    csrw mepc, t0
    mret

.align 2
host_trap:
    csrr t0, mcause
    li t1, 9                                            # ecall from S-mode: the guest is done
    beq t0, t1, done
    li s1, CPU_REFUSED
    csrr t0, mepc
    addi t0, t0, 4                                      # the refused store is skipped
    csrw mepc, t0
    mret
done:
    li t0, FINISHER
    li t1, 0x5555                                       # pass
    sw t1, 0(t0)
    j done

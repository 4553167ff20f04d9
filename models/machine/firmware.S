# The book's own firmware: the SBI for a kernel that starts in S-mode (`--entry supervisor`).
#
# It stands where a hypervisor will stand later, and offers what one would: base, timer, IPI, fences,
# system reset, debug console, and the two legacy console calls. Sources: RISC-V Supervisor Binary
# Interface Specification 2.0; privileged specification 20211203; Sstc 1.0.
#
# A call is an ECALL from S-mode with the extension in a7, the function in a6 and arguments from a0.
# It returns an error in a0 and a value in a1; every other register keeps its value.

        .equ    UART, 0x10000000        # 16550: data at +0, line status at +5
        .equ    FINISHER, 0x100000
        .equ    SUCCESS, 0
        .equ    NOT_SUPPORTED, -2
        .equ    INVALID_PARAM, -3
        .equ    SPECIFICATION, 2 << 24  # version 2.0
        .equ    IMPLEMENTATION, 0x626f6f6b
        .equ    VERSION, 1
        .equ    MOST_BYTES, 4096        # so that no call takes long

        .equ    MPP_S, 1 << 11
        .equ    MPP_HIGH, 1 << 12
        .equ    SSIP, 1 << 1
        .equ    ECALL_FROM_S, 9

        .text
        .globl  _start
_start:                                 # a0: hart, a1: device tree, a2: where the kernel is
        la      sp, stack_top
        csrw    mscratch, sp            # in S-mode mscratch is our stack, here it is the kernel's
        la      t0, trap
        csrw    mtvec, t0

        # PMP: entry 0 closes our 64 KiB to S and U, entry 1 opens everything else.
        li      t0, (0x80000000 >> 2) | (0x10000 / 8 - 1)
        csrw    pmpaddr0, t0
        li      t0, -1
        csrw    pmpaddr1, t0
        li      t0, 0x1f18              # naturally aligned regions: rwx of entry 1, none of entry 0
        csrw    pmpcfg0, t0

        # All exceptions but the calls to us, and all S-mode interrupts, go to the kernel.
        li      t0, 0xb1ff
        csrw    medeleg, t0
        li      t0, 0x222
        csrw    mideleg, t0
        li      t0, 7                   # cycle, time and instret may be read below M-mode
        csrw    mcounteren, t0
        li      t0, 1 << 63             # Sstc: stimecmp raises the timer interrupt by itself
        csrw    menvcfg, t0

        li      t0, MPP_S
        csrw    mstatus, t0
        ld      t0, 16(a2)              # fw_dynamic_info's next address
        csrw    mepc, t0
        mret

        .balign 4
trap:   csrrw   sp, mscratch, sp
        addi    sp, sp, -48
        sd      t0, 0(sp)
        sd      t1, 8(sp)
        sd      t2, 16(sp)
        sd      t3, 24(sp)
        csrr    t0, mepc
        addi    t0, t0, 4
        sd      t0, 32(sp)              # where the kernel goes on
        csrr    t0, mcause
        li      t1, ECALL_FROM_S
        bne     t0, t1, broken

        li      t0, 0x10
        beq     a7, t0, base
        li      t0, 0x54494d45          # "TIME"
        beq     a7, t0, timer
        li      t0, 0x735049            # "sPI"
        beq     a7, t0, ipi
        li      t0, 0x52464e43          # "RFNC"
        beq     a7, t0, fence_all
        li      t0, 0x53525354          # "SRST"
        beq     a7, t0, system_reset
        li      t0, 0x4442434e          # "DBCN"
        beq     a7, t0, console
        li      t0, 1
        beq     a7, t0, legacy_putchar
        li      t0, 2
        beq     a7, t0, legacy_getchar
        li      t0, 8
        beq     a7, t0, legacy_shutdown
not_supported:
        li      a0, NOT_SUPPORTED
        j       return_error
return_success:
        li      a0, SUCCESS
return_error:
        li      a1, 0
return: ld      t0, 32(sp)
        csrw    mepc, t0
        li      t0, MPP_HIGH            # a fault of our own has set MPP to M: make it S again
        csrc    mstatus, t0
        li      t0, MPP_S
        csrs    mstatus, t0
        ld      t0, 0(sp)
        ld      t1, 8(sp)
        ld      t2, 16(sp)
        ld      t3, 24(sp)
        addi    sp, sp, 48
        csrrw   sp, mscratch, sp
        mret

base:   li      t0, 3
        beq     a6, t0, probe
        bltu    t0, a6, identity
        la      t0, base_values         # 0: specification, 1: implementation, 2: its version
        slli    t1, a6, 3
        add     t0, t0, t1
        ld      a1, 0(t0)
        li      a0, SUCCESS
        j       return
identity:                               # 4: mvendorid, 5: marchid, 6: mimpid
        li      t0, 6
        bltu    t0, a6, not_supported
        csrr    a1, mimpid
        li      a0, SUCCESS
        beq     a6, t0, return
        csrr    a1, marchid
        andi    t0, a6, 1
        bnez    t0, return
        csrr    a1, mvendorid
        j       return
probe:  la      t0, extensions          # is a0 one of them?
1:      ld      t1, 0(t0)
        addi    t0, t0, 8
        beq     t1, a0, 2f
        bgez    t1, 1b                  # the list ends with -1
        li      a1, 0
        li      a0, SUCCESS
        j       return
2:      li      a1, 1
        li      a0, SUCCESS
        j       return

timer:  bnez    a6, not_supported
        csrw    stimecmp, a0
        j       return_success

ipi:    bnez    a6, not_supported       # a0: mask of harts, a1: number of its lowest bit
        li      t0, -1
        beq     a1, t0, 1f              # -1 means all
        bnez    a1, invalid
        beqz    a0, return_success
        li      t0, 1
        bne     a0, t0, invalid         # there is hart 0 alone
1:      csrsi   mip, SSIP
        j       return_success
invalid:
        li      a0, INVALID_PARAM
        j       return_error

fence_all:                              # 0: fence.i, 1 and 2: sfence.vma; more than asked is right
        li      t0, 2
        bltu    t0, a6, not_supported
        fence.i
        sfence.vma
        j       return_success

system_reset:                           # a0: 0 off, 1 cold, 2 warm; a1: reason, 0 is none
        bnez    a6, not_supported
        li      t0, 2
        bltu    t0, a0, invalid
        li      t1, 0x7777
        bnez    a0, finish
        li      t1, 0x5555
        beqz    a1, finish
        li      t1, 0x13333             # switched off after a failure: code 1
finish: li      t0, FINISHER
        sw      t1, 0(t0)
        j       .
legacy_shutdown:
        li      t1, 0x5555
        j       finish
broken: li      t1, 0x23333             # a trap that should not be: code 2
        j       finish

console:                                # 0: write, 1: read a0 bytes at physical a1 (a2 above it)
                                        # a call moves MOST_BYTES at most and says how many
        li      t0, 2
        beq     a6, t0, write_byte
        bltu    t0, a6, not_supported
        bnez    a2, invalid
        li      t0, MOST_BYTES
        bgeu    t0, a0, 1f
        mv      a0, t0
1:      la      t0, console_fault
        csrw    mtvec, t0               # the kernel's buffer may be no memory at all
        li      t3, 0                   # bytes done
        li      t2, UART
1:      beq     t3, a0, 3f
        beqz    a6, 2f
        lbu     t0, 5(t2)
        andi    t0, t0, 1
        beqz    t0, 3f                  # nothing more has been typed
        lbu     t0, 0(t2)
        sb      t0, 0(a1)
        j       4f
2:      lbu     t0, 0(a1)
        sb      t0, 0(t2)
4:      addi    a1, a1, 1
        addi    t3, t3, 1
        j       1b
3:      la      t0, trap
        csrw    mtvec, t0
        mv      a1, t3
        li      a0, SUCCESS
        j       return
        .balign 4
console_fault:
        la      t0, trap
        csrw    mtvec, t0
        j       invalid

write_byte:
        li      t2, UART
        sb      a0, 0(t2)
        j       return_success
legacy_putchar:
        li      t2, UART
        sb      a0, 0(t2)
        li      a0, SUCCESS
        j       return                  # legacy calls leave a1 alone
legacy_getchar:
        li      t2, UART
        li      a0, -1
        lbu     t0, 5(t2)
        andi    t0, t0, 1
        beqz    t0, return
        lbu     a0, 0(t2)
        j       return

        .section .rodata
        .balign 8
base_values:
        .dword  SPECIFICATION, IMPLEMENTATION, VERSION
extensions:
        .dword  0x10, 0x54494d45, 0x735049, 0x52464e43, 0x53525354, 0x4442434e, 1, 2, 8, -1

        .bss
        .balign 16
        .skip   512
stack_top:

# The teaching kernel: an S-mode kernel over SBI for one hart, small enough to read in an evening.
#
#   sensitive.S  the one place where the kernel touches what a hypervisor must guard
#   layout.S     addresses, records and numbers that kernel and programs agree on
#   trap.S       into the kernel and out of it
#   calls.S      the system calls
#   process.S    processes: round robin, sleeping, fork, exit, wait
#   frames.S     free pages of RAM
#   paging.S     address spaces: Sv39 tables
#   console.S    the UART
#   devices.S    the interrupt controller, and who is there: probing
#   disk.S, network.S, virtio.S    drivers
#
# user.S is what every program is linked with. Programs are assembled apart, for the address PROGRAM.
#
# Virtual memory: RAM and devices stand where they are physically, for the kernel alone (two pages
# of 1 GiB); programs live between 1 and 2 GiB. So a kernel address is a physical address.
        .include "sensitive.S"
        .include "layout.S"

        .text
        .globl  _start
_start: la      sp, boot_stack          # in S-mode, translation off, interrupts off
        li      tp, 0
        la      t0, trap
        TRAP_SETUP t0
        call    frames_init
        la      a0, greeting
        call    print

        la      s0, kernel_root         # two leaves of 1 GiB: devices, and RAM
        li      t0, PTE_KERNEL
        SET_PTE t0, 0(s0)
        li      t0, PTE_KERNEL | PTE_X | 0x80000000 >> 2
        SET_PTE t0, 16(s0)
        mv      a0, s0
        li      a1, 0
        call    satp_of
        SET_SATP a0

        call    devices_init
        call    process_first
        mv      s0, a0
        call    timer_next
        mv      a0, s0
        j       process_start

        .include "trap.S"
        .include "calls.S"
        .include "process.S"
        .include "frames.S"
        .include "paging.S"
        .include "console.S"
        .include "devices.S"

        .section .rodata
greeting:
        .asciz  "kernel\n"
        .balign PAGE
program:                                # pages for the program's code, put in afterwards
        .zero   PROGRAM_PAGES * PAGE
program_end:

        .data
        .balign PAGE
processes:
        .zero   MOST_PROCESSES * PAGE
kernel_root:
        .zero   PAGE
        .zero   1024
boot_stack:
kernel_end:

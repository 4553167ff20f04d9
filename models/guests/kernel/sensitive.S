# Every sensitive operation of the kernel, behind a name: what a hypervisor must catch, translate or
# replace stands here and nowhere else. Another version of this file ports the kernel to another
# machine, a paravirtual one for instance.

        .equ    SIE, 1 << 1             # sstatus: interrupts are on
        .equ    SPIE, 1 << 5            # they will be on after the return
        .equ    STIE, 1 << 5            # sie: timer
        .equ    SEIE, 1 << 9            # devices
        .equ    SBI_TIME, 0x54494d45
        .equ    SBI_RESET, 0x53525354

        .macro  IRQ_OFF old             # and keep in \old what it was
        csrrci  \old, sstatus, SIE
        .endm
        .macro  IRQ_RESTORE old
        andi    \old, \old, SIE
        csrs    sstatus, \old
        .endm
        .macro  IRQ_ON
        csrsi   sstatus, SIE
        .endm

        .macro  SET_SATP value
        csrw    satp, \value
        .endm
        .macro  SET_PTE value, place    # an entry of a page table that may be in use
        sd      \value, \place
        .endm
        .macro  TLB_FLUSH address, asid # forget one page's translation
        sfence.vma \address, \asid
        .endm
        .macro  TLB_FLUSH_SPACE asid
        sfence.vma zero, \asid
        .endm

        .macro  SET_TIMER tick          # takes a0, a1, a6, a7
        mv      a0, \tick
        li      a7, SBI_TIME
        li      a6, 0
        ecall
        .endm
        .macro  READ_TIME rd
        csrr    \rd, time
        .endm
        .macro  IDLE                    # interrupts are off: sleep until one is there, let it in
        wfi
        csrsi   sstatus, SIE
        csrci   sstatus, SIE
        .endm
        .macro  SHUTDOWN
        li      a7, SBI_RESET
        li      a6, 0
        li      a1, 0
        li      a0, 0
        ecall
        .endm

        # A trap finds 0 in sscratch if the kernel was interrupted, else the process's page.
        .macro  TRAP_SETUP handler
        csrw    stvec, \handler
        csrw    sscratch, zero
        li      \handler, STIE | SEIE
        csrw    sie, \handler
        .endm
        .macro  TRAP_SWAP               # tp with sscratch
        csrrw   tp, sscratch, tp
        .endm
        .macro  TRAP_TAKE_TP rd         # the program's tp; from now on we are in the kernel
        csrrw   \rd, sscratch, zero
        .endm
        .macro  TRAP_READ cause, value
        csrr    \cause, scause
        csrr    \value, stval
        .endm
        .macro  TRAP_STATE pc, status   # where and how the interrupted code goes on
        csrr    \pc, sepc
        csrr    \status, sstatus
        .endm
        .macro  TRAP_SET_STATE pc, status
        csrw    sepc, \pc
        csrw    sstatus, \status
        .endm
        .macro  TRAP_TO_PROGRAM         # sscratch: the process's page
        csrw    sscratch, tp
        .endm
        .macro  TRAP_RETURN
        sret
        .endm

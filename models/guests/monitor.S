# A monitor: one key, one answer. It sleeps between keys, and the UART's interrupt wakes it.
# The registers s8 to s11 belong to the trap handler.
        .equ  UART, 0x10000000
        .equ  PLIC, 0x0c000000
        .equ  FINISHER, 0x00100000
        .equ  BELOW, 3000000

_start: la   sp, stack
        la   t0, handler
        csrw mtvec, t0
        li   s0, UART
        li   s1, PLIC
        li   t0, 1
        sb   t0, 1(s0)          # UART: interrupt when a byte has come
        sw   t0, 40(s1)         # PLIC: source 10, the UART, has priority 1
        li   t1, PLIC + 0x2000
        li   t0, 1 << 10
        sw   t0, 0(t1)          # and is enabled for M-mode
        li   t0, 1 << 11
        csrw mie, t0
        la   a0, hello
        call print

prompt: la   a0, sign
        call print
        la   s2, key
sleep:  csrci mstatus, 8        # no interrupt between the look and the sleep
        lw   a0, 0(s2)
        bnez a0, awake
        wfi
        csrsi mstatus, 8        # here it is taken
        j    sleep
awake:  sw   zero, 0(s2)
        li   t0, 1 << 11
        csrs mie, t0            # the next one may come
        csrsi mstatus, 8
        li   t0, '\n'
        beq  a0, t0, prompt
        li   t0, '\r'
        beq  a0, t0, prompt
        sb   a0, 0(s0)          # the echo
        li   t0, 'p'
        beq  a0, t0, primes
        li   t0, 'c'
        beq  a0, t0, count
        li   t0, 't'
        beq  a0, t0, broken
        li   t0, 'o'
        beq  a0, t0, off
        la   a0, help
        call print
        j    prompt

primes: la   a0, below          # by trial division, to keep the hart busy
        call print
        li   s3, 2              # candidate
        li   s4, 0              # found
        li   s5, BELOW
next:   li   t0, 2
        bltu s3, t0, isnot
try:    mul  t1, t0, t0
        bgtu t1, s3, is
        remu t2, s3, t0
        beqz t2, isnot
        addi t0, t0, 1
        j    try
is:     addi s4, s4, 1
isnot:  addi s3, s3, 1
        bltu s3, s5, next
        mv   a0, s4
        call number
        j    prompt

count:  la   a0, done
        call print
        csrr a0, minstret
        call number
        j    prompt

broken: .word 0xffffffff        # no instruction; the handler goes on behind it
        j    prompt

off:    la   a0, bye
        call print
        li   t0, FINISHER
        li   t1, 0x5555
        sw   t1, 0(t0)
        j    .

# Print the text at a0, which ends with a zero.
print:  lbu  t0, 0(a0)
        beqz t0, end
        sb   t0, 0(s0)
        addi a0, a0, 1
        j    print
end:    ret

# Print a0 in decimal.
number: la   t0, stack
        li   t1, 10
digit:  remu t2, a0, t1
        divu a0, a0, t1
        addi t2, t2, '0'
        addi t0, t0, -1
        sb   t2, 0(t0)
        bnez a0, digit
        la   t1, stack
show:   lbu  t2, 0(t0)
        sb   t2, 0(s0)
        addi t0, t0, 1
        bltu t0, t1, show
        ret

        .balign 4
handler:
        csrr s8, mcause
        bgez s8, trap
        lbu  s9, 0(s0)          # the byte that woke us
        la   s10, key
        sw   s9, 0(s10)
        li   s8, PLIC + 0x200000
        lw   s9, 4(s8)          # claim the interrupt, and complete it
        sw   s9, 4(s8)
        li   s8, 1 << 11
        csrc mie, s8            # no other before this one is taken
        mret
trap:   la   a0, caught
        call print
        csrr s8, mcause
        mv   a0, s8
        call number
        csrr s9, mepc
        addi s9, s9, 4
        csrw mepc, s9
        mret

        .data
hello:  .asciz "The book's monitor, in M-mode. Press h for help.\n"
sign:   .asciz "\n> "
help:   .asciz ": p primes, c count, t trap, o off"
below:  .asciz "rimes below 3000000: "
done:   .asciz "ount of instructions so far: "
caught: .asciz "rap caught, cause "
bye:    .asciz "ff.\n"
        .balign 8
key:    .word 0
        .zero 124
stack:

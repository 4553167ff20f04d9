# The console: the UART, polled.

        .equ    UART, 0x10000000        # 16550: data at +0, line status at +5
        .equ    UART_READY, 1 << 5

# Print the text at a0, which ends with a zero.
print:  mv      t0, a0
1:      lbu     t1, 0(t0)
        addi    t0, t0, 1
        bnez    t1, 1b
        sub     a1, t0, a0
        addi    a1, a1, -1

# Print a1 bytes from a0.
print_bytes:
        li      t0, UART
        add     a1, a0, a1
1:      bgeu    a0, a1, 3f
2:      lbu     t1, 5(t0)
        andi    t1, t1, UART_READY
        beqz    t1, 2b
        lbu     t1, 0(a0)
        sb      t1, 0(t0)
        addi    a0, a0, 1
        j       1b
3:      ret

# Print a0 as 16 hexadecimal digits and a line's end.
print_number:
        SAVE    ra, s0, s1
        mv      s0, a0
        li      s1, 60
1:      srl     t0, s0, s1
        andi    t0, t0, 15
        la      a0, digits
        add     a0, a0, t0
        li      a1, 1
        call    print_bytes
        addi    s1, s1, -4
        bgez    s1, 1b
        la      a0, line_end
        li      a1, 1
        call    print_bytes
        RESTORE ra, s0, s1
        ret

        .section .rodata
digits: .ascii  "0123456789abcdef"
line_end:
        .ascii  "\n"
        .text

# A device is a few addresses. A byte stored at 0x10000000 comes out of the serial port.
        .equ  UART, 0x10000000
_start: li   a0, UART
        la   a1, text
next:   lbu  a2, 0(a1)
        beqz a2, done
        sb   a2, 0(a0)
        addi a1, a1, 1
        j    next
done:   wfi

        .data
text:   .asciz "Hello, machine!\n"

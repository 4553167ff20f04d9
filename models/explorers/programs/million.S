# A million and more instructions: press Run, and Stop when you like; then step back from there.
_start: li   a1, 250000
        la   a2, total
again:  ld   a0, 0(a2)
        add  a0, a0, a1
        sd   a0, 0(a2)
        addi a1, a1, -1
        bnez a1, again
done:   wfi

        .data
total:  .dword 0

# The same three instructions in four bytes each and in two. Compare the addresses.
_start:
        .option norvc
        li   a0, 1
        addi a0, a0, 4
        add  a0, a0, a0
        .option rvc
        li   a0, 1
        addi a0, a0, 4
        add  a0, a0, a0
done:   wfi

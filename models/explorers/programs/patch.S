# A program that rewrites itself. fence.i makes what was stored visible to fetches.
_start: la   a1, place
        la   a2, other
        lw   a3, 0(a2)
        sw   a3, 0(a1)
        fence.i
        .option norvc
place:  li   a0, 1              # becomes: li a0, 2
done:   wfi
other:  li   a0, 2

# Counters that it sets, or that count nothing.
        csrw mcycle, zero
        csrw minstret, zero
        csrr s0, mcycle
        csrr s1, minstret
        csrr s2, mhpmcounter3
        csrr s3, mcountinhibit

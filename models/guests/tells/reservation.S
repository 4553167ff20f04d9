# A reservation that is held while another page is touched for the first time.
        li a0, ONE
        li a1, 0x80040000
        li a2, 4096
        li s0, 0
        li s1, 8
1:      lr.d t0, (a0)
        ld t1, 0(a1)
        sc.d t2, t0, (a0)
        xori t2, t2, 1
        add s0, s0, t2                  # 1 for each that came through
        add a1, a1, a2
        addi s1, s1, -1
        bnez s1, 1b

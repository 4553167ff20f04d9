# The user returns from a trap, which it may not.
        entry KERNEL, 0, 0x200000df
        paging
        down 0, 1f
1:      expect
        sret
9:      mv s1, s11

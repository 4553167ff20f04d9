# Sieve, matrix product, CRC-32, list walk and insertion sort; a0 = rounds, result in a0.
# Entered in M-mode: builds a one-level identity map of the first MiB, goes on in S-mode with
# paging, and ends by WFI.
    .equ N, 8192
    .equ PTE_TABLE, 0x01
    .equ PTE_RWX, 0xcf

start:
    la   t0, root
    la   t1, middle
    la   t2, leaf
    srli t3, t1, 2
    ori  t3, t3, PTE_TABLE
    sd   t3, 16(t0)            # 0x80000000 is entry 2 of the root
    srli t3, t2, 2
    ori  t3, t3, PTE_TABLE
    sd   t3, 0(t1)
    li   t3, 0x20000000 + PTE_RWX
    li   t4, 256
map:
    sd   t3, 0(t2)
    addi t3, t3, 0x400
    addi t2, t2, 8
    addi t4, t4, -1
    bnez t4, map
    li   t1, -1
    csrw pmpaddr0, t1
    li   t1, 0x1f
    csrw pmpcfg0, t1
    srli t0, t0, 12
    li   t1, 8
    slli t1, t1, 60
    or   t0, t0, t1
    csrw satp, t0
    li   t0, 0x800             # mstatus.MPP = S
    csrw mstatus, t0
    la   t0, supervisor
    csrw mepc, t0
    mret

supervisor:
    la   sp, stack_end
    mv   s11, a0               # rounds left
    li   s10, 0                # checksum
    li   s9, 0                 # round
round:
    call sieve
    add  s10, s10, a0
    addi a0, s9, 3
    call product
    xor  s10, s10, a0
    addi a0, s9, 1
    call walk
    add  s10, s10, a0
    add  a0, s10, s9
    call sort
    xor  s10, s10, a0
    call crc
    addw s10, s10, a0
    addi s9, s9, 1
    bne  s9, s11, round
    mv   a0, s10
stop:
    wfi
    j    stop

sieve:                         # a0 = number of primes below N
    la   t0, flags
    li   t1, N
    li   t2, 1
    mv   t3, t0
    add  t4, t0, t1
1:  sb   t2, 0(t3)
    addi t3, t3, 1
    bne  t3, t4, 1b
    li   a0, 0
    li   t2, 2
2:  add  t3, t0, t2
    lbu  t5, 0(t3)
    beqz t5, 4f
    addi a0, a0, 1
    slli t5, t2, 1
    bge  t5, t1, 4f
    add  t3, t0, t5
3:  sb   zero, 0(t3)
    add  t3, t3, t2
    bltu t3, t4, 3b
4:  addi t2, t2, 1
    bne  t2, t1, 2b
    ret

product:                       # 16 by 16, 32-bit; a0 = seed, then the sum of the result
    la   t0, matrix_a
    la   t1, matrix_b
    li   t2, 0                 # i
    li   t6, 16
1:  li   t3, 0                 # j
2:  mulw t4, t2, t3
    addw t4, t4, a0
    sw   t4, 0(t0)
    mulw t4, t3, a0
    subw t4, t2, t4
    sw   t4, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    addi t3, t3, 1
    bne  t3, t6, 2b
    addi t2, t2, 1
    bne  t2, t6, 1b
    li   a0, 0
    la   a1, matrix_a          # row of A
    la   a3, matrix_c
    li   t2, 0
3:  li   t3, 0
    la   a2, matrix_b          # column of B
4:  li   a4, 0
    mv   t0, a1
    mv   t1, a2
    addi a5, a1, 64
5:  lw   t4, 0(t0)
    lw   t5, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 64
    mulw t4, t4, t5
    addw a4, a4, t4
    bne  t0, a5, 5b
    sw   a4, 0(a3)
    addi a3, a3, 4
    addw a0, a0, a4
    addi a2, a2, 4
    addi t3, t3, 1
    bne  t3, t6, 4b
    addi a1, a1, 64
    addi t2, t2, 1
    bne  t2, t6, 3b
    ret

walk:                          # 256 nodes (next, value); a0 = factor, then a sum over 4096 steps
    la   t0, nodes
    li   t1, 0
    li   t6, 256
    mv   t2, t0
1:  slli t3, t1, 3
    sub  t3, t3, t1
    addi t3, t3, 1
    andi t3, t3, 255
    slli t3, t3, 4
    add  t3, t3, t0
    sd   t3, 0(t2)
    mulw t4, t1, a0
    sw   t4, 8(t2)
    addi t2, t2, 16
    addi t1, t1, 1
    bne  t1, t6, 1b
    li   a0, 0
    li   t1, 4096
2:  lw   t2, 8(t0)
    ld   t0, 0(t0)
    addi t1, t1, -1
    addw a0, a0, t2
    bnez t1, 2b
    ret

sort:                          # 64 words from a generator seeded by a0; a0 = first ^ last ^ middle
    la   t0, words
    li   t1, 1103515245
    li   t2, 12345
    addi t3, t0, 256
    mv   t4, t0
1:  mulw a0, a0, t1
    addw a0, a0, t2
    srliw t5, a0, 8
    sw   t5, 0(t4)
    addi t4, t4, 4
    bne  t4, t3, 1b
    addi t1, t0, 4
2:  lw   t2, 0(t1)
    mv   t4, t1
3:  lw   t5, -4(t4)
    ble  t5, t2, 4f
    sw   t5, 0(t4)
    addi t4, t4, -4
    bne  t4, t0, 3b
4:  sw   t2, 0(t4)
    addi t1, t1, 4
    bne  t1, t3, 2b
    lw   a0, 0(t0)
    lw   t1, 252(t0)
    xor  a0, a0, t1
    lw   t1, 124(t0)
    xor  a0, a0, t1
    ret

crc:                           # CRC-32 of the sorted words, bit by bit
    la   t0, words
    addi t1, t0, 256
    li   a0, -1
    li   t2, 0xedb88320
1:  lbu  t3, 0(t0)
    xor  a0, a0, t3
    li   t4, 8
2:  andi t5, a0, 1
    neg  t5, t5
    and  t5, t5, t2
    slli a0, a0, 32
    srli a0, a0, 33
    xor  a0, a0, t5
    addi t4, t4, -1
    bnez t4, 2b
    addi t0, t0, 1
    bne  t0, t1, 1b
    not  a0, a0
    ret

    .balign 4096
root:   .zero 4096
middle: .zero 4096
leaf:   .zero 4096
flags:  .zero N
nodes:  .zero 4096
matrix_a: .zero 1024
matrix_b: .zero 1024
matrix_c: .zero 1024
words:  .zero 256
    .balign 16
stack:  .zero 256
stack_end:

# Devices: none yet.
devices_init:
device_interrupt:
        ret
call_disk_read:
call_disk_write:
call_send:
call_receive:
        li      a0, -1
        ret

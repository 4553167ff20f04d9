"""A small cloud, deterministic and in virtual time: the ground on which the traits are probed.

    client --request--> entrance --> desk --> quota --> scheduler --> host --> running VM
                        who gets     a person  what a   which host    boots it     |
                        through      or none   tenant   of the fleet               v
                                               may have                      events, metering

`cloud` is the whole; each stage has a file. Hosts are known by a protocol (`hosts.Host`), so other
machines than the simulated ones can stand behind it.
"""

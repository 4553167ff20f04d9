"""A small cloud, deterministic and in virtual time: the ground on which the traits are probed.

    client ─request─> entrance ─> desk ─> quota ─> scheduler ─> host ─> running VM
                      who gets    a       what a   which host   boots        │
                      through     person  tenant   of the       it           v
                                  or none may have fleet             events, readings of the meter

`Session` is what a tenant touches, `Cloud` what the provider has; every stage has a file. Hosts are
known by a protocol (`hosts.Host`), so other machines than the simulated ones can stand behind it.
Placement works on `fleet.Fleet`, rows of numbers over all hosts, and can be used by itself
(`workload.place_all`).
"""

from models.cloud.platform.api import Session
from models.cloud.platform.cloud import Cloud
from models.cloud.platform.design import Design
from models.cloud.platform.diary import Diary
from models.cloud.platform.refusals import Refused
from models.cloud.platform.tenants import Quota

__all__ = ["Cloud", "Design", "Diary", "Quota", "Refused", "Session"]

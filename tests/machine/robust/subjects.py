"""All subjects."""

from tests.machine.robust.guests import Programs, Queues, Tables
from tests.machine.robust.images import Elf, Snapshot
from tests.machine.robust.source import Source

SUBJECTS = (Programs, Tables, Queues, Elf, Snapshot, Source)

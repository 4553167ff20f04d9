"""The scalar twin of placement: hosts as objects, one `if` after another, shares as fractions."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from models.cloud.platform.fleet import SHARED
from models.cloud.platform.workload import REFUSED, Workload


@dataclass
class Box:
    """One host."""

    vcpus: int
    memory: int
    zone: int = 0
    owner: int = SHARED
    alive: bool = True
    vms: list[int] = field(default_factory=list)  # numbers of requests
    room: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.room = (self.vcpus, self.memory)

    def fits(self, vcpus: int, memory: int, tenant: int) -> bool:
        return (
            self.alive
            and self.owner in (tenant, SHARED)
            and self.vcpus >= vcpus
            and self.memory >= memory
        )


def place_all(boxes: list[Box], work: Workload, policy: str, order: str) -> list[int]:
    """The host of each request, decided by looking at one host after another."""
    answers = [REFUSED] * len(work)
    weights = _weights(boxes)
    for n in _turns(boxes, work, answers) if order == "fair" else range(len(work)):
        host = _choose(boxes, work, n, policy, weights)
        if host is not None:
            boxes[host].vcpus -= int(work.vcpus[n])
            boxes[host].memory -= int(work.memory[n])
            boxes[host].vms.append(n)
            answers[n] = host
    return answers


def _choose(
    boxes: list[Box], work: Workload, n: int, policy: str, weights: list[int]
) -> int | None:
    best, best_score = None, None
    need = int(work.vcpus[n]), int(work.memory[n]), int(work.tenant[n])
    for number, box in enumerate(boxes):
        if not box.fits(*need) or not _allowed(boxes, work, n, box):
            continue
        score = _score(box, policy, weights)
        if best_score is None or score < best_score:
            best, best_score = number, score
    return best


def _score(box: Box, policy: str, weights: list[int]) -> int:
    """The smaller the better; among equals the first."""
    slack = box.vcpus * weights[0] + box.memory * weights[1]
    return {"first": 0, "best": slack, "spread": -slack}[policy]


def _weights(boxes: list[Box]) -> list[int]:
    totals = [sum(b.room[r] for b in boxes) for r in (0, 1)]
    return [round(totals[1 - r] / min(totals) * 64) for r in (0, 1)]


def _allowed(boxes: list[Box], work: Workload, n: int, box: Box) -> bool:
    group = int(work.group[n])
    if group < 0:
        return True
    members = [(b, m) for b in boxes for m in b.vms if work.group[m] == group]
    rule = work.rules[group]
    if rule == "apart":
        return all(b is not box for b, _ in members)
    if rule == "near":
        return not members or members[0][0].zone == box.zone
    counts = Counter(b.zone for b, _ in members)
    return counts[box.zone] == min(counts[b.zone] for b in boxes)


def _turns(boxes: list[Box], work: Workload, answers: list[int]):
    """Whose request is next: by dominant share as a fraction, then by arrival."""
    totals = [sum(b.room[r] for b in boxes) for r in (0, 1)]
    lines = {t: [n for n in range(len(work)) if work.tenant[n] == t] for t in work.tenant.tolist()}
    has = {tenant: [0, 0] for tenant in lines}

    def rank(tenant: int) -> tuple[Fraction, int]:
        share = max(Fraction(h, t) for h, t in zip(has[tenant], totals, strict=True))
        return share, lines[tenant][0]

    while any(lines.values()):
        tenant = min((t for t in lines if lines[t]), key=rank)
        n = lines[tenant].pop(0)
        yield n
        if answers[n] != REFUSED:
            has[tenant][0] += int(work.vcpus[n])
            has[tenant][1] += int(work.memory[n])

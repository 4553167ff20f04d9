"""Chapter 7: exits of trap-and-emulate as a table, as they came."""

from dataclasses import dataclass
from typing import Any

from models.explorers import look
from models.hypervisors.exit_log import Row, exits

HEAD = ("After", "Guest's mode", "Instruction", "The processor says", "To the hypervisor it is")
CALL, RETURN = "environment-call", "trap-return"


@dataclass(frozen=True)
class OneCall:
    """Every exit of one call that the job of `guests/one_job.S` makes, the n-th.

    Attributes
    ----------
    call : int
        From 1.
    """

    call: int = 2

    @property
    def log(self) -> list[Row]:
        """From the program's ecall to the return from it.

        Raises
        ------
        ValueError
            For a call that the program does not make.
        """
        rows = exits()
        calls = [n for n, row in enumerate(rows) if row.mode == "U" and row.reason == CALL]
        if not 1 <= self.call <= len(calls):
            raise ValueError(f"call: {self.call}; allowed: 1 to {len(calls)}")
        first = calls[self.call - 1]
        back = [n for n in range(first, len(rows)) if rows[n].reason == RETURN]
        if not back:
            raise ValueError(f"call: {self.call} never returns; allowed: 1 to {len(calls) - 1}")
        return rows[first : back[0] + 1]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        log = self.log
        rows = [
            [
                f"{row.after - log[0].after:,}",
                row.mode if row.mode == row.now else f"{row.mode} → {row.now}",
                row.text,
                row.cause,
                row.reason,
            ]
            for row in log
        ]
        caption = (
            f"Call {self.call} of the job: {len(rows)} exits in "
            f"{log[-1].after - log[0].after + 1} instructions"
        )
        plain = "\n".join([caption, *("  ".join(row).rstrip() for row in rows)])
        return {"text/html": look.table(caption, HEAD, rows), "text/plain": plain}

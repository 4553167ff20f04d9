"""``python -m models.claims`` runs the ledger's own runs and keeps what they show."""

from pathlib import Path

from models.claims.ledger import ledger
from models.claims.measured import NAME, as_text, measure
from models.claims.verdict import judge


def main() -> None:
    """Write the findings; say where a verdict differs from what claims.toml expects."""
    findings = measure()
    Path(__file__).with_name(NAME).write_text(as_text(findings), encoding="utf8")
    for key, found in findings.items():
        entry, verdict = ledger()[key], judge(found, ledger()[key].older)
        differs = "" if verdict is entry.verdict else f"; claims.toml expects {entry.verdict}"
        print(f"{key} {verdict}{differs}")


if __name__ == "__main__":
    main()

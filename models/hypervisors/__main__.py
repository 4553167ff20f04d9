"""``python -m models.hypervisors`` runs chapter 6's audits and keeps them."""

from pathlib import Path

from models.hypervisors.kept import NAME, as_text, measure


def main() -> None:
    """Write the audits; say what each comes to."""
    audits = measure()
    Path(__file__).with_name(NAME).write_text(as_text(audits), encoding="utf8")
    for name, found in audits.items():
        print(f"{name}: offenders {found.facts()['Offenders']}")


if __name__ == "__main__":
    main()

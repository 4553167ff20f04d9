"""Command line: ``python -m models.performance`` says where each technique wins and loses."""

from models.performance.verdicts import report

if __name__ == "__main__":
    for line in report():
        print(line)

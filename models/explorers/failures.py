"""Errors of a reader's click, kept where a test can see them.

A widget's callback has nobody to raise to: Jupyter swallows its errors or prints a traceback into
the page. So the boundary turns an error into a sentence for the reader and records it here.
"""

RECORD: list[str] = []


def record(error: BaseException, doing: str) -> str:
    """Keep an error; returns the sentence for the reader."""
    what = f"{type(error).__name__}: {error}".removesuffix(": ")  # some errors have no text
    RECORD.append(f"{doing}: {what}")
    return f"The model could not answer ({what}). Reset, or try others."

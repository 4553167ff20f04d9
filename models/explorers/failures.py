"""Errors of a reader's click, kept where a test can see them.

A widget's callback has nobody to raise to: Jupyter swallows its errors or prints a traceback into
the page. So the boundary turns an error into a sentence for the reader and records it here.
"""

RECORD: list[str] = []


def record(error: BaseException, doing: str) -> str:
    """Keep an error; returns the sentence for the reader."""
    RECORD.append(f"{doing}: {type(error).__name__}: {error}")
    return f"The model could not answer ({type(error).__name__}: {error}). Reset, or try others."

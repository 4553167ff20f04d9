"""Measurements in running text."""


def brief(value: float) -> str:
    """One decimal place, where it says something.

    >>> brief(1891.4), brief(39.58), brief(1.0)
    ('1,891', '39.6', '1')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{round(value, 1):g}"

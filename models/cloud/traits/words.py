"""Measurements in running text."""

from models.cloud.platform.clock import DAY, HOUR, MINUTE

UNITS = ((DAY, "days"), (HOUR, "h"), (MINUTE, "min"))


def brief(value: float) -> str:
    """One decimal place, where it says something.

    >>> brief(1891.4), brief(39.58), brief(1.0)
    ('1,891', '39.6', '1')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{round(value, 1):g}"


def span(seconds: float) -> str:
    """A time in the largest unit of which there are two.

    >>> span(60.0), span(6 * 3_600.0), span(42 * 86_400.0)
    ('60 s', '6 h', '42 days')
    """
    for unit, name in UNITS:
        if seconds >= 2 * unit:
            return f"{brief(seconds / unit)} {name}"
    return f"{brief(seconds)} s"

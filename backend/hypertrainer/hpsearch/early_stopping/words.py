"""Verdicts in words, for people: always which epoch, which value and, if compared, which rank."""

from math import isnan


def number_text(value: float) -> str:
    """A metric's value, short."""
    return f"{value:.4g}"


def ordinal_text(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"


def rung_words(epoch: int, metric: str, value: float, rank: int, of: int, kept: int) -> str:
    """Why a rung stopped it."""
    best = "only the best goes on" if kept == 1 else f"the best {kept} go on"
    place = f"{ordinal_text(rank)} of {of} at this rung"
    return f"stopped at epoch {epoch}: {metric} {number_text(value)} is {place}; {best}"


def not_finite_words(epoch: int, metric: str, value: float) -> str:
    """Why a value that is no number stopped it."""
    said = "nan, not a number" if isnan(value) else f"infinite ({number_text(value)})"
    return f"stopped at epoch {epoch}: {metric} is {said}"


def median_words(
    epoch: int, metric: str, best: float, limit: float, percentile: float, rank: int, of: int
) -> str:
    """Why the others' averages stopped it."""
    name = "median" if percentile == 50 else f"{number_text(percentile)}% percentile"
    others = f"the {name} of {of - 1} other trials' averages up to this epoch"
    return (
        f"stopped at epoch {epoch}: the best {metric} so far, {number_text(best)}, is worse than "
        f"{number_text(limit)}, {others}: {ordinal_text(rank)} of {of}"
    )


def patience_words(epoch: int, metric: str, best: float, since: int, min_delta: float) -> str:
    """Why standing still stopped it."""
    more = f" by more than {number_text(min_delta)}" if min_delta > 0 else ""
    return (
        f"stopped at epoch {epoch}: the best {metric}, {number_text(best)}, has not improved{more} "
        f"since epoch {since}"
    )


def threshold_words(epoch: int, metric: str, value: float, side: str, limit: float) -> str:
    """Why a fixed limit stopped it; `side` is above or below."""
    return (
        f"stopped at epoch {epoch}: {metric} {number_text(value)} is {side} {number_text(limit)}, "
        "the limit"
    )

"""Searches that Hypothesis makes up: ranges, priors, choices, conditions, ties and constraints."""

from typing import Any

from hypothesis import strategies as st

from hypertrainer.hpsearch.spec import Condition, Parameter

STEPS = (0.05, 0.1, 0.25, 0.3, 1.0, 7.0)


@st.composite
def bounds(draw: st.DrawFn, least: float = -1e6, most: float = 1e6) -> tuple[float, float]:
    low, high = sorted(draw(st.tuples(st.floats(least, most), st.floats(least, most))))
    return low, high


@st.composite
def ranges(draw: st.DrawFn, path: str = "a") -> Parameter:
    """A range of reals or of whole numbers, with or without a logarithm or a step."""
    kind = draw(st.sampled_from(("real", "log", "step", "int", "int log", "int step")))
    if "log" in kind:
        low, high = draw(bounds(1e-6 if kind == "log" else 1.0, 1e6))
    else:
        low, high = draw(bounds())
    more: dict[str, Any] = {"log": "log" in kind}
    if "int" in kind:
        low, high = float(int(low)), float(int(high))
        more |= {"type": "int"}
    if kind == "step":
        step = draw(st.sampled_from(STEPS))
        low = round(draw(st.integers(-100, 100)) * step, 2)
        high = round(low + draw(st.integers(0, 50)) * step, 2)
        more |= {"step": step}
    if kind == "int step":
        more |= {"step": float(draw(st.integers(1, 9)))}
    return Parameter(path=path, low=low, high=high, **more)


@st.composite
def priors(draw: st.DrawFn, path: str = "a") -> Parameter:
    """A normal or lognormal prior, cut off at one end, both or none."""
    distribution = draw(st.sampled_from(("normal", "lognormal")))
    mean, std = draw(st.floats(-5, 5)), draw(st.floats(0.1, 3))
    least = 0.01 if distribution == "lognormal" else -20.0
    low, high = draw(bounds(least, 20.0))
    ends = draw(st.sampled_from(("low", "high", "both", "none")))
    kind = draw(st.sampled_from(("float", "int"))) if high - low > 2 else "float"
    return Parameter(
        path=path,
        type=kind,
        distribution=distribution,
        mean=mean,
        std=std,
        low=low if ends in ("low", "both") else None,
        high=high if ends in ("high", "both") else None,
    )


@st.composite
def choices(draw: st.DrawFn, path: str = "a") -> Parameter:
    """Candidates, alike or not, some likelier."""
    values = draw(
        st.lists(
            st.one_of(st.integers(-9, 9), st.text("abc", max_size=3), st.booleans(), st.none()),
            min_size=1,
            max_size=5,
            unique_by=repr,
        )
    )
    weights = draw(st.lists(st.floats(0.1, 9), min_size=len(values), max_size=len(values)))
    return Parameter(
        path=path,
        type=draw(st.sampled_from(("categorical", "ordinal"))),
        values=tuple(values),
        probabilities=draw(st.sampled_from((None, tuple(weights)))),
    )


def parameters(path: str = "a") -> st.SearchStrategy[Parameter]:
    """Anything with an axis of its own."""
    return st.one_of(ranges(path), priors(path), choices(path))


@st.composite
def params(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """Up to four of them, the last of which depend on a switch, or copy the first."""
    switch = Parameter(path="switch", type="categorical", values=("on", "off"))
    first, second, third = (draw(parameters(path)) for path in ("p0", "p1", "p2"))
    shape = draw(st.sampled_from(("plain", "switched", "nested", "tied", "zipped")))
    when = (Condition(path="switch", values=("on",)),)
    if shape == "switched":
        return (first, second.model_copy(update={"when": when}), switch)
    if shape == "nested":
        deeper = Parameter(path="deeper", type="ordinal", values=(1, 2), when=when)
        lowest = (Condition(path="deeper", low=2),)
        return (switch, third.model_copy(update={"when": lowest}), deeper, first)
    if shape == "tied":
        return (first, Parameter(path="tied", type="same", same_as="p0"), second)
    if shape == "zipped":
        rows = (("A.yml", 1), ("A.yml", 2), ("B.yml", 3))
        pair = Parameter(path="x", paths=("x", "y"), type="categorical", values=rows)
        return (first, pair)
    return (first, second)

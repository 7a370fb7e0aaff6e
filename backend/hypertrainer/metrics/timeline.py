"""When an epoch ended, by `progress.log`: metric files name epochs and no times."""

import polars as pl

TIMELINE_SCHEMA = {"epoch": pl.Float64, "time": pl.Float64}


def extended_timeline(timeline: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The timeline after further rows of `progress.log`.

    One row per epoch, ascending, with the time at which the epoch was last seen.
    """
    if rows.is_empty():
        return timeline
    ends = pl.concat([timeline, rows.select("epoch", "time")])
    return ends.group_by("epoch").agg(pl.col("time").last()).sort("epoch")


def times_of(epochs: pl.Series, timeline: pl.DataFrame) -> pl.Series:
    """The time of each epoch: known, else on the line between its known neighbours.

    Before the first and after the last known epoch the time is that epoch's. The timeline must
    not be empty.
    """
    known, ends = timeline["epoch"], timeline["time"]
    after = known.search_sorted(epochs, "left").cast(pl.Int64).clip(0, len(known) - 1)
    before = (after - 1).clip(0, len(known) - 1)
    frame = pl.DataFrame(
        {
            "epoch": epochs,
            "x0": known.gather(before),
            "x1": known.gather(after),
            "t0": ends.gather(before),
            "t1": ends.gather(after),
        }
    )
    width = pl.col("x1") - pl.col("x0")
    share = ((pl.col("epoch") - pl.col("x0")) / width).clip(0, 1)
    time = pl.col("t0") + share * (pl.col("t1") - pl.col("t0"))
    exact = pl.when((width > 0) & (pl.col("epoch") < pl.col("x1"))).then(time)
    return frame.select(exact.otherwise(pl.col("t1"))).to_series()

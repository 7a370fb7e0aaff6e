"""Metrics: what scripts write to `metric_*.log` and `progress.log`, read, summed up and drawn."""

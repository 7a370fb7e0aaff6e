"""LSF: IBM Spectrum LSF 10.1 and later."""

from hypertrainer.platforms.schedulers.lsf.scheduler import LsfScheduler

__all__ = ["LsfScheduler"]

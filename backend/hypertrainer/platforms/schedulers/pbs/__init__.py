"""PBS Pro (OpenPBS) and Torque: one scheduler that tells the two apart."""

from hypertrainer.platforms.schedulers.pbs.scheduler import PbsScheduler

__all__ = ["PbsScheduler"]

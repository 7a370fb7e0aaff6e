"""Slurm, by its commands: sbatch, squeue, scancel, scontrol, sinfo, and sacct where it works."""

from hypertrainer.platforms.schedulers.slurm.scheduler import SlurmScheduler

__all__ = ["SlurmScheduler"]

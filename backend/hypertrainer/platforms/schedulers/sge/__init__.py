"""SGE: Son of Grid Engine, Univa and Altair Grid Engine, and Debian's gridengine."""

from hypertrainer.platforms.schedulers.sge.scheduler import SgeScheduler

__all__ = ["SgeScheduler"]

"""The types of platforms there are: a line for each, and how a platform is made of its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hypertrainer.platforms.base import Platform
from hypertrainer.platforms.place_settings import LocalSettings
from hypertrainer.platforms.platforms_file import Entry
from hypertrainer.platforms.pool import PoolPlatform
from hypertrainer.platforms.remote_settings import MachineSettings, QueueSettings, RemoteSettings
from hypertrainer.platforms.schedulers.base import Scheduler
from hypertrainer.platforms.schedulers.direct import DirectScheduler
from hypertrainer.platforms.schedulers.lsf import LsfScheduler
from hypertrainer.platforms.schedulers.pbs import PbsScheduler
from hypertrainer.platforms.schedulers.sge import SgeScheduler
from hypertrainer.platforms.schedulers.slurm import SlurmScheduler
from hypertrainer.platforms.shell import ShellPlatform, ShellSettings
from hypertrainer.platforms.transports.base import Transport
from hypertrainer.platforms.transports.local import LocalTransport
from hypertrainer.platforms.transports.ssh.settings import SshSettings


@dataclass(frozen=True, slots=True)
class PlatformType:
    """One type: how it is presented, the settings it takes, and what its queue speaks."""

    title: str
    description: str
    settings: type[LocalSettings] | type[RemoteSettings]
    scheduler: Callable[[], Scheduler]


PLATFORM_TYPES: Mapping[str, PlatformType] = MappingProxyType(
    {
        "local": PlatformType(
            "This machine", "Where the server runs.", LocalSettings, DirectScheduler
        ),
        "ssh": PlatformType(
            "Machines over SSH",
            "A machine without a queue, or a pool of them.",
            MachineSettings,
            DirectScheduler,
        ),
        "slurm": PlatformType(
            "Slurm", "A cluster with Slurm, behind its login node.", QueueSettings, SlurmScheduler
        ),
        "pbs": PlatformType(
            "PBS", "A cluster with PBS Pro, OpenPBS or Torque.", QueueSettings, PbsScheduler
        ),
        "sge": PlatformType(
            "SGE", "A cluster with Grid Engine or an heir of it.", QueueSettings, SgeScheduler
        ),
        "lsf": PlatformType("LSF", "A cluster with IBM Spectrum LSF.", QueueSettings, LsfScheduler),
    }
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a platform gets from the server.

    Its output folder, its choice of a Python (empty: none), and the file of accepted host keys.
    """

    output: Path
    python: str
    known_hosts: Path


def make_platform(entry: Entry, surroundings: Surroundings) -> Platform:
    """The platform that an entry of platforms.yaml describes."""
    settings = PLATFORM_TYPES[entry.type].settings.model_validate(entry.settings)
    if isinstance(settings, LocalSettings):
        return _shell(entry, LocalTransport(), _local(settings, surroundings))
    shell = _remote(settings, surroundings)
    ways = {host: settings.way_to(host, surroundings.known_hosts) for host in settings.hosts_there}
    members = {host: _shell(entry, _over_ssh(way), shell) for host, way in ways.items()}
    if not members:
        return _shell(entry, LocalTransport(), shell)
    if isinstance(settings, MachineSettings) and settings.hosts:
        return PoolPlatform(entry.name, entry.type, members)  # of one, too: there were others
    return next(iter(members.values()))


def _over_ssh(way: SshSettings) -> Transport:
    # Only where somebody has such a platform: the SSH library takes 15 MB and a fifth of a second.
    from hypertrainer.platforms.transports.ssh.transport import SshTransport

    return SshTransport(way)


def _shell(entry: Entry, transport: Transport, settings: ShellSettings) -> ShellPlatform:
    scheduler = PLATFORM_TYPES[entry.type].scheduler()
    scheduler.setup = settings.setup
    return ShellPlatform(entry.name, entry.type, transport, scheduler, settings)


def _local(settings: LocalSettings, surroundings: Surroundings) -> ShellSettings:
    return ShellSettings(
        python=settings.python,
        setup=settings.setup,
        environment=settings.environment,
        output=settings.output,
        grace_seconds=settings.grace,
        poll_seconds=settings.poll,
        slots=settings.slot_wishes,
        default_output=str(surroundings.output),
        default_python=surroundings.python or "python3",
        resources=settings.defaults,
        resume_on=settings.resume_on,
        resume_limit=settings.resume_limit,
    )


def _remote(settings: RemoteSettings, surroundings: Surroundings) -> ShellSettings:
    is_here = not settings.hosts_there
    return ShellSettings(
        python=settings.python,
        setup=settings.setup,
        environment=settings.environment,
        output=settings.output,
        grace_seconds=settings.grace,
        poll_seconds=settings.poll_seconds,
        poll_floor_seconds=settings.poll_floor_seconds,
        slots=settings.slot_wishes,
        default_output=str(surroundings.output) if is_here else "",
        default_python=(surroundings.python if is_here else "") or "python3",
        resources=settings.defaults,
        resume_on=settings.resume_on,
        resume_limit=settings.resume_limit,
        stages_code=settings.stage,
        code_path=settings.path,
        max_code_bytes=settings.code_limit,
    )

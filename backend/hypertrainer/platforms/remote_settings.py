"""What may stand under the name of a platform that is another machine, or that has a queue."""

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hypertrainer.platforms.place_settings import (
    GPUS,
    PYTHON,
    SLOTS,
    GpusWish,
    PlaceSettings,
    SlotsWish,
)
from hypertrainer.platforms.resource_values import parse_memory
from hypertrainer.platforms.slots import SlotWishes
from hypertrainer.platforms.transports.ssh.settings import Address, SshSettings

MIN_FLOOR_SECONDS = 0.2
MAX_POLL_SECONDS = 3600.0


def _address(text: str) -> str:
    Address.parse(text)  # raises ValueError in words
    return text.strip()


def _there(path: str) -> str:
    if not path.startswith(("/", "~/")) or not path.isprintable():
        raise ValueError("write an absolute path, or one that begins with ~/")
    return path.rstrip("/") or "/"


def _file_here(path: str) -> str:
    return str(Path(path).expanduser())


def _size(value: Any) -> int:
    size = value if isinstance(value, int) and not isinstance(value, bool) else parse_memory(value)
    if size is None or size < 1:
        raise ValueError("write a number and its unit, such as 100M")
    return size


HostAddress = Annotated[str, AfterValidator(_address)]
PathThere = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_there)]


class RemoteSettings(PlaceSettings):
    """What all places have in common that may be reached over SSH."""

    floor: ClassVar[float] = 5.0
    slowest: ClassVar[float] = 60.0

    host: Annotated[
        HostAddress | None,
        Field(
            description="The machine: [user@]name[:port], or an alias of your SSH configuration.",
            examples=["alice@beluga.example.org"],
        ),
    ] = None
    user: Annotated[
        str | None, Field(min_length=1, description="The user there, unless `host` says it.")
    ] = None
    port: Annotated[
        int | None, Field(ge=1, le=65535, description="The port there, unless `host` says it.")
    ] = None
    key: Annotated[
        Annotated[str, Field(min_length=1), AfterValidator(_file_here)] | None,
        Field(description="A private key's file on the server.", examples=["~/.ssh/id_ed25519"]),
    ] = None
    ssh_config: Annotated[
        Annotated[str, AfterValidator(_file_here)] | None,
        Field(description="An OpenSSH configuration instead of ~/.ssh/config."),
    ] = None
    jump: Annotated[
        str | None,
        Field(
            min_length=1,
            description="A host to go through (ProxyJump); several with commas.",
            examples=["alice@gate.example.org"],
        ),
    ] = None
    control_master: Annotated[
        bool | str,
        Field(
            description="Ride on a connection that you opened with OpenSSH (for passwords and "
            "second factors): its socket, or true for the one that your configuration names.",
            examples=["~/.ssh/beluga.sock"],
        ),
    ] = False
    login_shell: Annotated[
        bool, Field(description="Run commands in a login shell, which reads more start-up files.")
    ] = False
    max_channels: Annotated[
        int, Field(ge=1, le=10, description="How many commands may run at once there.")
    ] = 4
    output: Annotated[
        PathThere | None,
        Field(
            description="The folder of the task folders there.", examples=["~/scratch/hypertrainer"]
        ),
    ] = None
    python: Annotated[
        str | None,
        Field(min_length=1, description=PYTHON, examples=["~/venv/bin/python"]),
    ] = None
    poll: Annotated[
        float | None,
        Field(
            le=MAX_POLL_SECONDS, description="Seconds between two looks at most, while jobs run."
        ),
    ] = None
    poll_floor: Annotated[
        float | None,
        Field(ge=MIN_FLOOR_SECONDS, description="Seconds between two looks at least."),
    ] = None
    stage: Annotated[
        bool, Field(description="Bring the script's folder there; off: use what is there.")
    ] = True
    path: Annotated[
        tuple[PathThere, ...],
        Field(
            description="Folders there in which scripts are looked up, with `stage: false`.",
            examples=[["~/project"]],
        ),
    ] = ()
    code_limit: Annotated[
        int,
        BeforeValidator(_size, json_schema_input_type=int | str),
        Field(description="How large a script's folder may be to be brought.", examples=["500M"]),
    ] = 100 * 2**20

    @model_validator(mode="after")
    def _consistent(self) -> "RemoteSettings":
        if not self.stage and not self.path:
            raise ValueError(
                "`stage: false` needs `path:`, the folders there that have the scripts"
            )
        if self.poll_seconds < self.poll_floor_seconds:
            raise ValueError(
                f"`poll` ({self.poll_seconds:g}) is below `poll_floor` "
                f"({self.poll_floor_seconds:g}); raise it, or lower that"
            )
        return self

    @property
    def hosts_there(self) -> tuple[str, ...]:
        """The machines; empty: this one."""
        return (self.host,) if self.host else ()

    @property
    def poll_seconds(self) -> float:
        """The slowest pace."""
        return self.slowest if self.poll is None else self.poll

    @property
    def poll_floor_seconds(self) -> float:
        """The quickest pace."""
        return self.floor if self.poll_floor is None else self.poll_floor

    @property
    def slot_wishes(self) -> SlotWishes:
        """The part that our own queue goes by."""
        return SlotWishes()

    @property
    def machines(self) -> frozenset[tuple[str, Address]]:
        """Whose jobs are whose: what a job calls its machine, where and as whom that is reached."""
        return frozenset(("", self._reached(host)) for host in self.hosts_there)

    def _reached(self, host: str) -> Address:
        address = Address.parse(host)
        return Address(address.host, address.user or self.user, address.port or self.port)

    def way_to(self, host: str, known_hosts: Path) -> SshSettings:
        """How one of the machines is reached."""
        address = self._reached(host)
        return SshSettings(
            host=address.host,
            known_hosts=known_hosts,
            user=address.user,
            port=address.port,
            key=self.key,
            ssh_config=self.ssh_config,
            jump=self.jump,
            control_master=self.control_master,
            login_shell=self.login_shell,
            max_channels=self.max_channels,
        )


class MachineSettings(RemoteSettings):
    """Machines without a queue of their own, over SSH; several are one pool."""

    floor = 2.0
    slowest = 15.0

    hosts: Annotated[
        tuple[HostAddress, ...],
        Field(description="Several machines as one pool.", examples=[["gpu1", "gpu2"]]),
    ] = ()
    slots: Annotated[SlotsWish, Field(description=SLOTS, examples=["gpus", 2])] = None
    gpus: Annotated[GpusWish, Field(description=GPUS, examples=[2, ["0", "1"]])] = None

    @model_validator(mode="after")
    def _somewhere(self) -> "MachineSettings":
        if bool(self.host) == bool(self.hosts):
            raise ValueError("write `host: [user@]name`, or `hosts: [gpu1, gpu2]` for a pool")
        if len(set(self.hosts)) < len(self.hosts):
            raise ValueError("`hosts` names a machine twice")
        return self

    @property
    def hosts_there(self) -> tuple[str, ...]:
        """The machines of the pool, or the only one."""
        return self.hosts or super().hosts_there

    @property
    def machines(self) -> frozenset[tuple[str, Address]]:
        """The same; a pool calls its machines as they are written."""
        if not self.hosts:
            return super().machines
        return frozenset((host, self._reached(host)) for host in self.hosts)

    @property
    def slot_wishes(self) -> SlotWishes:
        """The part that our own queue goes by, on each machine."""
        return SlotWishes(self.slots, self.gpus)


class QueueSettings(RemoteSettings):
    """A cluster with a queue; without `host`, its commands are on this machine."""

"""The server's settings: environment variables `HYPERTRAINER_*`, read once at start."""

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SAMPLE_FOLDER = Path(__file__).parent / "sample"
STATIC_FOLDER = Path(__file__).parent / "static"


class Settings(BaseSettings):
    """Where things are and who may ask. Never the user's YAML: that is a config."""

    model_config = SettingsConfigDict(env_prefix="HYPERTRAINER_", frozen=True)

    home: Annotated[Path, Field(validate_default=True)] = Path("~/hypertrainer")
    path: Annotated[tuple[Path, ...], NoDecode, Field(validate_default=True)] = ()
    output: Annotated[Path, Field(validate_default=True)] = Path("~/hypertrainer/output")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 5000
    token: str = ""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    python: str = ""

    @field_validator("path", mode="before")
    @classmethod
    def _split_path(cls, value: Any) -> Any:
        return (
            [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value
        )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("home", "output", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("path", mode="after")
    @classmethod
    def _absolute_path(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(part.expanduser().absolute() for part in value) or (SAMPLE_FOLDER,)

    @property
    def resolved_database_url(self) -> str:
        """The database's URL; by default a SQLite file in the home."""
        return self.database_url or f"sqlite:///{self.home / 'hypertrainer.db'}"

    @property
    def token_file(self) -> Path:
        return self.home / "token"

    @property
    def platforms_file(self) -> Path:
        return self.home / "platforms.yaml"

    @property
    def cache_folder(self) -> Path:
        return self.home / "cache"

"""HyperTrainer: a self-hosted experiment manager for scripts that take one YAML file."""

from importlib.metadata import version

__version__ = version("hypertrainer")

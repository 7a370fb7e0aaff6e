"""Puts the protections around an application, in their one right order."""

from pathlib import Path

from fastapi import FastAPI

from hypertrainer.security.access import AccessPolicy
from hypertrainer.security.body_limit import BodyLimit
from hypertrainer.security.gate import Gate
from hypertrainer.security.headers import SecurityHeaders
from hypertrainer.settings import STATIC_FOLDER


def install_security(
    app: FastAPI, policy: AccessPolicy, static_folder: Path = STATIC_FOLDER
) -> None:
    """Guard every route of the application, and keep the policy on `app.state.access`.

    To be called after every other middleware was added: what is added last stands outermost.
    """
    app.state.access = policy
    app.add_middleware(BodyLimit)
    app.add_middleware(Gate, policy=policy, static_folder=static_folder)
    app.add_middleware(SecurityHeaders)

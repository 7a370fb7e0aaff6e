"""The access token: whoever has it may run programs as the owner of this account."""

import os
import secrets
import stat
from pathlib import Path
from tempfile import NamedTemporaryFile

from hypertrainer.errors import InvalidInput, StorageError
from hypertrainer.settings import Settings

TOKEN_BYTES = 32
MIN_TOKEN_LENGTH = 16
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_or_create_token(settings: Settings) -> str:
    """The token of this server: `HYPERTRAINER_TOKEN`, else the stored one, else a new one, stored.

    Creates the home for its owner only (mode 0700), and the token file (0600) in one step.

    Raises:
        InvalidInput: the given or stored token is too weak, or others can read its file.
        StorageError: the home or the file cannot be read or written.
    """
    if settings.token:
        return _strong_enough(settings.token, "HYPERTRAINER_TOKEN")
    path = settings.token_file
    try:
        create_private_folder(settings.home)
        if not path.exists():
            write_private_file(path, secrets.token_urlsafe(TOKEN_BYTES) + "\n")
        _refuse_shared_file(path)
        return _strong_enough(path.read_text(encoding="utf-8").strip(), str(path))
    except OSError as error:
        raise StorageError(
            f"The token file {path} cannot be used: {error.strerror}. "
            "Point HYPERTRAINER_HOME at a folder that you may write."
        ) from error


def create_private_folder(folder: Path) -> None:
    """Create the folder for its owner only; one that is there already keeps its mode.

    Raises:
        OSError: it cannot be created.
    """
    if not folder.is_dir():
        folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True)


def write_private_file(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only.

    Raises:
        OSError: it cannot be written.
    """
    with NamedTemporaryFile(  # its mode is 0600 from the first moment
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _refuse_shared_file(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise InvalidInput(
            f"Others on this machine can read the token in {path} (mode {mode:04o}), and so run "
            f"programs as you. Delete it to get a new one (rm {path}), or, if nobody has seen it: "
            f"chmod 600 {path}"
        )


def _strong_enough(token: str, source: str) -> str:
    if len(token) < MIN_TOKEN_LENGTH or not token.isascii() or not token.isprintable():
        raise InvalidInput(
            f"The token in {source} must have at least {MIN_TOKEN_LENGTH} characters, ASCII only. "
            "Leave HYPERTRAINER_TOKEN unset, and delete the token file, to have a good one made."
        )
    return token

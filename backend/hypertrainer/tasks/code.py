"""A script's folder, packed for another machine: one archive for each content, kept at home.

Archives stay in `$HYPERTRAINER_HOME/code`: a task that is resumed may need its own again.
"""

import contextlib
import gzip
import hashlib
import os
import tarfile
import tempfile
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from hypertrainer.errors import InvalidInput, StorageError
from hypertrainer.platforms.base import Code
from hypertrainer.settings import Settings
from hypertrainer.tasks.code_files import IGNORE_NAME, CodeFile, find_code

FOLDER_NAME = "code"
ARCHIVE_SUFFIX = ".tar.gz"
TRIES = 3
MAX_REMEMBERED = 1_000
NUM_NAMED = 3  # of the largest things in a folder that is too large
GZIP_LEVEL = 3  # a third of the time of the usual 6, for a few per cent more bytes
FILE_MODE, PROGRAM_MODE = 0o644, 0o755
UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


class _Changed(Exception):
    """A file was changed or removed while it was being packed."""


@dataclass(frozen=True, slots=True)
class CodeFolder:
    """What is brought of a script's folder, as it was found; nothing was read yet.

    `script` is the script's path in it. `size_bytes` counts the contents of `files`.
    """

    folder: Path
    script: str
    left_out: tuple[Path, ...]
    files: tuple[CodeFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Changes whenever a file does; the content's own digest takes much longer."""
        facts = [(file.path, file.link, file.size, file.stamp) for file in self.files]
        return hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape")).hexdigest()

    def again(self) -> "CodeFolder":
        """The folder as it is now. Blocks."""
        files = find_code(self.folder, self.script, self.left_out)
        return CodeFolder(self.folder, self.script, self.left_out, tuple(files))


def find_code_folder(settings: Settings, script_path: Path, max_bytes: int) -> CodeFolder:
    """What has to be brought with a script. Blocks: looks at every file, but reads none.

    Raises:
        InvalidInput: it is more than `max_bytes`, or cannot be brought; the message says why, and
            the remedy.
    """
    folder = script_path.parent
    home = settings.home.resolve()
    if folder.resolve() in (Path.home().resolve(), Path(folder.anchor), home):
        raise InvalidInput(
            f"The script's folder goes along with it, and {folder} holds much that is not its own. "
            "Move the script into a folder of its own, or let the platform find it by itself "
            "(`stage: false`)."
        )
    left_out = (settings.output, home)
    files = find_code(folder, script_path.name, left_out)
    found = CodeFolder(folder, script_path.name, left_out, tuple(files))
    if found.size_bytes > max_bytes:
        raise InvalidInput(_too_large(found, max_bytes))
    return found


def _too_large(code: CodeFolder, max_bytes: int) -> str:
    sizes: Counter[str] = Counter()
    for file in code.files:
        top, slash, _ = file.path.partition("/")
        sizes[top + slash] += file.size
    named = ", ".join(f"`{name}` ({_shown(size)})" for name, size in sizes.most_common(NUM_NAMED))
    return (
        f"{code.folder} goes along with the script, and its {len(code.files):,} files are "
        f"{_shown(code.size_bytes)}; at most {_shown(max_bytes)} may be brought. Largest: {named}. "
        f"List what is not needed in {code.folder / IGNORE_NAME}, raise the platform's "
        "`code_limit:`, or let it find the script by itself (`stage: false`)."
    )


def _shown(size: int) -> str:
    return next((f"{size / unit:.1f} {name}" for unit, name in UNITS if size >= unit), f"{size} B")


def digest_of(code: CodeFolder) -> str:
    """The digest that names the folder's content; nothing is written. Blocks: reads every file.

    Raises:
        InvalidInput: a file cannot be read, or the folder does not come to rest.
    """
    return _remembered(code, None)[1]


def store_code(settings: Settings, code: CodeFolder) -> Code:
    """Pack the folder, unless there is an archive of its content already. Blocks.

    Raises:
        InvalidInput: a file cannot be read, or the folder does not come to rest.
        StorageError: the archive cannot be written.
    """
    archives = settings.home / FOLDER_NAME
    stored, digest = _remembered(code, archives)
    return Code(digest, str(_archive_path(archives, digest)), stored.size_bytes)


def _archive_path(archives: Path, digest: str) -> Path:
    return archives / f"{digest}{ARCHIVE_SUFFIX}"


_digests: OrderedDict[str, str] = OrderedDict()  # by fingerprint
_packing = threading.Lock()  # one at a time: whoever waits will find it done


def _remembered(code: CodeFolder, archives: Path | None) -> tuple[CodeFolder, str]:
    """The folder and its digest, with an archive where a folder for them is given."""
    with _packing:
        for _ in range(TRIES):
            fingerprint = code.fingerprint
            digest = _digests.get(fingerprint)
            if digest and (archives is None or _archive_path(archives, digest).exists()):
                return code, digest
            with contextlib.suppress(_Changed):
                digest = _pack(code.files, archives)
                if code.again().fingerprint == fingerprint:
                    _remember(fingerprint, digest)
                    return code, digest
            code = code.again()
    raise InvalidInput(
        f"{code.folder} was changed again and again while it was being packed. Wait until nothing "
        f"writes into it, or list what is written in {code.folder / IGNORE_NAME}."
    )


def _remember(fingerprint: str, digest: str) -> None:
    _digests[fingerprint] = digest
    if len(_digests) > MAX_REMEMBERED:
        _digests.popitem(last=False)


def _pack(files: Sequence[CodeFile], archives: Path | None) -> str:
    """The content's digest; with its archive, written as a whole, where a folder is given."""
    if archives is None:
        sink = _Sink(None)
        _write_tar(files, sink)
        return sink.digest
    with contextlib.ExitStack() as undo:
        try:
            archives.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=archives, prefix=".new-")
            undo.callback(Path(name).unlink, missing_ok=True)
            with (
                os.fdopen(descriptor, "wb") as file,
                gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed,
            ):
                sink = _Sink(packed)
                _write_tar(files, sink)
            Path(name).replace(_archive_path(archives, sink.digest))
        except OSError as error:
            raise _unwritten(error) from error
    return sink.digest


def _unwritten(error: OSError) -> StorageError:
    return StorageError(
        f"The script's folder cannot be packed into $HYPERTRAINER_HOME/{FOLDER_NAME}: "
        f"{error.strerror or error}. Free some space, or mend its permissions."
    )


class _Sink:
    """Where a tar archive goes: it is hashed, and written on to a file where there is one."""

    def __init__(self, file: gzip.GzipFile | None) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        try:
            if self._file is not None:
                self._file.write(data)
        except OSError as error:
            raise _unwritten(error) from error
        return len(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _write_tar(files: Sequence[CodeFile], sink: _Sink) -> None:
    """The same bytes for the same contents: names sorted, no times, no owners."""
    with tarfile.open(
        fileobj=cast("IO[bytes]", sink), mode="w|", format=tarfile.GNU_FORMAT, encoding="utf-8"
    ) as tar:
        for file in files:
            _add(tar, file)


def _add(tar: tarfile.TarFile, file: CodeFile) -> None:
    entry = tarfile.TarInfo(file.path)
    entry.mode = PROGRAM_MODE if file.is_executable else FILE_MODE
    if file.link is not None:
        entry.type, entry.linkname = tarfile.SYMTYPE, file.link
        tar.addfile(entry)
        return
    try:
        with Path(file.source).open("rb") as stream:
            entry.size = os.fstat(stream.fileno()).st_size
            tar.addfile(entry, cast("IO[bytes]", _Whole(stream)))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise _Changed from error
    except OSError as error:
        raise InvalidInput(
            f"`{file.source}` has to be brought along, but cannot be read: {error.strerror}. "
            f"Allow it (chmod u+r), or list it in {IGNORE_NAME} beside the script."
        ) from error


class _Whole:
    """A file that is being packed, read in exact steps: one that became shorter has changed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) != size:
            raise _Changed
        return data

"""Writing so that a crash leaves either the old state or the new one, never half of one.

A file is written beside its place, flushed to the disk and moved there; so is a folder. The move is the only moment that
counts, and the file system makes it whole. What is left over from a crash begins with `.part-` and is nobody's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PART: Final = ".part-"


def write_file(path: Path, content: bytes, *, mode: int) -> None:
    """Put `content` at `path`, replacing what is there in one step. The folder must exist."""
    handle, part = tempfile.mkstemp(prefix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_folder(path: Path, files: Mapping[str, bytes], *, file_mode: int, folder_mode: int) -> None:
    """Put a folder with these files (relative paths) at `path` in one step.

    Raises FileExistsError when something is there already, and ValueError for a path that leads out of the folder.
    """
    part = Path(tempfile.mkdtemp(prefix=PART, dir=path.parent))
    try:
        folders = {part}
        for name, content in sorted(files.items()):
            target = part / name
            if not is_inside(name):
                raise ValueError(f"{name!r} leads out of the folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.update(parent for parent in target.parents if parent.is_relative_to(part))
            with target.open("wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), file_mode)
                os.fsync(file.fileno())
        for folder in sorted(folders, reverse=True):
            sync_folder(folder)
        _move(part, path)
    except BaseException:
        remove_folder(part)
        raise
    for folder in sorted(path / folder.relative_to(part) for folder in folders):
        folder.chmod(folder_mode)
    sync_folder(path.parent)


def is_inside(name: str) -> bool:
    """Whether a relative path stays in the folder it is given in."""
    return bool(name) and not name.startswith("/") and all(part not in ("", ".", "..") for part in name.split("/"))


def read_folder(path: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative path."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink()
    }


def remove_folder(path: Path) -> None:
    """Remove a folder and everything in it, also where it has been made read-only. Nothing there is no error."""
    if not path.is_dir():
        return
    for folder in (path, *(found for found in path.rglob("*") if found.is_dir() and not found.is_symlink())):
        folder.chmod(0o700)
    shutil.rmtree(path)


def sync_folder(path: Path) -> None:
    """Make sure that what has been moved into a folder is still there after a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(part: Path, path: Path) -> None:
    try:
        part.rename(path)
    except OSError as problem:
        if path.exists():
            raise FileExistsError(f"{path.name} is there already") from problem
        raise

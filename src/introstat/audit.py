"""Reading an edition back as a stranger would: every hash, format, sum and text, and an attack on what is hidden, together with
everything that was out before it: earlier editions of the year, and of the years it tells several of together.

Needs the released files and nothing else, so anybody can do it; whoever has the ledger compares its own record as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from introstat import publish
from introstat.protect.copies import Copy
from introstat.protect.released import attack_released
from introstat.publish.rereading import released_table, table_if_there
from introstat.publish.voice import BANDS, POOLED, REASONS
from introstat.storage.editions import Editions
from introstat.storage.files import read_folder
from introstat.storage.home import Home
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import NotFound

MANIFEST: Final = "manifest.json"


def verify(home: Home, edition: str, *, vouched: str | None = None) -> tuple[str, ...]:
    """What is wrong with an edition, a sentence each; empty when nothing is.

    `edition` is the number of a released edition, its folder, or the folder of a copy: a copy's manifest is compared with no
    list of releases. `vouched` is the hash of the manifest that the ledger has, where there is one to ask. Raises NotFound.
    """
    folder = folder_of(home, edition)
    earlier: tuple[Copy, ...]
    if folder is not None:
        name, files, listed, earlier = folder.name, read_folder(folder), None, ()
    else:
        editions = Editions(home.editions)
        number = edition_number(Path(edition).name)
        name, files, listed = str(number), editions.read(number), editions.release(number).manifest_sha256
        earlier = _earlier(editions, number)
    problems = [str(problem) for problem in publish.verify(files, manifest_sha256=listed)]
    if not problems:
        problems.extend(_recovered(_copy(name, files), earlier=earlier))
    if vouched is not None and listed is not None and listed != vouched:
        problems.append("releases.json names another manifest than the ledger vouches for.")
    return tuple(problems)


def _earlier(editions: Editions, number: EditionNumber) -> tuple[Copy, ...]:
    """What readers had when an edition came out, of whatever year, oldest first."""
    released = editions.release(number).released
    before = [line for line in editions.releases() if (line.released, line.number) < (released, number)]
    ordered = sorted(before, key=lambda line: (line.released, line.number))
    return tuple(_copy(str(line.number), editions.read(line.number)) for line in ordered)


def _copy(name: str, files: Mapping[str, bytes]) -> Copy:
    """A reader's copy of an edition; one from before there were bands or pooled results has none."""
    return Copy(
        exits=released_table(files, REASONS),
        bands=table_if_there(files, BANDS),
        pooled=table_if_there(files, POOLED),
        edition=name,
    )


def _recovered(copy: Copy, *, earlier: tuple[Copy, ...]) -> Iterator[str]:
    """What the attack on everything released by then finds; silent when it found nothing."""
    answer = attack_released(copy, earlier=earlier)
    beside = [edition for edition in answer.editions if edition != copy.edition]
    known = f", with {', '.join(beside)} beside" if beside else ""
    if not answer.consistent:
        yield f"tables/{REASONS}: no counts at all agree with what is shown{known}."
    elif not answer.settled:
        yield f"tables/{REASONS}: the attack was not settled{known}, so it is not known whether hidden cells can be computed."
    for cell in answer.recovered:
        hidden_in = "" if cell.edition == copy.edition else f" in edition {cell.edition}"
        yield (
            f"tables/{REASONS}: the hidden cell of region {cell.region}, sex {cell.sex}, reason {cell.reason}{hidden_in} can be "
            f"computed{known}: "
            + (f"it is {cell.low}." if cell.low == cell.high else f"it is between {cell.low} and {cell.high}.")
        )


def folder_of(home: Home, edition: str) -> Path | None:
    """The folder of somebody's copy, or None for an edition of this home, given by number or by its own folder there.

    Raises NotFound for a folder that holds no edition.
    """
    folder = Path(edition)
    if not folder.is_dir() or folder.resolve().parent == home.editions.resolve():
        return None
    if not (folder / MANIFEST).is_file():
        raise NotFound(f"{edition} holds no edition: there is no {MANIFEST} in it.")
    return folder


def edition_number(text: str) -> EditionNumber:
    """An edition's number as it is given in words. Raises NotFound for words that are none."""
    try:
        return EditionNumber.parse(text)
    except ValueError:
        raise NotFound(f"{text} is neither an edition's number, such as 2016.1, nor a folder.") from None

"""When figures came and when the next come: the calendar of the release page, and a feed for those who subscribe.

The feed is Atom (RFC 4287). Its links are relative, so that it works wherever the site is put, and an entry's id is made
from the manifest that was released: the same edition is the same entry for ever. A synthetic edition says so in its title.
That an edition was taken back is an entry of its own: whoever was told of its figures is told that they must not be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from introstat.publish.imprint import OSLO
from introstat.site.words import word
from introstat.vocabulary.texts import Language

if TYPE_CHECKING:
    from introstat.site.library import Book, Shelf
    from introstat.site.withdrawn import Withdrawal

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar; ``edition`` is empty for one that is announced."""

    day: date
    text: str
    status: str
    edition: str = ""


def calendar(shelf: Shelf, language: Language) -> Sequence[Date]:
    """What was released, and what is announced to come after the newest edition of each year; the latest day first."""
    found = [
        Date(
            book.release.released.astimezone(OSLO).date(),
            word(language, "news.edition", year=book.number.year, edition=book.number),
            word(language, "news.released"),
            str(book.number),
        )
        for book in shelf.books
    ]
    released = {entry.day for entry in found}
    for year in shelf.years:
        newest = shelf.of_year(year)[0]
        announced = newest.article(language)["next_release"]
        day = date.fromisoformat(announced["date"]) if announced else None
        if day is not None and day not in released and day > max(released):
            text = word(language, "news.next", edition=newest.number)
            found.append(Date(day, text, word(language, "news.announced")))
    return sorted(found, key=_latest_first, reverse=True)


def feed(shelf: Shelf, language: Language, *, is_export: bool = False) -> bytes:
    """The feed of all editions that can be shown and of those taken back, the newest first.

    An export has no page that says of an edition that it was taken back: there the entry leads to the front page.
    """
    told = [(_released(book), _time(book.release.released), _entry(book, language)) for book in shelf.books]
    for withdrawal in shelf.withdrawn.values():
        moment = datetime.combine(withdrawal.day, time(), OSLO)
        lines = _withdrawn(withdrawal, moment, language, is_export=is_export)
        told.append(((moment.astimezone(UTC).isoformat(), str(withdrawal.number)), _time(moment), lines))
    told.sort(key=_when, reverse=True)
    updated = told[0][1] if told else "1970-01-01T00:00:00+00:00"
    name = word(language, "site.name")
    own = uuid5(NAMESPACE_URL, f"introstat:{language}")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">',
        f"<title>{escape(name)} – {escape(word(language, 'news.feed'))}</title>",
        f"<id>urn:uuid:{own}</id>",
        f"<updated>{updated}</updated>",
        f"<author><name>{escape(name)}</name></author>",
        '<link rel="self" type="application/atom+xml" href="nyheter.atom"/>',
        '<link rel="alternate" type="text/html" href="./"/>',
        *(line for _, _, lines in told for line in lines),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _entry(book: Book, language: Language) -> Sequence[str]:
    article = book.article(language)
    identity = uuid5(NAMESPACE_URL, f"introstat:{language}:{book.release.manifest_sha256}")
    return [
        "<entry>",
        f"<title>{escape(article['title'])} ({escape(word(language, 'edition.edition'))} {book.number})</title>",
        f"<id>urn:uuid:{identity}</id>",
        f"<published>{_time(book.release.released)}</published>",
        f"<updated>{_time(book.release.released)}</updated>",
        f'<link rel="alternate" type="text/html" hreflang="{language}" href="{book.number}/"/>',
        f"<summary>{escape(article['description'])}</summary>",
        "</entry>",
    ]


def _withdrawn(withdrawal: Withdrawal, moment: datetime, language: Language, *, is_export: bool) -> Sequence[str]:
    identity = uuid5(NAMESPACE_URL, f"introstat:{language}:withdrawn:{withdrawal.number}")
    summary = f"{word(language, 'errors.withdrawn.text')} {withdrawal.reason[language]}"
    return [
        "<entry>",
        f"<title>{escape(word(language, 'news.withdrawn', edition=withdrawal.number))}</title>",
        f"<id>urn:uuid:{identity}</id>",
        f"<published>{_time(moment)}</published>",
        f"<updated>{_time(moment)}</updated>",
        f'<link rel="alternate" type="text/html" hreflang="{language}" href="{"./" if is_export else f"{withdrawal.number}/"}"/>',
        f"<summary>{escape(summary)}</summary>",
        "</entry>",
    ]


def _time(moment: datetime) -> str:
    return moment.astimezone(OSLO).isoformat(timespec="seconds")


def _released(book: Book) -> tuple[str, str]:
    return book.release.released.astimezone(UTC).isoformat(), str(book.number)


def _when(told: tuple[tuple[str, str], str, Sequence[str]]) -> tuple[str, str]:
    return told[0]


def _latest_first(entry: Date) -> tuple[date, str]:
    return entry.day, entry.edition

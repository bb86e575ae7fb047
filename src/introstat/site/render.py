"""Templates with everything every page has: words, addresses, the mark of synthetic data, the other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from introstat.publish.formats import long_date, per_cent, thousands
from introstat.site import markup
from introstat.site.addresses import Addresses, PublicAddresses, in_language
from introstat.site.article import has_signs, is_all_hidden, standing, whole_of
from introstat.site.jsonstat import Cell
from introstat.site.page import Ask, Page
from introstat.site.places import share_of, share_value, without_numbers
from introstat.site.px import px_path
from introstat.site.pxwebapi.addresses import table_address
from introstat.site.series import has_interval
from introstat.site.static import static_files
from introstat.site.words import words
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.site.library import Book
    from introstat.site.withdrawn import Withdrawal
    from introstat.vocabulary.texts import Language


class Renderer:
    """Turns a page into HTML. ``is_export`` leaves out the forms that need a server; ``places`` are the site's addresses."""

    def __init__(self, *, is_export: bool, places: PublicAddresses) -> None:
        self._is_export: Final = is_export
        self._places: Final = places
        self._environment: Final = Environment(
            loader=PackageLoader("introstat.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

        self._environment.filters["lower_first"] = markup.lower_first

    def render(self, page: Page, ask: Ask) -> str:
        """The whole page as HTML."""
        shown = page.book or ask.shelf.newest
        edition = page.edition or (str(shown.number.year) if shown else "")
        language = ask.language
        article = shown.article(language) if shown else None
        at = Addresses(language, edition) if edition else None
        star = Status.PRELIMINARY.value if shown is not None and shown.number.is_preliminary else ""
        fields = [(name, value) for name, value in ask.query.items() if name in page.reads]
        kept = f"?{urlencode(fields)}" if fields else ""
        return self._environment.get_template(page.template).render(
            **page.context,
            page=page,
            title=_marked(page.title, article),
            marked_once=lambda text: _marked_first(text, article),
            words=words(language),
            language=language,
            languages=[
                (code, words(code)["site"]["language"], in_language(ask.path, code) + kept) for code in LANGUAGES
            ],
            at=at,
            site_at=Addresses(language),
            fixed_at=Addresses(language, str(shown.number)) if shown else None,
            book=page.book,
            shown=shown,
            provenance=article["provenance"] if article else None,
            path=ask.path,
            static=static_files(),
            is_export=self._is_export,
            public_address=self._places.site,
            public_origin=self._places.origin,
            feedback_address=self._places.feedback,
            newer=_newer(ask, page),
            newest_taken_back=_taken_back(ask, page),
            parts=lambda text: markup.parts(text, at=at),
            starred_count=lambda number: markup.cell(Cell(number, star), language=language),
            starred=lambda part: markup.starred(part, at=at, language=language),
            told_plain=lambda text: "".join(part if isinstance(part, str) else part["text"] for part in text),
            open_data=lambda table: _open_data(shown, table, language, with_server=not self._is_export),
            soft=markup.soft,
            picture=lambda path: markup.picture(shown, path) if shown else "",
            has_place=markup.has_place,
            name_lang=lambda place: markup.name_lang(place, language=language),
            full_name=lambda place: markup.full_name(place, language=language),
            value=lambda cell, code="": markup.cell(cell, language=language, code=code),
            share=lambda part: share_value(shown, part, language) if shown else None,
            share_of=lambda part, whole: share_of(shown, part, whole, language) if shown else None,
            whole_of=whole_of,
            standing=standing,
            without_numbers=without_numbers,
            is_all_hidden=is_all_hidden,
            has_signs=has_signs,
            has_interval=has_interval,
            interval=lambda result: markup.interval(result, language=language),
            share_cell=lambda cell: markup.share_cell(cell, language=language),
            starred_percent=lambda number: markup.starred_percent(number, star=star, language=language),
            percent=lambda number: per_cent(number, language=language),
            sign=lambda text: markup.sign(text, language=language),
            count=lambda number: thousands(int(number), language=language),
            date=lambda day: long_date(day, language=language),
        )


def _open_data(book: Book | None, table: str, language: Language, *, with_server: bool) -> Mapping[str, str] | None:
    """A table as PX, and where it stands in the open-data interface where there is one; None for a file that is no table."""
    if book is None or table not in book.table_ids:
        return None
    edition = str(book.number)
    return {
        "px": Addresses(language, edition).file(px_path(table, language)),
        "api": table_address(table, language, edition=edition) if with_server else "",
    }


def _newer(ask: Ask, page: Page) -> bool:
    """Whether a newer edition of the same year is out."""
    if page.book is None or _taken_back(ask, page) is not None:
        return False
    return ask.shelf.of_year(page.book.number.year)[0].number > page.book.number


def _taken_back(ask: Ask, page: Page) -> Withdrawal | None:
    """That the newest edition of the page's year was taken back."""
    return ask.shelf.years_taken_back.get(page.book.number.year) if page.book is not None else None


def _marked(title: str, article: Mapping[str, Any] | None) -> str:
    """The title with the mark of synthetic data, once."""
    if article is None or article["provenance"]["banner"] is None:
        return title
    label = article["provenance"]["label"]
    return title if label.casefold() in title.casefold() else f"{title} ({label.lower()})"


def _marked_first(text: str, article: Mapping[str, Any] | None) -> str:
    """A description with the mark of synthetic data before it, unless it says so itself."""
    if article is None or article["provenance"]["banner"] is None:
        return text
    label = article["provenance"]["label"]
    return text if label.casefold() in text.casefold() else f"{label}. {text}"

"""From a request to an answer: find the page, make it, render it, remember it.

The `Site` holds what all requests share: the library, the renderer, the kept answers, the spool of feedback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from introstat.site import downloads, pages
from introstat.site.addresses import Addresses, PublicAddresses, is_local, language_of
from introstat.site.answers import ALWAYS_CHECK, EMBEDDED, NEVER_KEEP, SEARCHED, Answer, AnswerCache, answer, redirect
from introstat.site.changes import FILE as CHANGES
from introstat.site.forms import LONGEST_BODY, BadForm, is_from_here, is_too_long, read_form
from introstat.site.library import Library, Shelf
from introstat.site.page import LONGEST_QUERY, SEARCH, Ask, Attachment, Elsewhere, Maker, Page, Told, Trouble
from introstat.site.render import Renderer
from introstat.storage.feedback import Feedback, Spool, holds_long_number
from introstat.vocabulary.errors import EditionDamaged, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import Scope

    from introstat.site.boundaries import Outline
    from introstat.site.page import Crumb
    from introstat.site.withdrawn import Withdrawal
    from introstat.vocabulary.texts import Language

MOST_FIELDS: Final = 36
"""How many fields a query may have: a table's every code as a box that is ticked."""
KEPT_BYTES: Final = 96_000_000
"""How much memory kept answers may take."""
NOTHING: Final = Shelf(books=(), damaged={}, generation=-1)
"""What there is to show when the list of releases cannot be read, or something of ours has failed."""


class Site:
    """The library, the renderer and the kept answers: what all routes share."""

    def __init__(
        self,
        editions: Path,
        *,
        feedback: Path,
        clock: Callable[[], datetime],
        places: PublicAddresses,
        is_export: bool = False,
        outlines: Mapping[int, Outline] | None = None,
    ) -> None:
        self.library = Library(editions, clock=clock, is_settled=is_export)
        self.kept = AnswerCache(capacity=KEPT_BYTES)
        self.is_export = is_export
        self._outlines = outlines or {}
        self._clock = clock
        self._spool = Spool(feedback)
        self._renderer = Renderer(is_export=is_export, places=places)

    def shelf(self) -> Shelf:
        """What may be shown now; an unreadable list of releases shows nothing at all."""
        return self.library.shelf()

    def page(self, page: Page, ask: Ask) -> Answer:
        """A page as an answer; a synthetic edition asks search engines to stay away."""
        body = self._renderer.render(page, ask)
        shown = page.book or ask.shelf.newest
        return answer(
            body.encode(),
            media_type="text/html; charset=utf-8",
            status=page.status,
            cache=ALWAYS_CHECK if page.is_kept else NEVER_KEEP,
            compress=not self.is_export,
            headers={
                "content-language": ask.language,
                **(EMBEDDED if page.is_embedded else SEARCHED if page.script == SEARCH else {}),
                **({"x-robots-tag": "noindex"} if shown is None or shown.is_synthetic or page.status != 200 else {}),
            },
        )

    def told(self, made: Told, ask: Ask) -> Answer:
        """What a script asked for, as an answer like a page's."""
        return answer(
            made.content,
            media_type="application/json",
            compress=not self.is_export,
            headers={
                "content-language": ask.language,
                **({"x-robots-tag": "noindex"} if made.book.is_synthetic else {}),
            },
        )

    def trouble(
        self,
        path: str,
        *,
        status: int,
        reason: str,
        shelf: Shelf | None = None,
        instead: Sequence[Crumb] = (),
        withdrawal: Withdrawal | None = None,
    ) -> Answer:
        """An error page in the language of the address."""
        ask = Ask(language_of(path), path, shelf or self._shelf_or_nothing(), is_export=self.is_export)
        found = pages.trouble_page(ask, status=status, reason=reason, instead=instead, withdrawal=withdrawal)
        return self.page(found, ask)

    def make(self, maker: Maker, language: Language, request: Request) -> Answer:
        """Find, make and render the page for a request, and keep it where the whole address is understood."""
        shelf = self.shelf()
        query = read_query(request.scope["query_string"])
        ask = Ask(
            language,
            request.url.path,
            shelf,
            parts=request.path_params,
            query=query,
            is_export=self.is_export,
            outlines=self._outlines,
        )
        try:
            made = maker(ask)
            if isinstance(made, Elsewhere):
                return redirect(made.address, status=303)
            if isinstance(made, Attachment):
                given = downloads.attachment(made)
            elif isinstance(made, Told):
                given = self.told(made, ask)
            else:
                given = self.page(made, ask)
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error
        is_kept = isinstance(made, Attachment | Told) or (made.is_kept and made.status == 200)
        if is_kept and set(query) <= made.reads:
            self.kept.keep(address_of(request.scope), given, generation=shelf.generation)
        return given

    def file(self, pattern: str, request: Request) -> Answer:
        """A file of an edition."""
        shelf = self.shelf()
        ask = Ask("nb", request.url.path, shelf, parts=request.path_params)
        book = ask.book()
        taken_back = shelf.taken_back_before(book) if pattern == CHANGES else None
        if taken_back is not None:
            # The file tells what the numbers were in an edition that must not be shown.
            raise Trouble(410, "withdrawn", withdrawal=taken_back)
        try:
            given = downloads.file_answer(book, pattern.format(**request.path_params), compress=not self.is_export)
        except NotFound as error:
            raise Trouble(404, "file") from error
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error
        if not request.scope["query_string"]:
            self.kept.keep(address_of(request.scope), given, generation=shelf.generation)
        return given

    async def take_feedback(self, language: Language, request: Request) -> Answer:
        """Store an answer and send the reader on to the thanks; or say what stands in the way, with the text kept."""
        ask = Ask(language, request.url.path, self.shelf())
        if not is_from_here(request.headers):
            raise Trouble(403, "origin")
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LONGEST_BODY:
                raise Trouble(413, "large")
        try:
            given = read_form(body, media_type=request.headers.get("content-type", ""))
        except BadForm as bad:
            raise Trouble(bad.status, bad.reason) from bad
        source = given.source if is_local(given.source) else ""
        problem = ""
        if holds_long_number(given.comment):
            problem = "number"
        elif is_too_long(given.comment):
            problem = "long"
        else:
            record = Feedback(
                given=self._clock(), page=source, found=given.answer == "yes", comment=given.comment, language=language
            )
            if not self._spool.append(record):
                problem = "full"
        if problem:
            page = pages.feedback_page(
                ask, source=source, answer=given.answer, comment=given.comment, problem=problem,
                status=503 if problem == "full" else 422,
            )  # fmt: skip
            return self.page(page, ask)
        told = {"svar": given.answer, "side": source, **({"kommentar": "1"} if given.comment else {})}
        return redirect(f"{Addresses(language).thanks}?{urlencode(told)}", status=303)

    def _shelf_or_nothing(self) -> Shelf:
        try:
            return self.shelf()
        except EditionDamaged:
            return NOTHING


def read_query(raw: bytes) -> dict[str, str]:
    """The fields of a query string, a repeated one joined by commas. Raises Trouble for one that no form would send."""
    if len(raw) > LONGEST_QUERY:
        raise Trouble(400, "query")
    try:
        pairs = parse_qsl(raw.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Trouble(400, "query") from error
    if any(not value.isprintable() for _, value in pairs):
        raise Trouble(400, "query")
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def address_of(scope: Scope) -> tuple[str, bytes]:
    """What an answer is kept under: the path and the query, as they came."""
    return (scope["path"], scope["query_string"])

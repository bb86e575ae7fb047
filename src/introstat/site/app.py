"""The open site as an ASGI application: addresses to pages, pages to bytes, bytes kept while the shelf stands.

    app = create_app(home.editions, feedback=home.feedback, clock=now)

A kept answer leaves before any page is made: that is the hot path. Everything else goes the same way: find the page,
make it, render it, remember it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from introstat.site import downloads, pages
from introstat.site.addresses import FEEDBACK, PREFIX, STATEMENT, THANKS, Addresses, is_local, language_of
from introstat.site.answers import FOR_EVER, NEVER_KEEP, Answer, AnswerCache, answer, redirect, reply
from introstat.site.forms import LONGEST_BODY, LONGEST_COMMENT, BadForm, holds_long_number, is_from_here, read_form
from introstat.site.library import Library, Shelf
from introstat.site.pages import Ask, Elsewhere, Maker, Page, Trouble
from introstat.site.render import Renderer
from introstat.site.static import static_files
from introstat.storage.feedback import Feedback, Spool
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.texts import LANGUAGES, Language

log: Final = logging.getLogger(__name__)

KEPT_BYTES: Final = 96_000_000
"""How much memory kept answers may take."""

PAGES: Final[Sequence[tuple[str, Maker]]] = (
    ("/", pages.front),
    ("/{edition:edition}/", pages.release),
    ("/{edition:edition}/steder/", pages.places),
    ("/{edition:edition}/landet/", pages.place),
    ("/{edition:edition}/fylke/{code:county}/", pages.place),
    ("/{edition:edition}/kommune/{code:municipality}/", pages.place),
    ("/{edition:edition}/tabeller/", pages.tables),
    ("/{edition:edition}/tabeller/{table:name}/", pages.table),
    ("/{edition:edition}/om/", pages.about),
    (STATEMENT, pages.statement),
    (FEEDBACK, pages.feedback),
    (THANKS, pages.thanks),
)
"""Every page, under each language's prefix."""

FILES: Final[Sequence[tuple[str, str]]] = (
    ("/{edition:edition}/tabeller/{table:name}/{name:file}", "tables/{table}/{name}"),
    ("/{edition:edition}/figurer/{name:file}", "charts/{name}"),
    ("/{edition:edition}/manifest.json", "manifest.json"),
    ("/{edition:edition}/changes.json", "changes.json"),
)
"""The files of an edition that may be fetched, and where in the edition they lie."""


class _Shape(Convertor[str]):
    def __init__(self, regex: str) -> None:
        self.regex = regex

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


for _name, _regex in {
    "edition": r"[0-9]{4}(?:\.[0-9]{1,3}){0,2}",
    "county": r"[0-9]{2}",
    "municipality": r"[0-9]{4}",
    "name": r"[A-Za-z][A-Za-z0-9_]{0,39}",
    "file": r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
}.items():
    register_url_convertor(_name, _Shape(_regex))


class Site:
    """The library, the renderer and the kept answers: what all routes share."""

    def __init__(
        self, editions: Path, *, feedback: Path, clock: Callable[[], datetime], is_export: bool = False
    ) -> None:
        self.library = Library(editions, clock=clock)
        self.kept = AnswerCache(capacity=KEPT_BYTES)
        self.is_export = is_export
        self._clock = clock
        self._spool = Spool(feedback)
        self._renderer = Renderer(is_export=is_export)

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
            cache=NEVER_KEEP if not page.is_kept else "public, no-cache",
            headers={
                "content-language": ask.language,
                **({"x-robots-tag": "noindex"} if shown is None or shown.is_synthetic or page.status != 200 else {}),
            },
        )

    def trouble(self, path: str, *, status: int, reason: str, shelf: Shelf | None = None) -> Answer:
        """An error page in the language of the address."""
        ask = Ask(language_of(path), path, shelf or self._shelf_or_nothing(), is_export=self.is_export)
        return self.page(pages.trouble_page(ask, status=status, reason=reason), ask)

    def make(self, maker: Maker, language: Language, request: Request) -> Answer:
        """Find, make and render the page for a request, and keep it where the whole address is understood."""
        shelf = self.shelf()
        query = read_query(request.scope["query_string"])
        ask = Ask(
            language, request.url.path, shelf, parts=request.path_params, query=query, is_export=self.is_export
        )
        try:
            made = maker(ask)
            if isinstance(made, Elsewhere):
                return redirect(made.address, status=303)
            given = self.page(made, ask)
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error
        if made.is_kept and made.status == 200 and set(query) <= made.reads:
            self.kept.keep(_key(request.scope), given, generation=shelf.generation)
        return given

    def file(self, pattern: str, request: Request) -> Answer:
        """A file of an edition."""
        shelf = self.shelf()
        ask = Ask("nb", request.url.path, shelf, parts=request.path_params)
        book = ask.book()
        try:
            given = downloads.file_answer(book, pattern.format(**request.path_params))
        except NotFound as error:
            raise Trouble(404, "file") from error
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error
        if not request.scope["query_string"]:
            self.kept.keep(_key(request.scope), given, generation=shelf.generation)
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
        elif len(given.comment) > LONGEST_COMMENT:
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
            return Shelf(books=(), damaged={}, generation=-1)


class _HotPath:
    """Gives kept answers without further ado; redirects an address that lacks its last slash; lets the rest through."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD"):
            try:
                generation = self._site.shelf().generation
            except EditionDamaged:
                await reply(self._site.trouble(scope["path"], status=503, reason="damaged"), scope, send)
                return
            kept = self._site.kept.get(_key(scope), generation=generation)
            if kept is not None:
                await reply(kept, scope, send)
                return
        await self._app(scope, receive, send)


class _Endpoint:
    """A route's end: makes the answer and sends it."""

    def __init__(self, make: Callable[[Request], Answer | Awaitable[Answer]]) -> None:
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        made = self._make(Request(scope, receive))
        given = made if isinstance(made, Answer) else await made
        await reply(given, scope, send)


def create_app(
    editions: Path, *, feedback: Path, clock: Callable[[], datetime], is_export: bool = False
) -> Starlette:
    """The site over a folder of editions. ``clock`` gives the time with its zone; nothing is shown before its hour."""
    site = Site(editions, feedback=feedback, clock=clock, is_export=is_export)
    app = Starlette(
        routes=_routes(site),
        middleware=[Middleware(_HotPath, site)],
        exception_handlers={Trouble: _on_trouble(site), HTTPException: _on_http(site), Exception: _on_crash(site)},
    )
    # Starlette would send the reader to an address built from the Host header; `_on_http` keeps to the path.
    app.router.redirect_slashes = False
    return app


def read_query(raw: bytes) -> dict[str, str]:
    """The fields of a query string. Raises Trouble for one that no form of ours would send."""
    if len(raw) > pages.LONGEST_QUERY:
        raise Trouble(400, "query")
    try:
        pairs = parse_qsl(raw.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=12)
    except ValueError as error:
        raise Trouble(400, "query") from error
    if any(not value.isprintable() for _, value in pairs):
        raise Trouble(400, "query")
    return dict(pairs)


def _routes(site: Site) -> list[Route]:
    routes = [
        Route("/robots.txt", _Endpoint(lambda _: _robots()), methods=["GET"]),
        Route("/health", _Endpoint(lambda _: _health(site)), methods=["GET"]),
        Route("/static/{name:file}", _Endpoint(_static), methods=["GET"]),
        *(
            Route(address, _Endpoint(_bind_file(site, pattern)), methods=["GET"])
            for address, pattern in FILES
        ),
    ]
    for language in LANGUAGES:
        for address, maker in PAGES:
            routes.append(Route(PREFIX[language] + address, _Endpoint(_bind_page(site, maker, language)), methods=_methods(address)))
    return routes


def _methods(address: str) -> list[str]:
    return ["GET", "POST"] if address == FEEDBACK else ["GET"]


def _bind_page(site: Site, maker: Maker, language: Language) -> Callable[[Request], Answer | Awaitable[Answer]]:
    def make(request: Request) -> Answer | Awaitable[Answer]:
        if request.method == "POST":
            return site.take_feedback(language, request)
        return site.make(maker, language, request)

    return make


def _bind_file(site: Site, pattern: str) -> Callable[[Request], Answer]:
    return lambda request: site.file(pattern, request)


def _static(request: Request) -> Answer:
    for known in static_files().values():
        if known.name == request.path_params["name"]:
            return answer(known.content, media_type=known.media_type, cache=FOR_EVER)
    raise Trouble(404, "page")


def _robots() -> Answer:
    # Nothing is forbidden to read: a page that must not be found says so itself (noindex), which only those who read it see.
    return answer(b"User-agent: *\nAllow: /\n", media_type="text/plain; charset=utf-8")


def _health(site: Site) -> Answer:
    shelf = site.shelf()
    told = {
        "status": "degraded" if shelf.damaged else "ok",
        "editions": [str(book.number) for book in shelf.books],
        "damaged": [str(number) for number in shelf.damaged],
    }
    return answer(orjson.dumps(told) + b"\n", media_type="application/json", cache=NEVER_KEEP)


class _Given:
    """An answer in the form Starlette sends on after an exception."""

    def __init__(self, given: Answer) -> None:
        self._given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await reply(self._given, scope, send)


def _on_trouble(site: Site) -> Any:
    async def handle(request: Request, trouble: Exception) -> _Given:
        assert isinstance(trouble, Trouble)
        return _Given(site.trouble(request.url.path, status=trouble.status, reason=trouble.reason))

    return handle


def _on_http(site: Site) -> Any:
    async def handle(request: Request, problem: Exception) -> _Given:
        assert isinstance(problem, HTTPException)
        path = request.scope["path"]
        if problem.status_code == 404 and not path.endswith("/") and _is_page(site, request, path + "/"):
            query = request.scope["query_string"].decode("latin-1")
            return _Given(redirect(quote(path) + "/" + (f"?{query}" if query else "")))
        reason = {404: "page", 405: "method"}.get(problem.status_code, "query")
        given = site.trouble(path, status=problem.status_code, reason=reason)
        return _Given(given.with_headers(problem.headers or {}))

    return handle


def _is_page(site: Site, request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path, "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _on_crash(site: Site) -> Any:
    async def handle(request: Request, problem: Exception) -> _Given:
        log.error("a page could not be made: %s", type(problem).__name__)
        nothing = Shelf(books=(), damaged={}, generation=-1)
        return _Given(site.trouble(request.url.path, status=500, reason="crash", shelf=nothing))

    return handle


def _key(scope: Scope) -> tuple[str, bytes]:
    return (scope["path"], scope["query_string"])

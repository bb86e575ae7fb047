"""The open site as an ASGI application: addresses to pages, pages to bytes, bytes kept while the shelf stands.

    app = create_app(home.editions, feedback=home.feedback, clock=now)

A kept answer leaves before any page is made: that is the hot path. Everything else goes the same way: find the page,
make it, render it, remember it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

import orjson
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from introstat.site import pages
from introstat.site.addresses import API, FEEDBACK, NEWS, PREFIX, STATEMENT, THANKS, PublicAddresses
from introstat.site.answering import NOTHING, Site, address_of
from introstat.site.answers import FOR_EVER, NEVER_KEEP, Answer, answer, redirect, reply
from introstat.site.boundaries import read_outlines
from introstat.site.compare import compare
from introstat.site.embedding import embedded
from introstat.site.explore import explore, explored_csv
from introstat.site.favicon import favicon
from introstat.site.names import names
from introstat.site.news import MEDIA_TYPE, feed
from introstat.site.page import Maker, Trouble
from introstat.site.places import place, places
from introstat.site.px import NAME as PX_NAME
from introstat.site.px import table_as_px
from introstat.site.pxwebapi import Limits, OpenData, documentation
from introstat.site.ranking import ranking
from introstat.site.spread import spread
from introstat.site.static import static_files
from introstat.site.suggestions import name_index, suggestions
from introstat.site.tilemap import tile_map
from introstat.vocabulary.errors import EditionDamaged
from introstat.vocabulary.texts import LANGUAGES, Language

log: Final = logging.getLogger(__name__)

PAGES: Final[Sequence[tuple[str, Maker]]] = (
    ("/", pages.front),
    ("/{edition:edition}/", pages.release),
    ("/{edition:edition}/steder/", places),
    ("/{edition:edition}/steder/navn/", names),
    ("/{edition:edition}/steder/forslag.json", suggestions),
    ("/{edition:edition}/steder/navn.json", name_index),
    ("/{edition:edition}/landet/", place),
    ("/{edition:edition}/fylke/{code:county}/", place),
    ("/{edition:edition}/imdi-region/{code:imdi_region}/", place),
    ("/{edition:edition}/naeringsregion/{code:economic_region}/", place),
    ("/{edition:edition}/kommune/{code:municipality}/", place),
    ("/{edition:edition}/bydel/{code:district}/", place),
    ("/{edition:edition}/tabeller/", pages.tables),
    ("/{edition:edition}/tabeller/{table:name}/", pages.table),
    ("/{edition:edition}/sammenlign/", compare),
    ("/{edition:edition}/rangering/", ranking),
    ("/{edition:edition}/spredning/", spread),
    ("/{edition:edition}/kart/", tile_map),
    ("/{edition:edition}/utforsk/{table:name}/", explore),
    ("/{edition:edition}/utforsk/{table:name}.csv", explored_csv),
    ("/{edition:edition}/innfelt/{chart:name}/", embedded),
    ("/{edition:edition}/om/", pages.about),
    (API, documentation.page),
    (STATEMENT, pages.statement),
    (FEEDBACK, pages.feedback),
    (THANKS, pages.thanks),
)
"""Every page, under each language's prefix."""

FILES: Final[Sequence[tuple[str, str]]] = (
    ("/{edition:edition}/tabeller/{table:name}/{name:file}", "tables/{table}/{name}"),
    ("/{edition:edition}/figurer/{name:file}", "charts/{name}"),
    ("/{edition:edition}/publiseringsdag/{name:file}", "release/{name}"),
    ("/{edition:edition}/manifest.json", "manifest.json"),
    ("/{edition:edition}/changes.json", "changes.json"),
)
"""The files of an edition that may be fetched, and where in the edition they lie."""


class _Text(Convertor[str]):
    """A piece of an address that stays text; its shape is all that is asked of it."""

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Edition(_Text):
    regex: ClassVar[str] = r"[0-9]{4}(?:\.[0-9]{1,3}){0,2}"


class _County(_Text):
    regex: ClassVar[str] = r"[0-9]{2}"


class _Municipality(_Text):
    regex: ClassVar[str] = r"[0-9]{4}"


class _District(_Text):
    regex: ClassVar[str] = r"[0-9]{6}"


class _ImdiRegion(_Text):
    regex: ClassVar[str] = r"I[0-9]{2}"


class _EconomicRegion(_Text):
    regex: ClassVar[str] = r"N[0-9]{4}"


class _Name(_Text):
    regex: ClassVar[str] = r"[A-Za-z][A-Za-z0-9_]{0,39}"


class _PxFile(_Text):
    regex: ClassVar[str] = PX_NAME


class _File(_Text):
    regex: ClassVar[str] = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"


for _shape, _convertor in (
    ("edition", _Edition()),
    ("county", _County()),
    ("municipality", _Municipality()),
    ("district", _District()),
    ("imdi_region", _ImdiRegion()),
    ("economic_region", _EconomicRegion()),
    ("name", _Name()),
    ("px_file", _PxFile()),
    ("file", _File()),
):
    register_url_convertor(_shape, _convertor)


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
            kept = self._site.kept.get(address_of(scope), generation=generation)
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
    editions: Path,
    *,
    feedback: Path,
    clock: Callable[[], datetime],
    is_export: bool = False,
    limits: Limits | None = None,
    places: PublicAddresses | None = None,
    boundaries: Path | None = None,
) -> Starlette:
    """The site over a folder of editions. ``clock`` gives the time with its zone; nothing is shown before its hour.

    ``limits`` are those of the open-data interface, ``places`` where the site stands as the world sees it,
    ``boundaries`` a folder of borders for the map, read once.
    """
    feedback.mkdir(mode=0o700, parents=True, exist_ok=True)
    site = Site(
        editions,
        feedback=feedback,
        clock=clock,
        places=places or PublicAddresses(),
        is_export=is_export,
        outlines=read_outlines(boundaries) if boundaries is not None else None,
    )
    app = Starlette(
        routes=_routes(site),
        middleware=[
            Middleware(OpenData, library=site.library, clock=clock, limits=limits),
            Middleware(_HotPath, site),
        ],
        exception_handlers={Trouble: _on_trouble(site), HTTPException: _on_http(site), Exception: _on_crash(site)},
    )
    # Starlette would send the reader to an address built from the Host header; `_on_http` keeps to the path.
    app.router.redirect_slashes = False
    return app


def _routes(site: Site) -> list[Route]:
    routes = [
        Route("/robots.txt", _Endpoint(lambda _: _robots()), methods=["GET"]),
        Route("/favicon.ico", _Endpoint(lambda _: _icon()), methods=["GET"]),
        *(
            Route(PREFIX[language] + NEWS, _Endpoint(_bind_news(site, language)), methods=["GET"])
            for language in LANGUAGES
        ),
        Route("/health", _Endpoint(lambda _: _health(site)), methods=["GET"]),
        Route("/static/{name:file}", _Endpoint(_static), methods=["GET"]),
        Route(
            "/{edition:edition}/tabeller/{table:name}/{px:px_file}",
            _Endpoint(_bind_page(site, table_as_px, "nb")),
            methods=["GET"],
        ),
        *(Route(address, _Endpoint(_bind_file(site, pattern)), methods=["GET"]) for address, pattern in FILES),
    ]
    for language in LANGUAGES:
        for address, maker in PAGES:
            routes.append(
                Route(
                    PREFIX[language] + address, _Endpoint(_bind_page(site, maker, language)), methods=_methods(address)
                )
            )
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


def _icon() -> Answer:
    return answer(favicon(), media_type="image/x-icon", cache="public, max-age=86400", compress=False)


def _bind_news(site: Site, language: Language) -> Callable[[Request], Answer]:
    return lambda _: answer(feed(site.shelf(), language, is_export=site.is_export), media_type=MEDIA_TYPE)


def _health(site: Site) -> Answer:
    shelf = site.shelf()
    told = {
        "status": "degraded" if shelf.damaged else "ok",
        "editions": [str(book.number) for book in shelf.books],
        "damaged": [str(number) for number in shelf.damaged],
    }
    return answer(orjson.dumps(told) + b"\n", media_type="application/json", cache=NEVER_KEEP)


class _Sent(Response):
    """An answer in the form Starlette sends on after an exception."""

    def __init__(self, given: Answer) -> None:
        super().__init__(status_code=given.status)
        self._given = given

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await reply(self._given, scope, send)


def _on_trouble(site: Site) -> ExceptionHandler:
    async def handle(request: Request, trouble: Exception) -> Response:
        if not isinstance(trouble, Trouble):
            raise trouble
        return _Sent(
            site.trouble(
                request.url.path,
                status=trouble.status,
                reason=trouble.reason,
                instead=trouble.instead,
                withdrawal=trouble.withdrawal,
            )
        )

    return handle


def _on_http(site: Site) -> ExceptionHandler:
    async def handle(request: Request, problem: Exception) -> Response:
        if not isinstance(problem, HTTPException):
            raise problem
        path = request.scope["path"]
        if problem.status_code == 404 and not path.endswith("/") and _is_page(request, path + "/"):
            query = request.scope["query_string"].decode("latin-1")
            return _Sent(redirect(quote(path) + "/" + (f"?{query}" if query else "")))
        reason = {404: "page", 405: "method"}.get(problem.status_code, "query")
        given = site.trouble(path, status=problem.status_code, reason=reason)
        return _Sent(given.with_headers(problem.headers or {}))

    return handle


def _is_page(request: Request, path: str) -> bool:
    scope = {**request.scope, "path": path, "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def _on_crash(site: Site) -> ExceptionHandler:
    async def handle(request: Request, problem: Exception) -> Response:
        # The kind of error and nothing of the request: an address may hold what a reader typed.
        log.error("a page could not be made: %s", type(problem).__name__)
        return _Sent(site.trouble(request.url.path, status=500, reason="crash", shelf=NOTHING))

    return handle

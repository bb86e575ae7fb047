"""The open-data interface as an ASGI application: what is asked at which address, and how it is answered.

It stands in front of the pages and takes what lies under `/api/v2/`; everything else goes on. A whole answer is kept and
given again until an edition comes; making one that is not kept happens beside the loop, so that nobody waits for a workbook.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from anyio import CapacityLimiter, to_thread

from introstat.site.answers import Answer, AnswerCache, answer, redirect, reply
from introstat.site.pxwebapi import documents
from introstat.site.pxwebapi.addresses import ROOT
from introstat.site.pxwebapi.bodies import read_json, read_selection
from introstat.site.pxwebapi.catalogue import Catalogue, Catalogues, Wanted, damaged
from introstat.site.pxwebapi.dcat import as_json_ld, as_turtle, dcat
from introstat.site.pxwebapi.expressions import split_items
from introstat.site.pxwebapi.formats import read_rendering
from introstat.site.pxwebapi.formats.json_stat import metadata
from introstat.site.pxwebapi.giving import PREFLIGHT, content_answer, json_answer, problem_answer
from introstat.site.pxwebapi.languages import read_language
from introstat.site.pxwebapi.limits import Limits, RateLimit, client_of
from introstat.site.pxwebapi.openapi import description
from introstat.site.pxwebapi.parameters import Parameters, read_parameters
from introstat.site.pxwebapi.problems import Problem, Title, shown
from introstat.site.pxwebapi.savedqueries import read_saved, unfold
from introstat.site.pxwebapi.selection import Item, Placement, Selection, codelist_for, extract_of
from introstat.vocabulary.errors import EditionDamaged

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from introstat.site.library import Library, Shelf
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.formats import Rendering
    from introstat.site.pxwebapi.table import Table
    from introstat.vocabulary.texts import Language

log: Final = logging.getLogger(__name__)

KEPT_BYTES: Final = 64_000_000
"""How much memory kept answers may take."""

LONGEST_BODY: Final = 1_000_000
AT_ONCE: Final = 2
"""How many answers may be in the making at once."""

_OWN: Final = frozenset({"/openapi.json", "/openapi"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the makers see it. ``steps`` are the pieces of the address, the fixed ones in small letters."""

    method: str
    steps: tuple[str, ...]
    asked: Parameters
    body: bytes
    shelf: Shelf
    now: datetime

    @property
    def language(self) -> Language:
        """The language asked for. Raises Problem."""
        return read_language(self.asked.one("lang"))

    @property
    def wanted(self) -> Wanted:
        """The editions asked for."""
        return Wanted(replaced=self.asked.many("version") or (), exact=self.asked.many("editions") or ())


class OpenData:
    """The interface in front of another application."""

    def __init__(
        self, app: ASGIApp, *, library: Library, clock: Callable[[], datetime], limits: Limits | None = None
    ) -> None:
        self._app = app
        self._library = library
        self._clock = clock
        self._limits = limits or Limits()
        self._rate = RateLimit(self._limits)
        self._kept = AnswerCache(capacity=KEPT_BYTES)
        self._catalogues = Catalogues()
        self._makers: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not is_ours(path):
            await self._app(scope, receive, send)
            return
        try:
            given = await self._answer(scope, receive)
        except Problem as problem:
            given = problem_answer(problem, path)
        except EditionDamaged:
            given = problem_answer(damaged(), path)
        except Exception as error:
            log.error("an answer could not be made: %s", type(error).__name__)
            given = problem_answer(Problem(500, Title.CRASH, "Something went wrong here; it has been noted."), path)
        if scope["method"] == "POST":
            # "Not modified" is no answer to a POST.
            scope = {**scope, "headers": [header for header in scope["headers"] if header[0] != b"if-none-match"]}
        await reply(given, scope, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method: str = scope["method"]
        steps = _steps(scope["path"])
        if method == "OPTIONS":
            return answer(b"", media_type="text/plain", status=204, cache="public, max-age=86400", headers=PREFLIGHT)
        allowed = methods_of(steps)
        if method not in allowed:
            names = ", ".join(sorted({*allowed, "OPTIONS"}))
            raise Problem(405, Title.METHOD, f"This address takes {names}.", headers={"allow": names})
        if steps[:1] not in (("config",), ("openapi",), ("openapi.json",)):
            self._count(scope)
        shelf = self._library.shelf()
        body = await _read_body(receive) if method == "POST" else b""
        key = (scope["path"] if method != "POST" else f"POST {scope['path']}", _key(scope["query_string"], body))
        kept = self._kept.get(key, generation=shelf.generation)
        if kept is not None:
            return kept
        asked = read_parameters(scope["query_string"])
        call = Call("GET" if method == "HEAD" else method, steps, asked, body, shelf, self._clock())
        if self._makers is None:
            self._makers = CapacityLimiter(AT_ONCE)
        given = await to_thread.run_sync(self._make, call, limiter=self._makers)
        if asked.one("pastDays") is None:
            self._kept.keep(key, given, generation=shelf.generation)
        return given

    def _count(self, scope: Scope) -> None:
        peer = scope.get("client")
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        client = client_of(peer[0] if peer else "", forwarded.decode("latin-1"), proxies=self._limits.proxies)
        wait = self._rate.wait(client, now=time.monotonic())
        if wait:
            detail = f"At most {self._limits.calls} calls in {self._limits.seconds} seconds; wait {wait} seconds."
            raise Problem(429, Title.CALLS, detail, headers={"retry-after": str(wait)})

    def _make(self, call: Call) -> Answer:
        match call.steps:
            case ():
                return redirect("/en/api/" if call.asked.one("lang") == "en" else "/api/", status=303)
            case ("config",):
                return json_answer(documents.config(self._limits))
            case ("openapi",) | ("openapi.json",):
                return json_answer(description(), media_type="application/json")
            case ("catalog.ttl",) | ("catalog.jsonld",) | ("catalog",):
                return self._dcat(call)
            case ("tables",):
                return json_answer(documents.tables(self._catalogue(call), call.language, call.asked, now=call.now))
            case ("tables", name, *rest):
                return self._of_table(call, name, tuple(rest))
            case ("codelists", name):
                return self._codelist(call, name)
            case ("savedqueries",):
                return self._save(call)
            case ("savedqueries", name):
                return json_answer(documents.saved(unfold(name)))
            case ("savedqueries", name, ("data" | "selection") as part):
                return self._saved(call, name, part)
            case _:
                raise _no_such_address(call.steps)

    def _of_table(self, call: Call, name: str, rest: tuple[str, ...]) -> Answer:
        catalogue, language = self._catalogue(call), call.language
        table = catalogue.table(name)
        match rest:
            case ():
                return json_answer(documents.table(catalogue, table, language), synthetic=table.is_synthetic)
            case ("metadata",):
                return self._metadata(call, catalogue, table)
            case ("defaultselection",):
                extract = self._extract(catalogue, table, Selection(), language)
                return json_answer(documents.selection(extract, "tables", table.id, "defaultselection"))
            case ("data",):
                rendering = read_rendering(
                    call.asked.named("outputFormat"), call.asked.choices("outputFormatParams") or ()
                )
                return self._data(catalogue, table, _selection(call, table), language, rendering)
            case ("versions",):
                return json_answer(documents.versions(call.shelf, table, language))
            case ("changes",):
                only = frozenset((*call.wanted.replaced, *call.wanted.exact))
                return json_answer(documents.changes(call.shelf, table, language, only=only))
            case _:
                raise _no_such_address(call.steps)

    def _metadata(self, call: Call, catalogue: Catalogue, table: Table) -> Answer:
        """A table with all its values; a code list asked for, here or by a saved query, takes the place of a variable's."""
        call.asked.flag("defaultSelection")
        lists = dict(call.asked.keyed("codelist"))
        query = call.asked.one("savedQuery")
        if query is not None:
            saved = unfold(query)
            lists = {item.variable: item.codelist for item in saved.selection.items if item.codelist} | lists
        known = catalogue.codelists(table)
        chosen = {}
        for name, codelist in lists.items():
            variable = table.find(name)
            if variable is None:
                raise Problem(400, Title.VARIABLE, f"{table.id} has no variable {shown(name)}.")
            if codelist:
                chosen[variable.code] = codelist_for(codelist, variable, known)
        items = tuple(
            Item(
                variable.code,
                tuple(chosen[variable.code].values) if variable.code in chosen else variable.codes,
                chosen[variable.code].id if variable.code in chosen else None,
            )
            for variable in table.variables
        )
        extract = extract_of(table, Selection(items), known=known, language=call.language, most_cells=2**62)
        return json_answer(metadata(extract, codelists=known), synthetic=table.is_synthetic)

    def _data(
        self, catalogue: Catalogue, table: Table, selection: Selection, language: Language, rendering: Rendering
    ) -> Answer:
        content = rendering.render(self._extract(catalogue, table, selection, language))
        kind = rendering.kind
        named = {"content-disposition": f'inline; filename="{table.id}.{kind.suffix}"'}
        return content_answer(content, media_type=kind.media_type, synthetic=table.is_synthetic, headers=named)

    def _codelist(self, call: Call, name: str) -> Answer:
        catalogue = self._catalogue(call)
        found = catalogue.all_codelists.get(name.casefold())
        if found is None:
            raise Problem(
                404, Title.CODELIST, f"There is no code list {shown(name)}; a table's metadata names its own."
            )
        return json_answer(documents.codelist(found, catalogue, call.language))

    def _save(self, call: Call) -> Answer:
        if not call.body:
            raise Problem(400, Title.QUERY, "The body is an object with tableId, language and selection.")
        query = read_saved(read_json(call.body))
        catalogue = self._catalogue(call)
        try:
            table = catalogue.table(query.table)
            self._extract(catalogue, table, query.selection, query.language)
        except Problem as problem:
            raise Problem(400, problem.title, problem.detail) from problem
        query = replace(query, table=table.id)
        given = json_answer(documents.saved(query), status=201)
        return given.with_headers({"location": f"{ROOT}/savedqueries/{query.id}"})

    def _saved(self, call: Call, name: str, part: str) -> Answer:
        query = unfold(name)
        catalogue = self._catalogue(call)
        table = catalogue.table(query.table)
        language = call.language if call.asked.one("lang") else query.language
        if part == "selection":
            extract = self._extract(catalogue, table, query.selection, language)
            return json_answer(documents.selection(extract, "savedqueries", name, "selection"))
        output, params = call.asked.named("outputFormat"), call.asked.choices("outputFormatParams")
        if output is None:
            rendering = read_rendering(query.rendering.format, query.rendering.params if params is None else params)
        else:
            rendering = read_rendering(output, params or ())
        return self._data(catalogue, table, query.selection, language, rendering)

    def _dcat(self, call: Call) -> Answer:
        catalogue = self._catalogue(call)
        triples = dcat(catalogue)
        synthetic = any(book.is_synthetic for book in catalogue.books)
        if call.steps == ("catalog.jsonld",):
            return json_answer(as_json_ld(triples), media_type="application/ld+json", synthetic=synthetic)
        return content_answer(as_turtle(triples), media_type="text/turtle; charset=utf-8", synthetic=synthetic)

    def _catalogue(self, call: Call) -> Catalogue:
        return self._catalogues.find(call.shelf, call.wanted)

    def _extract(self, catalogue: Catalogue, table: Table, selection: Selection, language: Language) -> Extract:
        catalogue.check_years(table, selection)
        return extract_of(
            table, selection, known=catalogue.codelists(table), language=language, most_cells=self._limits.cells
        )


def is_ours(path: str) -> bool:
    """Whether an address belongs to the interface, in whatever case it is written."""
    start = path[: len(ROOT) + 1].lower()
    return start.rstrip("/") == ROOT or path in _OWN


def methods_of(steps: tuple[str, ...]) -> frozenset[str]:
    """What may be done at an address."""
    match steps:
        case ("savedqueries",):
            return frozenset({"POST"})
        case ("tables", _, "data"):
            return frozenset({"GET", "HEAD", "POST"})
        case _:
            return frozenset({"GET", "HEAD"})


def _steps(path: str) -> tuple[str, ...]:
    """The pieces of an address below the root; those that are words of ours in small letters, ids as they are."""
    if path in _OWN:
        return (path[1:],)
    pieces = path[len(ROOT) :].removeprefix("/").removesuffix("/").split("/")
    if pieces == [""]:
        return ()
    return tuple(piece.lower() if at in (0, 2) else piece for at, piece in enumerate(pieces))


def _no_such_address(steps: tuple[str, ...]) -> Problem:
    if steps[:1] == ("savedqueries",):
        return Problem(400, Title.SAVED, "An id has no slashes, and only data and selection stand below it.")
    return Problem(404, Title.ADDRESS, "There is nothing at this address; /api/v2/openapi.json lists what there is.")


def _selection(call: Call, table: Table) -> Selection:
    if call.method == "POST":
        return read_selection(read_json(call.body)) if call.body else Selection()
    for name, _ in call.asked.keyed("codelist"):
        if table.find(name) is None:
            raise Problem(400, Title.VARIABLE, f"{table.id} has no variable {shown(name)}.")
    values: dict[str, list[str]] = {}
    for name, text in call.asked.keyed("valuecodes"):
        values.setdefault(name, []).append(text)
    lists = {name.casefold(): codelist for name, codelist in call.asked.keyed("codelist")}
    return Selection(
        items=tuple(Item(name, items_of(texts), lists.get(name.casefold()) or None) for name, texts in values.items()),
        placement=Placement(heading=call.asked.many("heading"), stub=call.asked.many("stub")),
    )


def items_of(texts: list[str]) -> tuple[str, ...]:
    """The items of a list given as one text or as several."""
    return tuple(item for text in texts for item in split_items(text))


async def _read_body(receive: Receive) -> bytes:
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > LONGEST_BODY:
            raise Problem(413, Title.LARGE, f"A body is at most {LONGEST_BODY} bytes.")
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _key(query: bytes, body: bytes) -> bytes:
    """What a kept answer is found by; long selections by their hash."""
    if len(query) + len(body) < 300 and not body:
        return query
    return hashlib.sha256(query + b"\0" + body).digest()

"""Saved queries without a store: the id is the query, in canonical form, compressed, written in signs an address may hold.

The same query always has the same id, and nothing is ever kept. An id that would unfold to more than a query can be is not
unfolded.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.site.pxwebapi.bodies import read_selection, selection_body
from introstat.site.pxwebapi.formats import DEFAULT, Rendering, read_rendering
from introstat.site.pxwebapi.languages import TAGS, read_language
from introstat.site.pxwebapi.problems import Problem, Title

if TYPE_CHECKING:
    from introstat.site.pxwebapi.selection import Selection
    from introstat.vocabulary.texts import Language

LONGEST_ID: Final = 6_000
LONGEST_QUERY: Final = 60_000
"""How long an id may be, and the query that it unfolds to, in bytes."""

_FIRST: Final = "q"
_SIGNS: Final = re.compile(r"[A-Za-z0-9_-]+")
_COMMON: Final = (
    b'IP100IP101IP103"outputFormat":"json-px""parquet""xlsx""px""html""csv","outputFormatParams":["UseCodes","UseTexts",'
    b'"UseCodesAndTexts","IncludeTitle","SeparatorTab","SeparatorSemicolon"],"codelist":"agg_Fylker""vs_Kommuner'
    b'"valueCodes":["*"],"variableCode":"Grunn"},{"placement":{"heading":["ContentsCode","Tid"],"stub":["Region","Kjonn"]},'
    b'"AndelArbeidUtdanning","ArbeidUtdanning","TilArbeid","TilUtdanning","AndreUtfall","Avsluttet"'
    b'{"language":"no","outputFormat":"json-stat2","outputFormatParams":[],"selection":{"placement":{},"selection":['
    b'{"valueCodes":["0"],"variableCode":"Kjonn"},{"valueCodes":["*"],"variableCode":"Region"},{"valueCodes":["top(1)"],'
    b'"variableCode":"Tid"},{"valueCodes":["Avsluttet"],"variableCode":"ContentsCode"}]},"tableId":"IP102"}'
)
"""Text that queries are made of, known to both sides. It is part of what an id means and never changes."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query as it was saved; its expressions are not unfolded."""

    table: str
    language: Language
    selection: Selection
    rendering: Rendering

    @property
    def id(self) -> str:
        """The id that is the query. Raises Problem for a query that is too long for one."""
        content = orjson.dumps(self.body(), option=orjson.OPT_SORT_KEYS)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _COMMON)
        packed = packer.compress(content) + packer.flush()
        found = _FIRST + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
        if len(content) > LONGEST_QUERY or len(found) > LONGEST_ID:
            raise Problem(
                400, Title.LARGE, "The query is too long to be saved; use expressions such as * for many values."
            )
        return found

    def body(self) -> dict[str, Any]:
        """The query in the contract's words, without its id."""
        return {
            "tableId": self.table,
            "language": TAGS[self.language],
            "selection": selection_body(self.selection),
            "outputFormat": self.rendering.format,
            "outputFormatParams": list(self.rendering.params),
        }


def read_saved(body: object) -> SavedQuery:
    """A query as a caller sends it to be saved. Raises Problem."""
    if not isinstance(body, dict):
        raise Problem(400, Title.QUERY, "The body is an object with tableId, language and selection.")
    table, language = body.get("tableId"), body.get("language")
    if not isinstance(table, str) or not table or not isinstance(language, str):
        raise Problem(400, Title.QUERY, "tableId and language are texts, and both are needed.")
    if not isinstance(body.get("id", ""), str):
        raise Problem(400, Title.QUERY, "id is a text, and is not needed.")
    output, params = body.get("outputFormat", DEFAULT), body.get("outputFormatParams", [])
    if not isinstance(output, str) or not isinstance(params, list) or not all(isinstance(one, str) for one in params):
        raise Problem(400, Title.FORMAT, "outputFormat is a text, outputFormatParams a list of texts.")
    return SavedQuery(
        table=table,
        language=read_language(language),
        selection=read_selection(body.get("selection")),
        rendering=read_rendering(output, tuple(params)),
    )


def unfold(name: str) -> SavedQuery:
    """The query that an id is. Raises Problem: 400 for an id with signs of a path, 404 for one that is no query."""
    if ".." in name or "/" in name or "\\" in name:
        raise Problem(400, Title.SAVED, "An id has no slashes and no two dots.")
    content = _unpacked(name)
    if content is None:
        raise _unknown()
    try:
        return read_saved(orjson.loads(content))
    except (orjson.JSONDecodeError, Problem) as error:
        raise _unknown() from error


def _unpacked(name: str) -> bytes | None:
    """What an id unfolds to; None where it is none of ours or unfolds to too much."""
    if len(name) > LONGEST_ID or not name.startswith(_FIRST) or not _SIGNS.fullmatch(name):
        return None
    try:
        packed = base64.urlsafe_b64decode(name[1:] + "=" * (-len(name[1:]) % 4))
        unpacker = zlib.decompressobj(-15, _COMMON)
        content = unpacker.decompress(packed, LONGEST_QUERY + 1)
    except (binascii.Error, zlib.error):
        return None
    is_whole = unpacker.eof and not unpacker.unused_data and len(content) <= LONGEST_QUERY
    return content if is_whole else None


def _unknown() -> Problem:
    return Problem(404, Title.SAVED, "The id is not one that was given here; save the query again.")

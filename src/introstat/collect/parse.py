"""From the bytes as they came to rows of text under a header that is understood, or the reason why not.

Nothing here looks at what a value means. The order is that of cost: the size first, then the first bytes, then the
encoding, then the header, and only then the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from introstat.collect.findings import Refusal
from introstat.collect.reading.delimited import read_delimited
from introstat.collect.reading.encoding import decode, mangled_line
from introstat.collect.reading.filetype import FileType, file_type
from introstat.collect.reading.header import Header, known_names, read_header
from introstat.collect.reading.table import gather
from introstat.collect.reading.workbook import read_workbook
from introstat.collect.rules import file as checks

if TYPE_CHECKING:
    import pyarrow as pa

    from introstat.collect.reading.rows import Rows
    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.parameters import Parameters
    from introstat.vocabulary.deliveries import Sending

_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that could be read: its header, its rows as text, and the first line with mangled letters, if any."""

    header: Header
    rows: pa.Table
    mangled: int | None


def parse(sending: Sending, *, definitions: Definitions, limits: Parameters) -> Parsed | Refusal:
    """Read a file as one of the year's forms. The rows have the columns of `reading.table.gather`."""
    if len(sending.content) > limits.file_bytes_most:
        return Refusal(checks.TOO_LARGE, values={"limit": f"> {limits.file_bytes_most // _MEGABYTE} MB"})
    if not sending.content.strip(b"\xef\xbb\xbf \t\r\n"):
        return Refusal(checks.EMPTY)
    kind_of_file = file_type(sending.content, filename=sending.filename)
    if isinstance(kind_of_file, Refusal):
        return kind_of_file
    mangled: int | None = None
    rows: Rows | Refusal
    if kind_of_file is FileType.WORKBOOK:
        rows = read_workbook(sending.content, limits=limits)
    else:
        text = decode(sending.content)
        if isinstance(text, Refusal):
            return text
        mangled = mangled_line(text)
        rows = read_delimited(text, known=partial(known_names, forms=definitions.form))
    if isinstance(rows, Refusal):
        return rows
    first = next(rows, None)
    if first is None:
        return Refusal(checks.EMPTY)
    if isinstance(first, Refusal):
        return first
    line, cells = first
    header = read_header(cells, line=line, forms=definitions.form, kind=sending.kind)
    if isinstance(header, Refusal):
        return header
    table = gather(rows, header=header, limits=limits)
    return table if isinstance(table, Refusal) else Parsed(header=header, rows=table, mangled=mangled)

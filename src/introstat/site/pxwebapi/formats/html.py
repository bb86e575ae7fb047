"""A table as a page of its own, without script or style of others: caption, heads with a scope, signs that are explained."""

from __future__ import annotations

from html import escape
from math import prod
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi import wording

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.formats.layout import Layout

_STYLE: Final = (
    "table{border-collapse:collapse}th,td{border:1px solid;padding:.2em .5em}td{text-align:right}th{text-align:left}"
)


def html(extract: Extract, layout: Layout) -> bytes:
    """The page in UTF-8."""
    language, words = extract.language, extract.words
    title = escape(words.title)
    notes = [note.text for note in words.notes if note.is_mandatory or layout.has_title]
    parts = [
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<table>\n",
        f"<caption>{title}</caption>\n" if layout.has_title or extract.origin else "",
        "<thead>\n",
        *_heads(extract, layout),
        "</thead>\n<tbody>\n",
    ]
    named = [{code: escape(text) for code, text in layout.values(extract, axis).items()} for axis in extract.stub]
    spoken = {sign: escape(text.in_language(language), quote=True) for sign, text in wording.SIGNS.items()}
    for codes, numbers, signs in extract.rows():
        parts.append("<tr>")
        parts.extend(f'<th scope="row">{names[code]}</th>' for names, code in zip(named, codes, strict=True))
        parts.extend(
            f"<td>{sign if number is None else f'{number}{sign}'}</td>"
            for number, sign in zip(numbers, signs, strict=True)
        )
        parts.append("</tr>\n")
    parts.append("</tbody>\n</table>\n")
    parts.extend(f"<p>{escape(text)}</p>\n" for text in notes)
    parts.extend(f"<p>{sign} {spoken[sign]}.</p>\n" for sign in extract.used_signs())
    parts.append(f"<p>{wording.SOURCE.in_language(language)}: {escape(words.source)}</p>\n</body>\n</html>\n")
    return "".join(parts).encode()


def _heads(extract: Extract, layout: Layout) -> list[str]:
    """A row of heads for each variable in the heading; the names of the stub stand in the last one."""
    sizes = [len(axis.codes) for axis in extract.heading]
    stub = "".join(f'<th scope="col">{escape(layout.name(extract, axis))}</th>' for axis in extract.stub)
    if not extract.heading:
        return [f'<tr>{stub}<th scope="col">{escape(extract.words.title)}</th></tr>\n']
    rows = []
    for level, axis in enumerate(extract.heading):
        is_last = level == len(sizes) - 1
        span = prod(sizes[level + 1 :])
        scope = 'scope="col"' if is_last else f'scope="colgroup" colspan="{span}"'
        names = [escape(text) for text in layout.values(extract, axis).values()]
        heads = "".join(f"<th {scope}>{name}</th>" for name in names) * prod(sizes[:level])
        rows.append(f"<tr>{stub if is_last else _empty(extract)}{heads}</tr>\n")
    return rows


def _empty(extract: Extract) -> str:
    return f'<td colspan="{len(extract.stub)}"></td>' if extract.stub else ""

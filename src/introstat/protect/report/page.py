"""A report as one page of HTML, for the office: static, without scripts and without anything fetched from elsewhere.

`protection_page` and `attack_page` take the objects that the JSON file holds, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from introstat.protect.any_table.specification import ROUNDING
from introstat.protect.report.notes import in_language
from introstat.protect.report.objects import Object
from introstat.protect.report.style import STYLE
from introstat.protect.report.words import WORDS

MOST_ROWS: Final = 200
"""Rows of a list of findings that a page shows; the JSON file has them all."""


def protection_page(told: Object, *, source: str, language: str) -> str:
    """The page of what `protect` did. `source` names the table."""
    pen = _Pen(language)
    rounding = told["method"] == ROUNDING
    attack = told["attack"]
    safe = attack["settled"] and not attack["exact"] and not attack["narrow"]
    verdict = pen.word("nothing_found_rounded" if rounding else "nothing_found") if safe else pen.word("found")
    parts = [
        pen.tiles(_rounding_tiles(pen, told) if rounding else _suppression_tiles(pen, told)),
        _rounding_levels(pen, told) if rounding else _suppression_levels(pen, told),
        _blocks(pen, told, rounding=rounding),
        _lost(pen, told["information_lost"], rounding=rounding),
        _weakest(pen, told["weakest"], rounding=rounding),
        '<div class="beside">' + _attack(pen, attack) + _asked(pen, told) + "</div>",
        "" if rounding else _declared(pen, told["declared"]),
    ]
    title = pen.word("rounded" if rounding else "protected")
    return pen.page(title, source=source, verdict=verdict, safe=safe, parts=parts)


def attack_page(told: Object, *, source: str, seconds: float, language: str) -> str:
    """The page of what `attack` found."""
    pen = _Pen(language)
    rounding = told.get("method") == ROUNDING
    found = bool(told["exact"] or told["narrow"])
    safe = told["settled"] and not found
    if found:
        verdict = pen.word("found")
    elif safe:
        verdict = pen.word("nothing_found_rounded" if rounding else "nothing_found")
    else:
        verdict = pen.word("not_settled")
    tiles = [
        (pen.word("tried"), pen.whole(told["hidden"]), ""),
        (pen.word("exact"), pen.whole(len(told["exact"])), ""),
        (pen.word("narrow"), pen.whole(len(told["narrow"])), ""),
        (pen.word("unsettled"), pen.whole(told["unsettled"]), ""),
        (pen.word("time"), pen.number(seconds, 1), pen.word("seconds")),
    ]
    parts = [pen.tiles(tiles)]
    for key, title in (("exact", "exact_title"), ("declared", "declared_title")):
        if told[key]:
            ends = [(pen.whole(one["value"]), pen.said(one["because"])) for one in told[key]]
            parts.append(pen.section(title, _of_cells(pen, told[key], ("value", "because"), ends, numbers={0})))
    if told["narrow"]:
        few = [(_between(one["low"], one["high"]),) for one in told["narrow"]]
        parts.append(pen.section("narrow_title", _of_cells(pen, told["narrow"], ("values",), few, numbers={0})))
    if rounding:
        parts.append(_weakest(pen, told["weakest"], rounding=True))
    if told["notes"]:
        parts.append(
            pen.section("notes", "<ul>" + "".join(f"<li>{pen.said(one)}</li>" for one in told["notes"]) + "</ul>")
        )
    return pen.page(pen.word("attacked"), source=source, verdict=verdict, safe=safe, parts=parts)


def _suppression_tiles(pen: _Pen, told: Object) -> list[tuple[str, str, str]]:
    zeros = told["asked"]["zeros"] == "hidden"
    return [
        (pen.word("cells" if zeros else "cells_not_zero"), pen.whole(told["cells"]), ""),
        (pen.word("shown"), pen.whole(told["shown"]), pen.percent(_part(told["shown"], told["cells"]))),
        (pen.word("primary"), pen.whole(told["hidden"]["primary"]), ""),
        (pen.word("secondary"), pen.whole(told["hidden"]["secondary"]), ""),
        (pen.word("time"), pen.number(told["seconds"], 1), pen.word("seconds")),
    ]


def _rounding_tiles(pen: _Pen, told: Object) -> list[tuple[str, str, str]]:
    return [
        (pen.word("cells_not_zero"), pen.whole(told["cells"]), ""),
        (pen.word("changed"), pen.whole(told["rounded"]["changed"]), pen.percent(told["information_lost"]["cells"])),
        (pen.word("up"), pen.whole(told["rounded"]["up"]), ""),
        (pen.word("down"), pen.whole(told["rounded"]["down"]), ""),
        (pen.word("whole"), pen.whole(told["deviation"]["whole"]), ""),
        (pen.word("time"), pen.number(told["seconds"], 1), pen.word("seconds")),
    ]


def _suppression_levels(pen: _Pen, told: Object) -> str:
    rows: list[Sequence[str]] = []
    for name, levels in told["hidden"]["levels"].items():
        rows.append((f"<b>{escape(name)}</b>",))
        for level, one in levels.items():
            label = pen.word("everything") if len(levels) == 1 else escape(level)
            rows.append(
                (
                    label,
                    pen.whole(one["cells"]),
                    pen.whole(one["primary"]),
                    pen.whole(one["secondary"]),
                    pen.bar(_part(one["primary"], one["cells"]), _part(one["secondary"], one["cells"])),
                    pen.percent(_part(one["lost"], one["of"])),
                )
            )
    heading = (
        pen.word("level"),
        pen.word("cells"),
        pen.word("small"),
        pen.word("others"),
        pen.word("part"),
        pen.word("lost_count_short"),
    )
    listing = pen.listing(heading, rows, numbers={1, 2, 3, 5}, swatches={2: "first", 3: "other"})
    return pen.section("levels", listing, note="levels_note")


def _rounding_levels(pen: _Pen, told: Object) -> str:
    rows: list[Sequence[str]] = [_deviation(pen, pen.word("everything"), told["deviation"]["all"])]
    for name, levels in told["deviation"]["levels"].items():
        rows.append((f"<b>{escape(name)}</b>",))
        rows += [_deviation(pen, escape(level), one) for level, one in levels.items()]
    return pen.section("levels", pen.listing(_deviations(pen), rows, numbers={1, 2, 3, 4, 5, 6}), note="deviation_note")


def _deviations(pen: _Pen) -> tuple[str, ...]:
    return tuple(pen.word(key) for key in ("level", "cells", "changed", "most", "mean", "typical", "by_chance"))


def _deviation(pen: _Pen, label: str, one: Object) -> tuple[str, ...]:
    return (
        label,
        pen.whole(one["cells"]),
        pen.whole(one["changed"]),
        pen.whole(one["most"]),
        pen.number(one["mean"], 2),
        pen.number(one["typical"], 2),
        pen.number(one["by_chance"], 2),
    )


def _blocks(pen: _Pen, told: Object, *, rounding: bool) -> str:
    blocks = told["deviation"]["blocks"] if rounding else told["hidden"]["blocks"]
    if not blocks:
        return ""
    if rounding:
        rows = [_deviation(pen, escape(name), one) for name, one in blocks.items()]
        heading = (pen.word("block"), *_deviations(pen)[1:])
        return pen.section("blocks", pen.listing(heading, rows, numbers={1, 2, 3, 4, 5, 6}))
    few = [(escape(name), pen.whole(one["primary"]), pen.whole(one["secondary"])) for name, one in blocks.items()]
    heading = (pen.word("block"), pen.word("primary"), pen.word("secondary"))
    return pen.section("blocks", pen.listing(heading, few, numbers={1, 2}))


def _lost(pen: _Pen, lost: Object, *, rounding: bool) -> str:
    if rounding:
        told = [
            (pen.percent(lost["cells"]), pen.word("lost_cells_rounded")),
            (pen.percent(lost["count"]), pen.word("lost_count_rounded")),
            (pen.number(lost["hellinger"], 2), pen.word("lost_hellinger")),
        ]
    else:
        told = [
            (pen.percent(lost["cells"]), pen.word("lost_cells")),
            (pen.percent(lost["count"]), pen.word("lost_count")),
            (pen.number(lost["bits_per_hidden_cell"], 1), pen.word("lost_bits")),
        ]
    lines = "".join(f"<li><b>{number}</b> {escape(words)}</li>" for number, words in told)
    return pen.section("lost", f'<ul class="lost">{lines}</ul>', note="lost_note")


def _weakest(pen: _Pen, weakest: Sequence[Object], *, rounding: bool) -> str:
    if not weakest:
        return ""
    rows = [
        (
            *((pen.whole(one["value"]),) if rounding else ()),
            _between(one["low"], one["high"]),
            pen.whole(one["high"] - one["low"] + 1),
        )
        for one in weakest
    ]
    heading = (*(("published",) if rounding else ()), "values", "how_many")
    note = "weakest_note_rounded" if rounding else "weakest_note"
    return pen.section("weakest", _of_cells(pen, weakest, heading, rows, numbers={0, 1, 2}), note=note)


def _of_cells(
    pen: _Pen, told: Sequence[Object], heading: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: set[int]
) -> str:
    """A table with the columns that name cells first, and then what is told of each."""
    names = list(told[0]["cell"])
    cells = [[escape(one["cell"].get(name, "")) for name in names] for one in told]
    return pen.listing(
        [*names, *(pen.word(key) for key in heading)],
        [[*cell, *row] for cell, row in zip(cells, rows, strict=True)],
        numbers={len(names) + at for at in numbers},
    )


def _attack(pen: _Pen, attack: Object) -> str:
    words = {"attacked": "tried"}
    told = [(pen.word("settled"), pen.word("yes" if attack["settled"] else "no"))]
    told += [
        (pen.word(words.get(key, key)), pen.whole(attack[key]))
        for key in ("attacked", "exact", "narrow", "by_bounds", "repaired", "certain")
        if key in attack
    ]
    return pen.section("attack", pen.facts(told))


def _declared(pen: _Pen, declared: Sequence[Object]) -> str:
    if not declared:
        return pen.section("declared_title", f"<p>{escape(pen.word('none'))}</p>")
    lines: list[str] = []
    for group in declared:
        told = group["cells"]
        cells = [pen.word("all_cells")] if told == "all" else [_cell(one) or pen.word("everything") for one in told]
        lines += [f"<li>{_cell(group['group'])}: {cell}</li>" for cell in cells]
    return pen.section("declared_title", "<ul>" + "".join(lines) + "</ul>")


def _asked(pen: _Pen, told: Object) -> str:
    asked = told["asked"]
    facts = [
        (pen.word(key), pen.whole(asked[key]))
        for key in ("base", "threshold", "width", "width_secondary")
        if key in asked
    ]
    if "zeros" in asked:
        facts.append((pen.word("zeros"), pen.word(f"zeros_{asked['zeros']}")))
    if "insiders" in asked:
        facts.append((pen.word("insiders"), asked["insiders"]))
    facts.append((pen.word("seed"), str(told["seed"])))
    return pen.section("asked", pen.facts(facts))


def _cell(cell: Mapping[str, str]) -> str:
    return ", ".join(f'<span class="key">{escape(name)}</span> {escape(code)}' for name, code in cell.items())


def _between(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _part(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


class _Pen:
    """Writes words and numbers of one language, and the few shapes a report needs."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = WORDS[language]

    def word(self, key: str) -> str:
        """A text of the page."""
        return self._words[key]

    def said(self, text: str) -> str:
        """A remark of the attack in the language of the page; where there are no words for it, marked as the English it is."""
        told = in_language(text, self.language)
        return escape(told) if told is not None else f'<span lang="en">{escape(text)}</span>'

    def whole(self, number: int) -> str:
        """A whole number with its thousands apart."""
        return f"{number:,}".replace(",", "," if self.language == "en" else "\u202f")

    def number(self, number: float, decimals: int) -> str:
        """A number with decimals."""
        text = f"{number:,.{decimals}f}"
        return text if self.language == "en" else text.replace(",", "\u202f").replace(".", ",")

    def percent(self, part: float) -> str:
        """A part as per cent."""
        return self.number(100 * part, 1) + ("%" if self.language == "en" else "\u00a0%")

    def tiles(self, tiles: Iterable[tuple[str, str, str]]) -> str:
        """The few numbers that are read first."""
        inside = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{number}{f' <small>{escape(more)}</small>' if more else ''}</dd></div>"
            for name, number, more in tiles
        )
        return f'<dl class="tiles">{inside}</dl>'

    def facts(self, facts: Iterable[tuple[str, str]]) -> str:
        """Names and values, one line each."""
        return (
            '<dl class="facts">'
            + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
            + "</dl>"
        )

    def bar(self, first: float, second: float) -> str:
        """Two parts of a whole as a bar, told in words beside."""
        return (
            f'<span class="bar" aria-hidden="true"><i style="width:{100 * first:.1f}%"></i>'
            f'<i class="other" style="width:{100 * second:.1f}%"></i></span> {self.percent(first + second)}'
        )

    def listing(
        self,
        heading: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        numbers: set[int],
        swatches: Mapping[int, str] | None = None,
    ) -> str:
        """A table; a row of one cell stands over those below it. `numbers` are the columns set to the right, `swatches` those
        that a bar shows, with their colour."""
        colour = {at: f'<i class="swatch {kind}" aria-hidden="true"></i>' for at, kind in (swatches or {}).items()}
        head = "".join(
            f'<th scope="col"{self._side(at, numbers)}>{colour.get(at, "")}{escape(name)}</th>'
            for at, name in enumerate(heading)
        )
        body: list[str] = []
        for row in rows[:MOST_ROWS]:
            if len(row) == 1 < len(heading):
                body.append(f'<tr class="over"><th colspan="{len(heading)}" scope="colgroup">{row[0]}</th></tr>')
                continue
            cells = "".join(f"<td{self._side(at, numbers)}>{cell}</td>" for at, cell in enumerate(row[1:], start=1))
            body.append(f'<tr><th scope="row">{row[0]}</th>{cells}</tr>')
        cut = (
            f"<p>{escape(self.word('first').format(self.whole(MOST_ROWS), self.whole(len(rows))))}</p>"
            if len(rows) > MOST_ROWS
            else ""
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(heading[0])}">{table}</div>{cut}'

    @staticmethod
    def _side(at: int, numbers: set[int]) -> str:
        return ' class="number"' if at in numbers else ""

    def section(self, key: str, inside: str, *, note: str | None = None) -> str:
        """A part of the page under its heading."""
        beside = f'<p class="note">{escape(self.word(note))}</p>' if note else ""
        return f"<section><h2>{escape(self.word(key))}</h2>{beside}{inside}</section>"

    def page(self, title: str, *, source: str, verdict: str, safe: bool, parts: Iterable[str]) -> str:
        """The whole page."""
        mark = "safe" if safe else "found"
        return (
            f'<!doctype html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
            f"<title>{escape(title)}: {escape(source)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f'<header><p class="office">{escape(self.word("for_office"))}</p></header>\n<main>\n'
            f'<p class="source">{escape(source)}</p>\n<h1>{escape(title)}</h1>\n'
            f'<p class="verdict {mark}">{escape(verdict)}</p>\n'
            + "\n".join(filter(None, parts))
            + "\n</main>\n</body>\n</html>\n"
        )

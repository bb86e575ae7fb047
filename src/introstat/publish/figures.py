"""The charts of the release page: what each one draws, and its heading, which says what it shows.

A chart is a Vega-Lite specification rendered to SVG, once wide and once for a phone, so that no script is needed to read it.
What is not shown in the tables is not in the specification either. A chart of synthetic data carries the mark in itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import vl_convert as vlc

from introstat.publish.documents import ChartBlock, Parts, plain
from introstat.publish.quality import citation
from introstat.publish.rankings import shown_municipalities
from introstat.publish.raster import png
from introstat.vocabulary.tables import COUNTRY
from introstat.vocabulary.texts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from introstat.publish.voice import Voice

WIDE: Final = 720
NARROW: Final = 328
"""What is left of a phone's 360 pixels inside the page's margins."""

INK: Final = "#1a1a1a"
SOFT: Final = "#4d4d4d"
BAR: Final = "#0d7a5f"
LINE: Final = "#9c2a00"
GRID: Final = "#d9d9d9"
PALE: Final = "#dcefe9"
"""Every colour of text and marks stands at least 4.5 to 1 against white."""

_FONT: Final = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif"

_COUNTIES_RANGE: Final = Text(
    nb="Fra {low} i {lowest} til {high} i {highest}",
    nn="Frå {low} i {lowest} til {high} i {highest}",
    en="From {low} in {lowest} to {high} in {highest}",
)
_COUNTIES_PLAIN: Final = Text(
    nb="Resultater etter fylke {year}", nn="Resultat etter fylke {year}", en="Results by county {year}"
)
_COUNTIES_SUB: Final = Text(
    nb="Andel av dem som avsluttet i {year}, som gikk til arbeid eller utdanning. Antall avsluttet i parentes.",
    nn="Prosentdel av dei som avslutta i {year}, som gjekk til arbeid eller utdanning. Tal avslutta i parentes.",
    en="Share of those who ended in {year} who went to work or education. Number who ended in brackets.",
)
_COUNTIES_DESC: Final = Text(
    nb="Liggende søyler, én for hvert fylke, ordnet etter resultat. En loddrett linje viser hele landet. Tabellen på"
    " siden har de samme tallene.",
    nn="Liggjande søyler, éi for kvart fylke, ordna etter resultat. Ei loddrett linje viser heile landet. Tabellen på"
    " sida har dei same tala.",
    en="Horizontal bars, one for each county, ordered by result. A vertical line shows the whole country. The table on"
    " the page has the same figures.",
)
_SPREAD_RANGE: Final = Text(
    nb="Resultatet i kommunene går fra {low} til {high}",
    nn="Resultatet i kommunane går frå {low} til {high}",
    en="Results in the municipalities range from {low} to {high}",
)
_SPREAD_PLAIN: Final = Text(
    nb="Resultater i kommunene {year}", nn="Resultat i kommunane {year}", en="Results in the municipalities {year}"
)
_SPREAD_SUB: Final = Text(
    nb="Hver prikk er en kommune som viser både antall og resultat. Små kommuner ligger nederst.",
    nn="Kvar prikk er ein kommune som viser både tal og resultat. Små kommunar ligg nedst.",
    en="Each dot is a municipality that shows both number and result. Small ones lie at the bottom.",
)
_SPREAD_DESC: Final = Text(
    nb="Prikker, én for hver kommune der resultatet vises: resultatet vannrett og antallet som avsluttet loddrett. En"
    " loddrett linje viser hele landet. Tabellen på siden har de samme tallene.",
    nn="Prikkar, éin for kvar kommune der resultatet blir vist: resultatet vassrett og talet på dei som avslutta"
    " loddrett. Ei loddrett linje viser heile landet. Tabellen på sida har dei same tala.",
    en="Dots, one for each municipality whose result is shown: the result across and the number who ended upwards. A"
    " vertical line shows the whole country. The table on the page has the same figures.",
)
_COUNTRY: Final = Text(nb="Hele landet", nn="Heile landet", en="Whole country")
_AXIS_RESULT: Final = Text(
    nb="Andel til arbeid eller utdanning", nn="Prosentdel til arbeid eller utdanning", en="Share to work or education"
)
_AXIS_ENDED: Final = Text(nb="Antall avsluttet", nn="Tal på avslutta", en="Number who ended")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one language: where it stands in the page, and its files."""

    block: ChartBlock
    files: dict[str, bytes]


def chart_names() -> tuple[str, ...]:
    """The charts an edition may have; one is left out where fewer than two places show a result."""
    return ("counties", "municipalities")


def chart_paths(name: str, language: Language) -> tuple[str, str, str, str]:
    """The wide picture, the narrow one, the specification, and the wide one as PNG."""
    return (
        f"charts/{name}.{language}.svg",
        f"charts/{name}.narrow.{language}.svg",
        f"charts/{name}.{language}.vl.json",
        f"charts/{name}.{language}.png",
    )


def all_chart_paths() -> frozenset[str]:
    """Every path a chart may have."""
    return frozenset(path for name in chart_names() for language in LANGUAGES for path in chart_paths(name, language))


def charts(voice: Voice) -> dict[str, Chart]:
    """The charts that can be drawn, by name."""
    found = {}
    counties = tuple(code for code in voice.ranked(voice.counties()) if voice.status(code) == "shown")
    if len(counties) > 1:
        found["counties"] = _chart(voice, "counties", counties, _COUNTIES_DESC, _county_title(voice, counties))
    municipalities = shown_municipalities(voice)
    if len(municipalities) > 1:
        title = _spread_title(voice, municipalities)
        found["municipalities"] = _chart(voice, "municipalities", municipalities, _SPREAD_DESC, title)
    return found


def _chart(voice: Voice, name: str, codes: tuple[str, ...], description: Text, title: Parts) -> Chart:
    image, narrow, spec, raster = chart_paths(name, voice.language)
    draw = _county_spec if name == "counties" else _spread_spec
    wide = draw(voice, codes, title, WIDE)
    described = voice.imprint.with_marks_before(voice.words(description), voice.language)
    heading = plain(title)
    return Chart(
        ChartBlock(
            id=name, title=title, description=described, image=image, narrow=narrow, spec=spec, png=raster, table=name
        ),
        {
            image: _svg(wide, name, heading, described, voice.language),
            narrow: _svg(draw(voice, codes, title, NARROW), f"{name}-narrow", heading, described, voice.language),
            raster: png(wide, told=_told(voice, heading, described)),
            spec: (json.dumps(wide, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode(),
        },
    )


def _told(voice: Voice, heading: str, described: str) -> dict[str, str]:
    """What the PNG says of itself to programs."""
    return {
        "Title": voice.imprint.marked(heading, voice.language),
        "Description": described,
        "Source": plain(citation(voice)),
    }


def _county_title(voice: Voice, codes: tuple[str, ...]) -> Parts:
    high, low = (voice.result_cell("AndelArbeidUtdanning", code) for code in (codes[0], codes[-1]))
    alone = (
        len(codes) > 2
        and voice.exact(codes[0]) != voice.exact(codes[1])
        and voice.exact(codes[-1]) != voice.exact(codes[-2])
    )
    if high.value == low.value or not alone:
        return voice.say(_COUNTIES_PLAIN)
    return voice.say(
        _COUNTIES_RANGE,
        low=voice.figure("percent", low),
        high=voice.figure("percent", high),
        lowest=voice.link(codes[-1]),
        highest=voice.link(codes[0]),
    )


def _spread_title(voice: Voice, codes: tuple[str, ...]) -> Parts:
    high, low = (voice.result_cell("AndelArbeidUtdanning", code) for code in (codes[0], codes[-1]))
    if high.value == low.value:
        return voice.say(_SPREAD_PLAIN)
    return voice.say(_SPREAD_RANGE, low=voice.figure("percent", low), high=voice.figure("percent", high))


def _rows(voice: Voice, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for code in codes:
        share, ended = voice.result_cell("AndelArbeidUtdanning", code), voice.result_cell("Avsluttet", code)
        star = share.status.value
        label = f"{voice.figure('percent', share).text}{star} ({voice.figure('count', ended).text}{star})"
        rows.append(
            {"region": code, "name": voice.name(code), "share": share.value, "ended": ended.value, "label": label}
        )
    return rows


def _country_line(voice: Voice) -> list[dict[str, Any]]:
    """The country as a line with its label; nothing where its result is not shown."""
    share = voice.result_cell("AndelArbeidUtdanning", COUNTRY)
    if share.value is None:
        return []
    text = f"{voice.words(_COUNTRY)} {voice.figure('percent', share).text}{share.status.value}"
    data = {"values": [{"region": COUNTRY, "share": share.value, "label": text}]}
    x = {"field": "share", "type": "quantitative"}
    right = share.value > 60
    return [
        {"data": data, "mark": {"type": "rule", "color": LINE, "strokeDash": [5, 3], "strokeWidth": 2},
         "encoding": {"x": x}},
        {"data": data, "mark": {"type": "text", "color": LINE, "fontWeight": "bold", "baseline": "bottom", "dy": -3,
                                "align": "right" if right else "left", "dx": 2 if right else -2},
         "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "label"}}},
    ]  # fmt: skip


def _frame(voice: Voice, title: Parts, subtitle: Text, width: int, height: int) -> dict[str, Any]:
    size = 13 if width == WIDE else 12
    heading = _wrapped(plain(title), 70 if width == WIDE else 34)
    marks = voice.imprint.marks(voice.language)
    if marks:
        heading.append(" · ".join(mark.upper() for mark in marks))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "usermeta": {"origin": voice.imprint.provenance.value, "edition": str(voice.imprint.number)},
        "title": {
            "text": heading,
            "subtitle": _wrapped(plain(voice.say(subtitle)), 100 if width == WIDE else 50),
            "anchor": "start",
            "frame": "bounds",
            "fontSize": size + 3,
            "subtitleFontSize": size,
            "subtitleColor": INK,
            "color": INK,
            "offset": 22,
            "subtitlePadding": 4,
        },
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 8,
        "background": "#ffffff",
        "config": {
            "aria": False,
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": size, "titleFontSize": size, "labelColor": INK, "titleColor": SOFT,
                "titleFontWeight": "normal", "gridColor": GRID, "domainColor": GRID, "tickColor": GRID,
            },
            "text": {"fontSize": size},
        },
    }  # fmt: skip


def _filled(voice: Voice) -> dict[str, Any]:
    """How a number is drawn: filled, or pale within its outline where it is preliminary."""
    if voice.imprint.number.is_preliminary:
        return {"fill": PALE, "stroke": BAR, "strokeWidth": 1.5, "opacity": 1}
    return {"color": BAR}


def _percent_axis(voice: Voice, *, title: bool) -> dict[str, Any]:
    sign = "%" if voice.language == "en" else "\u00a0%"
    return {
        "labelExpr": f"datum.value + '{sign}'",
        "tickCount": 5,
        "title": voice.words(_AXIS_RESULT) if title else None,
    }


def _county_spec(voice: Voice, codes: tuple[str, ...], title: Parts, width: int) -> dict[str, Any]:
    rows = _rows(voice, codes)
    order = [row["name"] for row in rows]
    y = {"field": "name", "type": "nominal", "sort": order, "axis": {"title": None, "ticks": False, "domain": False,
                                                                     "labelPadding": 6, "labelLimit": 160}}  # fmt: skip
    most = max(1, *(row["share"] for row in rows))
    room = 1.2 if width == WIDE else 1.75
    x = {
        "field": "share", "type": "quantitative",
        "axis": _percent_axis(voice, title=False)
        | {"grid": False, "values": [tick for tick in range(0, 101, 20) if tick <= most]},
        "scale": {"domain": [0, most * room], "nice": False},
    }  # fmt: skip
    text = {"mark": {"type": "text", "align": "right", "color": INK},
            "encoding": {"x": {"value": "width"}, "y": y, "text": {"field": "label"}}}  # fmt: skip
    return _frame(voice, title, _COUNTIES_SUB, width, 23 * len(rows) + 90) | {
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "bar", "height": 15} | _filled(voice), "encoding": {"x": x, "y": y}},
            text,
            *_country_line(voice),
        ],
    }


def _spread_spec(voice: Voice, codes: tuple[str, ...], title: Parts, width: int) -> dict[str, Any]:
    rows = [{key: row[key] for key in ("region", "name", "share", "ended")} for row in _rows(voice, codes)]
    x = {
        "field": "share", "type": "quantitative", "axis": _percent_axis(voice, title=True),
        "scale": {"domain": [0, 100]},
    }  # fmt: skip
    y = {
        "field": "ended", "type": "quantitative",
        "axis": {"title": voice.words(_AXIS_ENDED), "values": [5, 10, 20, 50, 100, 200, 400], "titleAnchor": "end"},
        "scale": {"type": "log", "nice": False, "domain": [3, max(10, *(row["ended"] for row in rows)) * 1.2]},
    }  # fmt: skip
    return _frame(voice, title, _SPREAD_SUB, width, 420) | {
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "circle", "opacity": 0.65, "size": 42} | _filled(voice), "encoding": {"x": x, "y": y}},
            *_country_line(voice),
        ],
    }


_NOISE: Final = re.compile(
    r' (?:class|role|aria-roledescription|aria-hidden|pointer-events|font-family)="[^"]*"| opacity="1"'
)
_EMPTY: Final = re.compile(r'<path d="(?:M0,0h0v0h0Z)?"[^>]*/>|<g></g>')
_LONG: Final = re.compile(r"(\d+\.\d\d)\d+")
_DOT: Final = re.compile(
    r'<path transform="translate\(([-\d.]+),([-\d.]+)\)" d="M([\d.]+),0A[^"]*" fill="([^"]*)"[^>]*? opacity="([\d.]+)"/>'
)


def _svg(spec: dict[str, Any], name: str, title: str, description: str, language: Language) -> bytes:
    """The picture with its title and description for those who do not see it, and without what nobody reads."""
    drawn: str = vlc.vegalite_to_svg(spec, vl_version="5.20")
    start = drawn.index(">") + 1
    names = f"{name}-title {name}-desc"
    opening = (
        _NOISE.sub("", drawn[: start - 1])
        + f' role="img" lang="{language}" aria-labelledby="{names}" font-family="{_FONT}">'
    )
    described = (
        f'<title id="{name}-title">{escape(title, quote=False)}</title>'
        f'<desc id="{name}-desc">{escape(description, quote=False)}</desc>'
    )
    body = _EMPTY.sub("", _LONG.sub(r"\1", _NOISE.sub("", drawn[start:])))
    body = _DOT.sub(r'<circle cx="\1" cy="\2" r="\3" fill="\4" opacity="\5"/>', body)
    return (opening + described + body + "\n").encode()


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most about `width` characters; non-breaking spaces do not break."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

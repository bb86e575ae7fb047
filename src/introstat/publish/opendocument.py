"""The same book of sheets as ods (OpenDocument 1.3), for those who do not have Excel.

Written as text and not by a library that builds the document as objects: a table of 14 000 cells takes a hundredth of the
time, and the bytes depend on nothing but the arguments, so that the same edition is the same file. The tests open what is
written here with such a library, and with another reader.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from introstat.publish.sheets import Style
from introstat.publish.tidy import number_text

if TYPE_CHECKING:
    from introstat.publish.sheets import Book, Sheet

_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES: Final = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        **{
            prefix: f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"
            for prefix, part in {
                "office": "office", "table": "table", "text": "text", "style": "style", "meta": "meta",
                "number": "datastyle", "fo": "xsl-fo-compatible", "config": "config",
            }.items()
        },
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)  # fmt: skip
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_VERSION: Final = 'office:version="1.3"'
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_SIGN_WIDTH: Final = 0.21
"""How wide a column is for each sign, in centimetres."""

_LOOKS: Final[Mapping[Style, str]] = {
    Style.PLAIN: "",
    Style.TITLE: '<style:table-cell-properties fo:wrap-option="wrap"/>'
    '<style:text-properties fo:font-weight="bold" fo:font-size="16pt"/>',
    Style.STRONG: '<style:table-cell-properties style:vertical-align="top"/>'
    '<style:text-properties fo:font-weight="bold"/>',
    Style.WRAPPED: '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>',
    Style.TOP: '<style:table-cell-properties style:vertical-align="top"/>',
    Style.WARNING: '<style:table-cell-properties fo:wrap-option="wrap" fo:background-color="#ffe08a"/>'
    '<style:text-properties fo:font-weight="bold" fo:color="#3a2a00"/>',
    Style.HEAD: '<style:table-cell-properties fo:border-bottom="0.5pt solid #000000"/>'
    '<style:text-properties fo:font-weight="bold"/>',
    Style.COLUMN_HEAD: '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"'
    ' fo:border-bottom="0.5pt solid #000000"/><style:text-properties fo:font-weight="bold"/>',
    Style.NUMBER: "",
    Style.PRELIMINARY: "",
    Style.YEAR: "",
    Style.PRELIMINARY_YEAR: "",
    Style.SIGN: '<style:paragraph-properties fo:text-align="end"/><style:text-properties fo:color="#595959"/>',
    Style.LINK: '<style:text-properties fo:color="#0b5394" style:text-underline-style="solid"/>',
}
_NUMBERS: Final = (
    '<number:number-style style:name="whole"><number:number number:decimal-places="0" number:min-integer-digits="1"'
    ' number:grouping="true"/></number:number-style>'
    '<number:number-style style:name="whole-star"><number:number number:decimal-places="0"'
    ' number:min-integer-digits="1" number:grouping="true"/><number:text>*</number:text></number:number-style>'
    '<number:number-style style:name="whole-year"><number:number number:decimal-places="0"'
    ' number:min-integer-digits="1"/></number:number-style>'
    '<number:number-style style:name="whole-year-star"><number:number number:decimal-places="0"'
    ' number:min-integer-digits="1"/><number:text>*</number:text></number:number-style>'
)
_NUMBER_STYLE: Final[Mapping[Style, str]] = {
    Style.NUMBER: "whole",
    Style.PRELIMINARY: "whole-star",
    Style.YEAR: "whole-year",
    Style.PRELIMINARY_YEAR: "whole-year-star",
}


def opendocument(book: Book) -> bytes:
    """The file's bytes."""
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        # The type stands first and uncompressed: that is how programs know the file without its name.
        _put(packed, "mimetype", _TYPE, packing=zipfile.ZIP_STORED)
        _put(packed, "content.xml", "".join(_content(book)))
        _put(packed, "styles.xml", _styles(book))
        _put(packed, "settings.xml", "".join(_settings(book)))
        _put(packed, "meta.xml", _meta(book))
        _put(packed, "META-INF/manifest.xml", _manifest())
    return sink.getvalue()


def _put(packed: zipfile.ZipFile, name: str, text: str, *, packing: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
    entry.compress_type = packing
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, text.encode())


def _content(book: Book) -> Iterator[str]:
    widths = sorted({width for sheet in book.sheets for width in sheet.widths})
    yield f"{_HEAD}<office:document-content {_NAMES} {_VERSION}><office:automatic-styles>{_NUMBERS}"
    yield from (
        f'<style:style style:name="w{width:g}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _SIGN_WIDTH:.2f}cm"/></style:style>'
        for width in widths
    )
    yield (
        '<style:style style:name="page" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true"/></style:style>'
    )
    for style, look in _LOOKS.items():
        number = f' style:data-style-name="{_NUMBER_STYLE[style]}"' if style in _NUMBER_STYLE else ""
        yield f'<style:style style:name="{style}" style:family="table-cell"{number}>{look}</style:style>'
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    for sheet in book.sheets:
        yield from _sheet(sheet)
    yield "<table:database-ranges>"
    for sheet in book.sheets:
        if sheet.still is not None:
            area = f"'{sheet.name}'.A1:'{sheet.name}'.{_column(len(sheet.widths))}{len(sheet.rows)}"
            yield (
                f"<table:database-range table:name={quoteattr(f'filter-{sheet.name}')}"
                f' table:target-range-address={quoteattr(area)} table:display-filter-buttons="true"/>'
            )
    yield "</table:database-ranges></office:spreadsheet></office:body></office:document-content>"


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="page">'
    yield from (f'<table:table-column table:style-name="w{width:g}"/>' for width in sheet.widths)
    for number, line in enumerate(sheet.rows):
        is_header = number == 0 and sheet.still is not None
        yield "<table:table-header-rows><table:table-row>" if is_header else "<table:table-row>"
        for entry in line:
            if entry is None or entry.value == "":
                yield "<table:table-cell/>"
            elif isinstance(entry.value, str):
                yield _text_cell(entry.value, entry.style)
            else:
                number_of = number_text(entry.value, decimal=".")
                yield (
                    f'<table:table-cell table:style-name="{entry.style}" office:value-type="float"'
                    f' office:value="{number_of}"><text:p>{number_of}</text:p></table:table-cell>'
                )
        yield "</table:table-row></table:table-header-rows>" if is_header else "</table:table-row>"
    yield "</table:table>"


@cache
def _text_cell(text: str, style: Style) -> str:
    told = escape(text)
    if style is Style.LINK:
        told = f'<text:a xlink:type="simple" xlink:href={quoteattr(f"#{text}.A1")}>{told}</text:a>'
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"><text:p>{told}</text:p>'
        "</table:table-cell>"
    )


def _styles(book: Book) -> str:
    left, middle = (escape(text) for text in book.footer)
    language, country = {"nb": ("nb", "NO"), "nn": ("nn", "NO"), "en": ("en", "GB")}[book.language]
    return (
        f"{_HEAD}<office:document-styles {_NAMES} {_VERSION}><office:styles>"
        '<style:default-style style:family="table-cell"><style:text-properties'
        f' fo:language="{language}" fo:country="{country}"/></style:default-style></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="landscape"><style:page-layout-properties'
        ' fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" style:scale-to-X="1"'
        ' style:scale-to-Y="0"/></style:page-layout></office:automatic-styles><office:master-styles>'
        '<style:master-page style:name="Default" style:page-layout-name="landscape"><style:footer>'
        f"<style:region-left><text:p>{left}</text:p></style:region-left>"
        f"<style:region-center><text:p>{middle}</text:p></style:region-center>"
        "<style:region-right><text:p><text:page-number>1</text:page-number>/<text:page-count>1</text:page-count>"
        "</text:p></style:region-right></style:footer></style:master-page></office:master-styles>"
        "</office:document-styles>"
    )


def _settings(book: Book) -> Iterator[str]:
    def item(name: str, kind: str, value: object) -> str:
        return (
            f'<config:config-item config:name="{name}" config:type="{kind}">{escape(str(value))}</config:config-item>'
        )

    yield f"{_HEAD}<office:document-settings {_NAMES} {_VERSION}><office:settings>"
    yield '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
    yield "<config:config-item-map-entry>" + item("ActiveTable", "string", book.sheets[0].name)
    yield '<config:config-item-map-named config:name="Tables">'
    for sheet in book.sheets:
        if sheet.still is None:
            continue
        yield f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>"
        # Mode 2 freezes; the two positions are how many columns and rows stand still.
        for name, kind, value in (
            ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", sheet.still), ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3), ("PositionLeft", "int", 0), ("PositionRight", "int", sheet.still),
            ("PositionTop", "int", 0), ("PositionBottom", "int", 1),
        ):  # fmt: skip
            yield item(name, kind, value)
        yield "</config:config-item-map-entry>"
    yield "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
    yield "</config:config-item-set></office:settings></office:document-settings>"


def _meta(book: Book) -> str:
    made = book.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f"{_HEAD}<office:document-meta {_NAMES} {_VERSION}><office:meta><dc:title>{escape(book.title)}</dc:title>"
        f"<dc:subject>{escape(book.subject)}</dc:subject><dc:description>{escape(book.comments)}</dc:description>"
        f"<dc:language>{book.language}</dc:language><meta:initial-creator>introstat</meta:initial-creator>"
        f"<meta:creation-date>{made}</meta:creation-date></office:meta></office:document-meta>"
    )


def _manifest() -> str:
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "styles.xml", "settings.xml", "meta.xml")
    )
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        f' manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3"'
        f' manifest:media-type="{_TYPE}"/>{files}</manifest:manifest>'
    )


def _column(number: int) -> str:
    """The letters of the column with this number, counted from one."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

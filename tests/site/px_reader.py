"""An independent reader of PX files, after the format's description alone: keywords with languages and subkeys, then cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

_KEYWORD = re.compile(r'([A-Z][A-Z0-9-]*)(?:\[(\w+)\])?(?:\(((?:"[^"]*"(?:,\s*)?)+)\))?\s*=', re.DOTALL)
_STRING = re.compile(r'"([^"]*)"')
SIGNS = {'"."': 1, '".."': 2, '"..."': 3, '"...."': 4, '"....."': 5, '"......"': 6}


@dataclass(frozen=True, slots=True)
class Px:
    """A file: each keyword's texts by its name and subkeys, and the cells by the codes of stub and heading."""

    keywords: dict[tuple[str, tuple[str, ...]], list[str]]
    order: tuple[str, ...]
    variables: tuple[str, ...]
    cells: dict[tuple[str, ...], float | str]

    def one(self, name: str, *subkeys: str) -> str:
        return self.keywords[name, subkeys][0]


def read_px(content: bytes) -> Px:
    """Read a file. Raises ValueError where it is not what the format says."""
    head = content[:200].decode("ascii")
    codepage = re.search(r'CODEPAGE="([^"]+)"', head)
    if 'CHARSET="ANSI"' not in head or codepage is None:
        raise ValueError("the file must begin by saying its character set")
    text = content.decode(codepage[1])
    keywords: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    order: list[str] = []
    at, data = 0, ""
    while not data:
        found = _KEYWORD.match(text, at)
        if found is None:
            raise ValueError(f"no keyword at {text[at : at + 40]!r}")
        name = found[1]
        order.append(name)
        if name == "DATA":
            data = text[found.end() :]
            continue
        end = _end(text, found.end())
        subkeys = tuple(_STRING.findall(found[3] or ""))
        keywords[name, subkeys] = _values(text[found.end() : end])
        at = end + 1
        while at < len(text) and text[at].isspace():
            at += 1
    if not data.rstrip().endswith(";"):
        raise ValueError("the cells must end with a semicolon")
    names = [*keywords.get(("STUB", ()), []), *keywords.get(("HEADING", ()), [])]
    codes = [keywords["CODES", (name,)] for name in names]
    for name, own in zip(names, codes, strict=True):
        if len(keywords["VALUES", (name,)]) != len(own):
            raise ValueError(f"{name} has not as many codes as values")
    cells = data.rstrip()[:-1].split()
    combinations = list(product(*codes))
    if len(cells) != len(combinations):
        raise ValueError(f"there are {len(cells)} cells for {len(combinations)} places")
    symbols = {sign: keywords[f"DATASYMBOL{number}", ()][0] for sign, number in SIGNS.items()}
    return Px(
        keywords=keywords,
        order=tuple(order),
        variables=tuple(keywords["VARIABLECODE", (name,)][0] for name in names),
        cells={
            where: symbols[cell] if cell in symbols else float(cell)
            for where, cell in zip(combinations, cells, strict=True)
        },
    )


def _end(text: str, start: int) -> int:
    """Where a value ends: the next semicolon outside quotation marks."""
    quoted = False
    for at in range(start, len(text)):
        if text[at] == '"':
            quoted = not quoted
        elif text[at] == ";" and not quoted:
            return at
    raise ValueError("a value does not end")


def _values(text: str) -> list[str]:
    """The texts of a value: pieces on lines of their own belong together, commas divide."""
    if '"' not in text:
        return [text.strip()]
    if text.startswith("TLIST"):
        return _STRING.findall(text)
    values: list[str] = []
    last = 0
    for found in _STRING.finditer(text):
        between = text[last : found.start()]
        if values and "," not in between:
            values[-1] += found[1]
        else:
            values.append(found[1])
        last = found.end()
    return values

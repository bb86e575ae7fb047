"""A style sheet cut down to what the pages use: the design system has rules and colours for every site there is.

    cut(style, classes={"ds-link"}, values={("data-color", "brand1")})

A rule is left out when every one of its selectors asks for a class of the design system that no template has, or for a
value of an attribute that no template gives; `:not(…)` asks for nothing. A property that nothing reads (`--ds-…` without a
`var(--ds-…)`) is left out after that, and so on until nothing more falls away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS: Final = re.compile(r"\.(ds-[A-Za-z0-9_-]+)")
_VALUE: Final = re.compile(r"\[(data-[a-z-]+|type|role|aria-sort)=[\"']?([\w-]+)[\"']?\]")
_READ: Final = re.compile(r"var\(\s*(--[\w-]+)")
_PSEUDO: Final = re.compile(r":([a-z-]+)$")
_GROUPS: Final = ("@layer", "@media", "@supports", "@container")


def cut(style: str, *, classes: Collection[str], values: Collection[tuple[str, str]], beside: str = "") -> str:
    """The rules that can meet an element with these classes and attributes, and the properties that these read.

    `beside` is the style that is used with it, which reads properties too.
    """
    kept = "".join(_kept(style, classes, values))
    while True:
        read = frozenset(_READ.findall(kept + beside))
        less = "".join(_without_unread(kept, read))
        if less == kept:
            return kept
        kept = less


def blocks(style: str) -> Iterator[str]:
    """A style sheet's statements of the outermost level, one after the other; quoted text and brackets are respected."""
    return _pieces(style, depth="{", ends="};")


def _kept(style: str, classes: Collection[str], values: Collection[tuple[str, str]]) -> Iterator[str]:
    for block in blocks(_COMMENT.sub("", style)):
        head, brace, body = block.partition("{")
        if not brace:
            yield block
        elif head.strip().startswith(_GROUPS):
            inside = "".join(_kept(body[:-1], classes, values))
            if inside.strip():
                yield f"{head}{{{inside}}}"
        elif head.strip().startswith("@"):
            yield block
        else:
            met = [one for one in _selectors(head) if _can_meet(one, classes, values)]
            if met:
                yield f"{','.join(met)}{{{body}"


def _can_meet(selector: str, classes: Collection[str], values: Collection[tuple[str, str]]) -> bool:
    """Whether an element can be what a selector asks for; of what stands in brackets, one alternative is enough."""
    outside = selector
    while (opening := _first_bracket(outside)) is not None:
        start, end = opening
        named = _PSEUDO.search(outside[:start])
        is_asked = named is None or named[1] != "not"
        inside = outside[start + 1 : end]
        if is_asked and not any(_can_meet(one, classes, values) for one in _selectors(inside)):
            return False
        outside = outside[: named.start() if named else start] + outside[end + 1 :]
    return all(found in classes for found in _CLASS.findall(outside)) and all(
        pair in values for pair in _VALUE.findall(outside)
    )


def _first_bracket(selector: str) -> tuple[int, int] | None:
    """The first outermost bracket of a selector: where it opens and closes."""
    start = selector.find("(")
    level = 0
    for position in range(start, len(selector)) if start >= 0 else ():
        level += {"(": 1, ")": -1}.get(selector[position], 0)
        if level == 0:
            return start, position
    return None


def _selectors(head: str) -> Iterator[str]:
    return (one.rstrip(",") for one in _pieces(head + ",", depth="(", ends=","))


def _without_unread(style: str, read: Collection[str]) -> Iterator[str]:
    for block in blocks(style):
        head, brace, body = block.partition("{")
        if not brace:
            yield block
        elif head.strip().startswith(_GROUPS):
            inside = "".join(_without_unread(body[:-1], read))
            if inside.strip():
                yield f"{head}{{{inside}}}"
        elif head.strip().startswith("@"):
            yield block
        else:
            told = [one.strip() for one in _pieces(body[:-1] + ";", depth="(", ends=";")]
            left = [one for one in told if one.strip("; ") and not _is_unread(one, read)]
            if left:
                yield f"{head}{{{''.join(left).removesuffix(';')}}}"


def _is_unread(declaration: str, read: Collection[str]) -> bool:
    name, _, _ = declaration.partition(":")
    return name.startswith("--ds") and name.strip() not in read


def _pieces(text: str, *, depth: str, ends: str) -> Iterator[str]:
    """A text cut after each sign of `ends` that stands in no bracket of the kind and in no quotation."""
    closing = {"{": "}", "(": ")"}[depth]
    level, start, quote = 0, 0, ""
    for position, sign in enumerate(text):
        if quote:
            if sign == quote and text[position - 1] != "\\":
                quote = ""
        elif sign in "\"'":
            quote = sign
        elif sign == depth:
            level += 1
        elif sign == closing:
            level -= 1
        if not quote and level == 0 and sign in ends:
            yield text[start : position + 1]
            start = position + 1

"""The little language of selections: which codes an expression stands for.

    *  01*  *01  *01*     codes that are anything, begin, end, or hold it        ??   a sign for each question mark
    TOP(3)  TOP(3,1)      the first three, after the first                        BOTTOM(3)   the last three
    RANGE(2010,2016)      from one to the other, either end first                 FROM(2010)  TO(2016)

A code that is written as it stands always wins over an expression. Of years, TOP are the newest and BOTTOM the oldest, both
given oldest first. Letters may be large or small.

In an address, commas separate; what stands in brackets is one item whatever commas it holds: `[RANGE(2010,2016)]`. A code
that itself has brackets is written with one pair more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi.problems import Problem, Title, shown

if TYPE_CHECKING:
    from introstat.site.pxwebapi.table import Variable

MOST_EXPRESSIONS: Final = 500
"""How many different expressions one variable may be selected by; each is compared with every code."""

_CALL: Final = re.compile(r"\s*(RANGE|TOP|BOTTOM|FROM|TO)\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_NUMBER: Final = re.compile(r"\d{1,9}")


def split_items(text: str) -> list[str]:
    """The items of a list in an address; the outer brackets of an item are taken off. Raises Problem where they do not pair.

    Empty items are left out, so that a list may end with a comma.
    """
    items: list[str] = []
    depth = start = 0
    for at, sign in enumerate(text):
        if sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if depth < 0:
                break
        elif sign == "," and not depth:
            items.append(text[start:at])
            start = at + 1
    if depth:
        raise Problem(400, Title.EXPRESSION, f"The brackets in {shown(text)} do not pair.")
    items.append(text[start:])
    return [_bare(item) for item in items if item.strip()]


def join_items(items: Iterable[str]) -> str:
    """The list that `split_items` takes apart again: items with commas or brackets are put in brackets."""
    return ",".join(f"[{item}]" if "," in item or "[" in item or "]" in item else item for item in items)


def expand(items: Iterable[str], variable: Variable, codes: Sequence[str] | None = None) -> list[str]:
    """The codes that the items stand for, each once, in the order of the items.

    ``codes`` are those that may be chosen, where a code list narrows the variable. Raises Problem for an expression that
    cannot be read and for one that stands for nothing.
    """
    allowed = variable.codes if codes is None else codes
    positions = {code: at for at, code in enumerate(allowed)}
    found: dict[str, None] = {}
    expressions = 0
    for item in dict.fromkeys(items):
        exact = variable.find(item)
        if exact is not None and exact in positions:
            found[exact] = None
            continue
        expressions += 1
        if expressions > MOST_EXPRESSIONS:
            raise Problem(
                400, Title.EXPRESSION, f"{variable.code} is selected by more than {MOST_EXPRESSIONS} expressions."
            )
        hits = _matches(item, variable, allowed, positions)
        if not hits:
            raise _nothing(item, variable)
        found.update(dict.fromkeys(hits))
    return list(found)


def is_expression(item: str) -> bool:
    """Whether an item that is no code can be anything else than a mistake."""
    return "*" in item or "?" in item or _CALL.fullmatch(item) is not None


def _bare(item: str) -> str:
    item = item.strip()
    return item[1:-1] if item.startswith("[") and item.endswith("]") and len(item) > 1 else item


def _matches(item: str, variable: Variable, codes: Sequence[str], positions: dict[str, int]) -> Sequence[str]:
    call = _CALL.fullmatch(item)
    if call is not None:
        arguments = [argument.strip() for argument in call[2].split(",")]
        return _called(call[1].upper(), arguments, item, variable, codes, positions)
    if "?" in item:
        return _masked(item, codes)
    if "*" in item:
        return _wild(item, codes)
    raise _nothing(item, variable)


def _called(
    name: str, arguments: list[str], item: str, variable: Variable, codes: Sequence[str], positions: dict[str, int]
) -> Sequence[str]:
    match name, arguments:
        case "RANGE", [first, last]:
            one, other = sorted((_place(first, variable, positions), _place(last, variable, positions)))
            return codes[one : other + 1]
        case "FROM", [first]:
            return codes[_place(first, variable, positions) :]
        case "TO", [last]:
            return codes[: _place(last, variable, positions) + 1]
        case (("TOP" | "BOTTOM"), [number] | [number, _]):
            offset = arguments[1] if len(arguments) == 2 else "0"
            if not _NUMBER.fullmatch(number) or not _NUMBER.fullmatch(offset) or not int(number):
                raise Problem(
                    400, Title.EXPRESSION, f"{shown(item)} needs a whole number from 1, and an offset from 0."
                )
            # Of years the newest come last in the table, and are the top.
            from_the_end = (name == "TOP") == (variable.role.value == "time")
            return _slice(codes, int(number), int(offset), from_the_end=from_the_end)
        case _:
            raise Problem(400, Title.EXPRESSION, f"{shown(item)} has not the arguments that {name} takes.")


def _slice(codes: Sequence[str], number: int, offset: int, *, from_the_end: bool) -> Sequence[str]:
    if not from_the_end:
        return codes[offset : offset + number]
    stop = max(0, len(codes) - offset)
    return codes[max(0, stop - number) : stop]


def _place(code: str, variable: Variable, positions: dict[str, int]) -> int:
    found = variable.find(code)
    if found is None or found not in positions:
        raise _nothing(code, variable)
    return positions[found]


def _masked(item: str, codes: Sequence[str]) -> Sequence[str]:
    if "*" in item:
        raise Problem(400, Title.EXPRESSION, f"{shown(item)} mixes ? and *; use one of them.")
    folded = item.casefold()
    return [
        code
        for code in codes
        if len(code) == len(item)
        and all(mask in ("?", sign) for mask, sign in zip(folded, code.casefold(), strict=False))
    ]


def _wild(item: str, codes: Sequence[str]) -> Sequence[str]:
    inner = item.strip("*").casefold()
    if "*" in inner or item.strip("*") not in {item[1:], item[:-1], item[1:-1], ""} or (not inner and item != "*"):
        raise Problem(400, Title.EXPRESSION, f"{shown(item)}: a star may stand alone, first, last, or first and last.")
    if not inner:
        return codes
    match item.startswith("*"), item.endswith("*"):
        case True, True:
            return [code for code in codes if inner in code.casefold()]
        case True, _:
            return [code for code in codes if code.casefold().endswith(inner)]
        case _:
            return [code for code in codes if code.casefold().startswith(inner)]


def _nothing(item: str, variable: Variable) -> Problem:
    return Problem(
        400,
        Title.VALUE,
        f"{shown(item)} is no value of {variable.code}, and no expression that stands for any. "
        f"The values are listed in the table's metadata.",
    )

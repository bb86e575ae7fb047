"""What somebody asks of a table of her own: its dimensions and their totals, what is sensitive, and who knows what.

The text is TOML. Every key that is not known, and every value that cannot be meant, is named; nothing is guessed:

    threshold = 5              a count from 1 to 4 is sensitive
    method = "rounding"        round small counts instead of leaving cells out, to 0 or the base
    base = 3
    zeros = "shown"            a reader sees every zero, so that a hidden cell is at least 1
    width = 2                  possible values a hidden cell keeps; or { primary = 3, secondary = 2 }
    blocks = ["year"]          columns without a total
    insiders = "muni"          each of these knows its own rows
    hidden_groups = [{ county = "99" }]      or [[hidden_group]]: counted in totals, shown nowhere
    shares = [{ numerator = { outcome = ["work", "education"] }, base = "outcome" }]

    [[dimension]]
    name = "muni"
    total = "Total"
    parents = "county"         a column, a file code,parent, or a list of them where geographies are linked
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from introstat.vocabulary.errors import Misused

SUPPRESSION: Final = "suppression"
"""Sensitive cells are left out, and others with them."""
ROUNDING: Final = "rounding"
"""Small leaves are rounded to 0 or the base, and everything is summed again."""
BASES: Final = (3, 5)

MEASURE: Final = "measure"
"""What the columns of numbers of a wide table are called together: a dimension without a total."""

KEYS: Final = (
    "threshold", "zeros", "width", "blocks", "insiders", "hidden_groups", "hidden_group", "shares", "share", "dimension",
    "count", "ignore", "method", "base", "linked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableDimension:
    """A column that divides the table, the name of its total, and the columns or files that group its codes."""

    name: str
    total: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HiddenGroup:
    """People who count in totals and are shown nowhere: the codes that mark them, and what of them is given away knowingly.

    `at` may be empty, or a `name` alone in the text: then they are one more child of the first dimension's total. `declared` lists cells as (dimension,
    code) pairs, totals where a dimension is not named; `all_declared` declares every cell.
    """

    at: tuple[tuple[str, str], ...]
    declared: tuple[tuple[tuple[str, str], ...], ...] = ()
    all_declared: bool = False


@dataclass(frozen=True, slots=True)
class ShareRule:
    """A share in whole per cent, half up: some codes of a dimension out of another code of it, its total unless said.

    `column` is where a published table has it.
    """

    dimension: str
    numerator: tuple[str, ...]
    base: str
    column: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Another table of the same people, by the names of files beside the specification: what is asked of it, its counts, and
    its cells as they are written and attacked. `truth` is where its true cells are written and read, with `--truth`; `earlier`
    names its editions that came out with those that `--earlier` names, in the same order."""

    spec: str
    counts: str
    cells: str
    truth: str | None = None
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Specification:
    """All that is asked of a table."""

    threshold: int
    dimensions: tuple[TableDimension, ...]
    zeros_shown: bool = True
    width_primary: int = 2
    width_secondary: int = 2
    blocks: tuple[str, ...] = ()
    insiders: str | None = None
    hidden_groups: tuple[HiddenGroup, ...] = ()
    shares: tuple[ShareRule, ...] = ()
    count: str = "n"
    ignore: tuple[str, ...] = ()
    method: str = SUPPRESSION
    base: int = 0
    linked: Linked | None = None

    def dimension(self, name: str) -> TableDimension:
        """The dimension of a name. Raises KeyError."""
        for dimension in self.dimensions:
            if dimension.name == name:
                return dimension
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions' names, in order."""
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def parents(self) -> tuple[str, ...]:
        """Every column or file that groups codes."""
        return tuple(dict.fromkeys(parent for dimension in self.dimensions for parent in dimension.parents))


def read_specification(text: str | bytes) -> Specification:
    """The specification in a TOML text. Raises Misused, which names the key and what is wrong with it."""
    try:
        told = tomllib.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as problem:
        raise Misused(f"The specification is not UTF-8 text: byte {problem.start} cannot be read.") from None
    except tomllib.TOMLDecodeError as problem:
        raise Misused(f"The specification is not TOML: {problem}.") from None
    _check_keys(told, KEYS, where="the specification")
    dimensions = _dimensions(told.get("dimension"))
    names = tuple(dimension.name for dimension in dimensions)
    primary, secondary = _widths(told.get("width", 2))
    blocks = _texts(told.get("blocks", []), key="blocks")
    for block in blocks:
        if block in names:
            _wrong("blocks", f"{block} is a dimension with a total too; leave one of the two out")
    insiders = told.get("insiders")
    if insiders is not None and insiders not in names:
        _wrong("insiders", f"{insiders!r} is not a dimension; the dimensions are {_listed(names)}")
    zeros = told.get("zeros", "shown")
    if zeros not in ("shown", "hidden"):
        _wrong("zeros", f'is "shown" or "hidden", not {zeros!r}')
    method, base = _method(told)
    threshold = told.get("threshold", base or None)
    if threshold is None:
        _wrong("threshold", "is missing: say from which count a cell may be shown, such as threshold = 5")
    parents = tuple(parent for dimension in dimensions for parent in dimension.parents)
    count = told.get("count", "n")
    if not isinstance(count, str) or not count:
        _wrong("count", "is the name of the column with counts")
    if count in (*names, *parents, *blocks):
        _wrong("count", f"{count} is the column with counts, and cannot be a dimension, parent or block too")
    threshold = _whole(threshold, key="threshold", least=1)
    if method == ROUNDING:
        _check_rounding(told, threshold=threshold, base=base, width=max(primary, secondary))
    return Specification(
        threshold=threshold,
        dimensions=dimensions,
        zeros_shown=zeros == "shown",
        width_primary=primary,
        width_secondary=secondary,
        blocks=blocks,
        insiders=insiders,
        hidden_groups=_hidden_groups(told, (*names, *parents, MEASURE, *blocks)),
        shares=_shares(told, dimensions),
        count=count,
        ignore=_texts(told.get("ignore", []), key="ignore"),
        method=method,
        base=base,
        linked=_linked(told),
    )


def _method(told: dict[str, Any]) -> tuple[str, int]:
    """The method, and the base that rounding needs: 0 for suppression, which has none."""
    method, base = told.get("method", SUPPRESSION), told.get("base")
    if method not in (SUPPRESSION, ROUNDING):
        _wrong("method", f'is "{SUPPRESSION}" or "{ROUNDING}", not {method!r}')
    if method == SUPPRESSION:
        if base is not None:
            _wrong("base", f'belongs to method = "{ROUNDING}"; suppression has a threshold')
        return method, 0
    if base is None:
        _wrong("base", "is missing: say what small counts are rounded to, such as base = 3")
    if isinstance(base, bool) or base not in BASES:
        _wrong("base", f"is 3 or 5, not {base!r}")
    return method, int(base)


def _linked(told: dict[str, Any]) -> Linked | None:
    listed = told.get("linked", [])
    if not listed:
        return None
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        _wrong("linked", "one other table can be linked: write one [[linked]] with spec, counts and cells")
    told_of = listed[0]
    _check_keys(told_of, ("spec", "counts", "cells", "truth", "earlier"), where="linked")
    for key in ("spec", "counts", "cells", *(["truth"] if "truth" in told_of else [])):
        if not isinstance(told_of.get(key), str) or not told_of[key]:
            _wrong(f"linked, {key}", "is the name of a file beside the specification")
    return Linked(
        spec=told_of["spec"],
        counts=told_of["counts"],
        cells=told_of["cells"],
        truth=told_of.get("truth"),
        earlier=_texts(told_of.get("earlier", []), key="linked, earlier"),
    )


def _check_rounding(told: dict[str, Any], *, threshold: int, base: int, width: int) -> None:
    """What rounding cannot do is said, not left out silently."""
    if threshold > base:
        _wrong("threshold", f"is {threshold} and the base {base}: a count of {base} would be shown as it is")
    if width > base:
        _wrong("width", f"{width} values cannot be kept by a rounding to 0 or {base}")
    if told.get("zeros", "shown") != "shown":
        _wrong("zeros", "has nothing to say with rounding: every cell is shown, and a 0 may be a rounded count")
    if told.get("linked"):
        _wrong("linked", "rounded tables need no link: round the finest table there is, and sum it as you please")
    for key in ("hidden_groups", "hidden_group"):
        if told.get(key):
            _wrong(
                key,
                "rounding hides nobody: a reader would subtract and know the group but for the base. Use suppression",
            )


def _wrong(key: str, problem: str) -> NoReturn:
    raise Misused(f"Specification, {key}: {problem}.")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "none"


def _check_keys(told: dict[str, Any], known: tuple[str, ...], *, where: str) -> None:
    for key in told:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else f" Known keys: {_listed(known)}."
            raise Misused(f"Unknown key {key!r} in {where}.{meant}")


def _whole(value: object, *, key: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        _wrong(key, f"is a whole number of at least {least}, not {value!r}")
    if value > 1_000_000:
        _wrong(key, f"{value} is larger than any count a table is protected for")
    return value


def _texts(value: object, *, key: str) -> tuple[str, ...]:
    """A list of texts, or one text."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        _wrong(key, f'is a list of names, such as ["year"], not {value!r}')
    if len(set(value)) < len(value):
        _wrong(key, "names something twice")
    return tuple(value)


def _widths(value: object) -> tuple[int, int]:
    if isinstance(value, dict):
        _check_keys(value, ("primary", "secondary"), where="width")
        return (
            _whole(value.get("primary", 2), key="width.primary", least=2),
            _whole(value.get("secondary", 2), key="width.secondary", least=2),
        )
    width = _whole(value, key="width", least=2)
    return width, width


def _dimensions(told: object) -> tuple[TableDimension, ...]:
    if not told:
        _wrong("dimension", "there is none; write one [[dimension]] with name and total per column")
    if not isinstance(told, list):
        _wrong("dimension", "is a list: write [[dimension]], with two brackets")
    found: list[TableDimension] = []
    for number, one in enumerate(told, start=1):
        if not isinstance(one, dict):
            _wrong("dimension", f"number {number} is not a table with name and total")
        _check_keys(one, ("name", "total", "parents"), where=f"dimension {number}")
        name, total = one.get("name"), one.get("total")
        if not isinstance(name, str) or not name:
            _wrong(f"dimension {number}", "has no name; it is the name of a column")
        if total is None:
            _wrong(f"dimension {name}", f"has no total. If nothing is summed over {name}, name it in blocks instead")
        if not isinstance(total, str) or not total:
            _wrong(f"dimension {name}", f"total is the text that marks the total's row, not {total!r}")
        if name in (earlier.name for earlier in found):
            _wrong(f"dimension {name}", "is named twice")
        parents = _texts(one.get("parents", []), key=f"dimension {name}, parents")
        if name in parents:
            _wrong(f"dimension {name}", "is its own parent")
        found.append(TableDimension(name, total, parents))
    for dimension in found:
        for parent in dimension.parents:
            if parent in (other.name for other in found):
                _wrong(
                    f"dimension {dimension.name}", f"{parent} groups it and is a dimension too; leave one of them out"
                )
    return tuple(found)


def _hidden_groups(told: dict[str, Any], columns: tuple[str, ...]) -> tuple[HiddenGroup, ...]:
    groups: list[HiddenGroup] = []
    for key in ("hidden_groups", "hidden_group"):
        listed = told.get(key, [])
        for one in [listed] if isinstance(listed, dict) else listed:
            if not isinstance(one, dict):
                _wrong(key, f'is a list of tables such as {{ county = "99" }}, not {one!r}')
            declared = one.get("declared", [])
            at = {column: code for column, code in one.items() if column != "declared"}
            if "name" not in columns and "name" in at:
                # A name alone: one more child of the first dimension's total.
                at[at.pop("dimension", columns[0])] = at.pop("name")
            for column, code in at.items():
                if column not in columns:
                    _wrong(key, f"{column!r} is not a column of a dimension; they are {_listed(columns)}")
                if not isinstance(code, str):
                    _wrong(key, f'{column} is a code in quotation marks, such as "99", not {code!r}')
            groups.append(
                HiddenGroup(
                    at=tuple(sorted(at.items())),
                    declared=_declared(declared, columns, key=key),
                    all_declared=declared is True,
                )
            )
    return tuple(groups)


def _declared(told: object, columns: tuple[str, ...], *, key: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Cells as lists of pairs; a text alone is a measure of a wide table."""
    if isinstance(told, bool):
        return ()
    if not isinstance(told, list):
        _wrong(key, "declared is true, or a list of cells of the group that are given away knowingly")
    cells: list[tuple[tuple[str, str], ...]] = []
    for one in told:
        pairs = {MEASURE: one} if isinstance(one, str) else one
        if not isinstance(pairs, dict) or not all(isinstance(code, str) for code in pairs.values()):
            _wrong(key, f'declared lists cells such as {{ outcome = "work" }}, not {one!r}')
        for column in pairs:
            if column not in columns:
                _wrong(key, f"declared names {column!r}, which is not a dimension; they are {_listed(columns)}")
        cells.append(tuple(sorted(pairs.items())))
    return tuple(cells)


def _shares(told: dict[str, Any], dimensions: tuple[TableDimension, ...]) -> tuple[ShareRule, ...]:
    listed = [*told.get("shares", []), *told.get("share", [])]
    names = tuple(dimension.name for dimension in dimensions)
    totals = {dimension.name: dimension.total for dimension in dimensions}
    shares: list[ShareRule] = []
    for number, one in enumerate(listed, start=1):
        key = f"share {number}"
        if not isinstance(one, dict):
            _wrong(key, "is a table with numerator and base")
        _check_keys(one, ("numerator", "base", "column"), where=key)
        numerator, base = one.get("numerator"), one.get("base")
        if isinstance(numerator, (str, list)):
            numerator = {MEASURE: numerator}
        if not isinstance(numerator, dict) or len(numerator) != 1:
            _wrong(key, 'numerator is codes of one dimension, such as { outcome = ["work", "education"] }')
        ((dimension, codes),) = numerator.items()
        if dimension not in (*names, MEASURE):
            _wrong(key, f"{dimension!r} is not a dimension; they are {_listed(names)}")
        if isinstance(base, dict):
            if len(base) != 1 or dimension not in base:
                _wrong(key, f"its base is of another dimension than its numerator, {dimension}")
            base = base[dimension]
        elif base == dimension or base is None:
            base = totals.get(dimension)
        elif dimension != MEASURE:
            _wrong(key, f'base is "{dimension}", its total, or {{ {dimension} = "a code" }}, not {base!r}')
        if not isinstance(base, str):
            _wrong(key, "base is missing: what is it a share of?")
        column = one.get("column", "share" if len(listed) == 1 else f"share_{number}")
        if not isinstance(column, str) or not column:
            _wrong(key, "column is the name of the column that holds it")
        found = _texts(codes, key=f"{key}, numerator")
        if base in found:
            _wrong(key, f"{base} is both its base and a part of its numerator")
        shares.append(ShareRule(dimension, found, base, column))
    if len({share.column for share in shares}) < len(shares):
        _wrong("shares", "two of them stand in the same column")
    return tuple(shares)

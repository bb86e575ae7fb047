"""How well a prepared edition is protected, for the one who reviews it: what is hidden where, and the weakest cells.

A page for the office. No hidden number stands on it; that a cell is weak is still nobody else's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from introstat.access import Action
from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.desk import words
from introstat.desk.office import allowed, known_year, menu
from introstat.desk.setup import open_line
from introstat.vocabulary.errors import NotFound
from introstat.vocabulary.tables import SafeCube, Status, WeakCell

_REGION: Final = "Region"


@login_required
@require_GET
def page(request: HttpRequest, year: int) -> HttpResponse:
    """The protection of what was prepared last."""
    reporting_year, actor = known_year(year), allowed(request, Action.SEE_SNAPSHOTS)
    try:
        draft = open_line().draft(reporting_year)
    except NotFound as problem:
        raise Http404(str(problem)) from problem
    definitions, report = definitions_for(year), draft.safe.report
    hidden = [
        {
            "level": words.LEVEL.get(level, level),
            "primary": _spaced(kinds.get("primary", 0)),
            "secondary": _spaced(kinds.get("secondary", 0)),
            "sum": _spaced(sum(kinds.values())),
        }
        for level, kinds in report.hidden.items()
    ]
    context = {
        "year": year,
        "menu": menu(actor, reporting_year, "line"),
        "draft": draft,
        "report": report,
        "policy": report.policy,
        "hidden": hidden,
        "hidden_in_all": _spaced(sum(sum(kinds.values()) for kinds in report.hidden.values())),
        "tables": [
            {"id": name, "title": definitions.tables[name].title.nb, "levels": per_level(cube, definitions)}
            for name, cube in draft.safe.tables.items()
        ],
        "weakest": [_named(cell, definitions) for cell in report.weakest],
        "declared": [
            f"{_label('Kjonn', given.sex, definitions)}, {_label('Grunn', given.reason, definitions)}: {given.value}"
            for given in report.declared
        ],
        "found": f"{report.attack_exact} nøyaktige og {report.attack_narrow} trange celler",
    }
    return render(request, "desk/review.html", context)


def per_level(cube: SafeCube, definitions: Definitions) -> list[Mapping[str, object]]:
    """Per level of a table how many of its cells have a number, and how many are hidden."""
    day = definitions.year.last_day
    regions = cube.dimension(_REGION)
    axis = [dimension.code for dimension in cube.dimensions].index(_REGION)
    by_region = np.moveaxis(cube.status, axis, 0).reshape(len(regions), -1)
    hidden, shown = Counter[str](), Counter[str]()
    for code, statuses in zip(regions.values, by_region, strict=True):
        place = definitions.geography.find(code, day)
        level = place.level.value if place else "country"
        hidden[level] += int((statuses == Status.HIDDEN.value).sum())
        shown[level] += int(np.isin(statuses, (Status.SHOWN.value, Status.PRELIMINARY.value)).sum())
    return [
        {
            "level": words.LEVEL.get(level, level),
            "shown": _spaced(shown[level]),
            "hidden": _spaced(hidden[level]),
            "percent": round(100 * hidden[level] / max(1, hidden[level] + shown[level])),
        }
        for level in words.LEVEL
        if hidden[level] + shown[level]
    ]


def _named(cell: WeakCell, definitions: Definitions) -> Mapping[str, object]:
    return {
        "region": definitions.region_label(cell.region, definitions.year.last_day).nb,
        "code": cell.region,
        "sex": _label("Kjonn", cell.sex, definitions),
        "reason": _label("Grunn", cell.reason, definitions),
        "low": cell.low,
        "high": cell.high,
        "values": cell.high - cell.low + 1,
    }


def _label(variable: str, code: str, definitions: Definitions) -> str:
    return definitions.tables.variables[variable].label_of(code).nb


def _spaced(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")

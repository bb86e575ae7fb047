"""Invented participants: one table per municipality in the columns of the delivery format, and their measures.

Every row keeps the order of events: settled, offered, decided, started, ended. Whoever started was between 18 and 55, and
nobody was in the programme for three years. Names are words of weather and landscape that no person bears.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.synthetic.identifiers import padded
from introstat.synthetic.plan import ENDED_IN_YEAR, MEN, PROTECTED, Fate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from introstat.synthetic.identifiers import Identifiers

    Counts = NDArray[np.int64]
    Days = NDArray[np.datetime64]
    Flags = NDArray[np.bool_]

_CITIZENSHIPS: Final = {
    "ERI": 27, "SOM": 19, "SYR": 17, "AFG": 10, "SDN": 5, "ETH": 5, "IRQ": 3.5, "IRN": 2.5, "MMR": 2.5, "COD": 2.5, "XXX": 2,
    "PAK": 0.7, "THA": 0.6, "PHL": 0.6, "RUS": 0.5, "UGA": 0.4, "KEN": 0.3, "TUR": 0.3, "LKA": 0.3, "YEM": 0.2, "XUK": 0.1,
}  # fmt: skip
_FIRST_NAMES: Final = (
    "Blid", "Dis", "Duggfrisk", "Gyllen", "Kvikk", "Lun", "Lysegrønn", "Mild", "Myk", "Nyfallen", "Rimhvit", "Rolig",
    "Skyfri", "Solgul", "Stille", "Stø", "Sval", "Trofast", "Værfast", "Ærfuglblå", "Østlig", "Åpen",
)  # fmt: skip
_LAST_NAMES: Final = (
    "Barnål", "Bekkesus", "Blåbærlyng", "Elvegrus", "Fjellrabbe", "Flekkmure", "Granlegg", "Havgule", "Heiegress",
    "Isrand", "Kløvereng", "Lavskrike", "Måkeskjær", "Myrdun", "Nordlysbue", "Rognebær", "Røsslyng", "Skodde", "Snøfonn",
    "Svaberg", "Tangvoll", "Vårflom", "Ærlegg", "Ørretkulp", "Åkersvans",
)  # fmt: skip
_BEFORE: Final = (
    "arbeid",
    "videregaende",
    "hoyere_utdanning",
    "grunnskole",
    "kvalifisering",
    "sosialstonad",
    "annet",
    None,
)
_MEASURES: Final = {
    "norskopplaring": 40, "sprakpraksis": 17, "arbeidstrening": 12, "arbeidsmarkedsopplaring": 4, "arbeid": 3,
    "grunnskoleopplaring": 9, "fag_vgs": 5, "yrkesrettet_kurs": 4, "realkompetanse": 1, "helsefremmende": 2,
    "sosialt_nettverk": 2, "annet": 1,
}  # fmt: skip
_NO_DAY: Final = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a file comes from: the municipality, its districts if people are to be spread over any, and the day it sends."""

    code: str
    districts: tuple[str, ...]
    year: int
    received: date


def participants(home: Home, *, counts: Counts, identifiers: Identifiers, rng: np.random.Generator) -> pa.Table:
    """The people of one municipality in a random order: ``counts`` is fate × sex × protection.

    Dates are dates, the rest text, null where nothing is delivered. Columns that no file has are left out.
    """
    fate, sex, protected = _drawn_people(counts, rng=rng)
    size = len(fate)
    start, planned, end = _programmes(home, fate=fate, rng=rng)
    settled = start - rng.integers(30, 86, size)
    offered = settled + rng.integers(0, 15, size)
    decided = offered + rng.integers(1, 15, size)
    birth = _birth_dates(start, rng=rng)

    duf_only = rng.random(size) < 0.02
    with_duf = duf_only | (rng.random(size) < 0.25)
    national = identifiers.national(birth, odd=sex == MEN, d_number=rng.random(size) < 0.06)
    applied = settled.astype("datetime64[Y]").astype(np.int64) + 1970 - rng.integers(0, 3, size)
    duf = identifiers.duf(applied[with_duf]).take(_positions(np.cumsum(with_duf) - 1, absent=~with_duf))
    serial = padded(np.arange(1, size + 1), width=5)
    return pa.table(
        {
            "kommunenummer": _same(home.code, size),
            "bydelsnummer": _districts(home, size=size, rng=rng),
            "egen_referanse": _referenced(home, serial=serial),
            "fornavn": _masked(_chosen(dict.fromkeys(_FIRST_NAMES, 1), size=size, rng=rng), protected),
            "etternavn": _masked(_chosen(dict.fromkeys(_LAST_NAMES, 1), size=size, rng=rng), protected),
            "fodselsnummer": _masked(national, duf_only),
            "dufnummer": duf,
            "fodselsdato": _days(birth),
            "kjonn": _by_code(sex, ("M", "K")),
            "statsborgerskap": _chosen(_CITIZENSHIPS, size=size, rng=rng),
            "lov": _same("introduksjonsloven", size),
            "kategori": _chosen({"rett_og_plikt": 92, "kan_tilbys": 8}, size=size, rng=rng),
            "vedtaksdato": _days(decided),
            "startdato": _days(start),
            "tilbudsdato": _days(offered),
            "bosettingsdato": _days(settled),
            "planlagt_sluttdato": _days(planned),
            "sluttdato": _days(end),
            "avslutningsarsak": _reasons(fate, rng=rng),
            "avslutningstype": _end_types(fate, rng=rng),
            "adressebeskyttelse": _by_code(protected.astype(np.int64), ("ugradert", "fortrolig")),
            "reservert_forskning": _chosen({"nei": 97, "ja": 3}, size=size, rng=rng),
        }
    )


def measures(people: pa.Table, *, received: date, rng: np.random.Generator) -> pa.Table:
    """Up to three different measures for about half of the people of a file, inside the programme; open while it goes on."""
    size = people.num_rows
    person = np.repeat(np.arange(size), rng.integers(1, 4, size) * (rng.random(size) < 0.5))
    share = np.array(list(_MEASURES.values())) / sum(_MEASURES.values())
    measure = rng.choice(len(share), size=len(person), p=share)
    _, kept = np.unique(person * len(share) + measure, return_index=True)
    person, measure = person[kept], measure[kept]
    rows = _positions(person)
    same_person = people.select(["kommunenummer", "fodselsnummer", "dufnummer"]).take(rows)
    latest = people["sluttdato"].to_numpy().astype("datetime64[D]")[person]
    latest = np.where(np.isnat(latest), np.datetime64(received, "D"), latest)
    start: Days = people["startdato"].to_numpy().astype("datetime64[D]")
    first = start[person] + rng.integers(0, 19, len(person))
    last = first + rng.integers(30, 160, len(person))
    hours = rng.choice([6, 10, 15, 20, 25, 30], len(person)).astype(np.str_)
    return (
        same_person.append_column("tiltak", _by_code(measure, tuple(_MEASURES)))
        .append_column("fra", _days(first))
        .append_column("til", _days(np.where(last > latest, _NO_DAY, last)))
        .append_column("timer_uke", pa.array(hours.tolist(), pa.string()))
    )


def _drawn_people(counts: Counts, *, rng: np.random.Generator) -> tuple[Counts, Counts, Flags]:
    cell = rng.permutation(np.repeat(np.arange(counts.size), counts.ravel()))
    fate, sex, protection = np.unravel_index(cell, counts.shape)
    return fate, sex, protection == PROTECTED


def _programmes(home: Home, *, fate: Counts, rng: np.random.Generator) -> tuple[Days, Days, Days]:
    """Start, planned end and end. The planned end is two years after the start, as the law has it, give or take."""
    size = len(fate)
    new_year = np.datetime64(f"{home.year}-01-01", "D")
    next_year = np.datetime64(f"{home.year + 1}-01-01", "D")
    received = np.datetime64(home.received, "D")
    new_days = (home.received - date(home.year + 1, 1, 1)).days - 1
    last = (next_year - new_year).astype(np.int64)
    in_year = new_year + rng.integers(0, last, size)
    to_month_end = rng.random(size) < 0.35
    month_end = (in_year.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    in_year = np.where(to_month_end, month_end, in_year)

    end = np.full(size, _NO_DAY)
    end = np.where(fate < Fate.LUKKET, in_year, end)
    end = np.where(fate == Fate.ENDED_BEFORE, in_year - last, end)
    early = next_year + rng.integers(0, max(1, new_days), size)
    end = np.where(fate == Fate.ENDED_AFTER, early, end)

    completed = np.clip(rng.normal(690, 90, size), 330, 1040).astype(np.int64)
    length = np.where(rng.random(size) < 0.7, completed, rng.integers(70, 640, size))
    start = end - length
    planned = start + 730 + rng.integers(-30, 31, size)

    # The register closes a programme six months after its planned end; both the closing and the six months lie in the
    # year with days to spare, so that no reading of "six months" moves anybody into another year.
    overdue = np.datetime64(f"{home.year - 1}-07-15", "D") + rng.integers(0, 330, size)
    closed = fate == Fate.LUKKET
    planned = np.where(closed, overdue, planned)
    running = fate == Fate.RUNNING
    start = np.where(running, received - rng.integers(20, 640, size), start)
    start = np.where(closed, planned - 730 + rng.integers(-20, 60, size), start)
    planned = np.where(running, start + 730, planned)
    return start, np.where((rng.random(size) < 0.1) & ~closed & ~running, _NO_DAY, planned), end


def _birth_dates(start: Days, *, rng: np.random.Generator) -> Days:
    age = 18.6 + 35.8 * rng.beta(1.5, 2.6, len(start))
    return start - (age * 365.25).astype(np.int64)


def _reasons(fate: Counts, *, rng: np.random.Generator) -> pa.StringArray:
    own = [one.reason for one in Fate]
    varied = rng.integers(0, len(_BEFORE), len(fate))
    elsewhere = (fate == Fate.ENDED_BEFORE) | (fate == Fate.ENDED_AFTER)
    return _by_code(np.where(elsewhere, len(own) + varied, fate), (*own, *_BEFORE))


def _end_types(fate: Counts, *, rng: np.random.Generator) -> pa.StringArray:
    ended = (fate < ENDED_IN_YEAR - 1) | (fate == Fate.ENDED_BEFORE) | (fate == Fate.ENDED_AFTER)
    goal = fate <= Fate.HOYERE_UTDANNING
    completed = rng.random(len(fate)) < np.where(goal, 0.8, 0.6)
    known = ended & ((fate != Fate.UREGISTRERT) | (rng.random(len(fate)) < 0.4))
    return _by_code(
        np.where(~known, 0, np.where(completed & (fate != Fate.UREGISTRERT), 1, 2)), (None, "fullfort", "avbrutt")
    )


def _referenced(home: Home, *, serial: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(_same(home.code, len(serial)), serial, _same("-", len(serial)))


def _districts(home: Home, *, size: int, rng: np.random.Generator) -> pa.StringArray:
    if not home.districts:
        return _masked(_same("", size), np.ones(size, dtype=np.bool_))
    return _chosen(dict.fromkeys(home.districts, 1), size=size, rng=rng)


def _chosen(weights: Mapping[str, float], *, size: int, rng: np.random.Generator) -> pa.StringArray:
    share = np.array(list(weights.values()), dtype=np.float64)
    return _by_code(rng.choice(len(share), size=size, p=share / share.sum()), tuple(weights))


def _by_code(codes: Counts, values: tuple[str | None, ...]) -> pa.StringArray:
    return pa.array(values, pa.string()).take(_positions(codes))


def _same(value: str, size: int) -> pa.StringArray:
    return pa.array([value], pa.string()).take(_positions(np.zeros(size, dtype=np.int64)))


def _masked(values: pa.StringArray, absent: Flags) -> pa.StringArray:
    return values.take(_positions(np.arange(len(absent)), absent=absent))


def _positions(positions: Counts, absent: Flags | None = None) -> pa.Int64Array:
    return pa.array(positions, pa.int64(), mask=absent)


def _days(days: Days) -> pa.Date32Array:
    return pa.array(days.astype("datetime64[D]"), pa.date32())

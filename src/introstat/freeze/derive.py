"""Who ended in the year, where each one counts, and for what reason: one row per programme, without names.

A programme is in the picture when it ran on any day of the year; what happened after the last day is not. Of these, a
programme counts as ended when

1. its end date lies in the year, and the end was not a temporary stop: a stop (`stanset`) that the same person starts
   again after, within the months a temporary stop may last, in whichever municipality, was a pause or a move;
2. its reason does not leave people out of the statistic on that day (by default none does);
3. its municipality's year rests on the register (see `sources`).

Among the ends that count, the last one counts for a person: once per municipality, once per county and once in the country.
Somebody who ended in two municipalities counts in both and once in the country; the sum of the municipalities is then one
more than the country.

A person with a protected address in any of her rows is protected in all of them, and counts in the country alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from introstat.definitions.catalogue import Definitions
from introstat.definitions.reasons import Outcome
from introstat.freeze.places import meanings, place_of
from introstat.freeze.sources import MISSING, Sent, Source, rests_on
from introstat.vocabulary.histories import Histories
from introstat.vocabulary.places import Level
from introstat.vocabulary.snapshots import SNAPSHOT_REPORTING, SNAPSHOT_ROWS
from introstat.vocabulary.years import ReportingYear

STOPPED: Final = "stanset"
OPEN: Final = "ugradert"
STRICTLY: Final = "strengt_fortrolig"

DERIVED: Final = pa.schema(
    [
        pa.field("number", pa.int64()),
        pa.field("delivered", pa.string()),
        *[column for column in SNAPSHOT_ROWS if column.name != "person"],
    ]
)
"""A snapshot's rows before they have pseudonyms: `number` is the person's, `delivered` the code in the register."""

# The steps in the order of the module's text. `m` is what the delivered code means on the day that counts.
_ROWS: Final = """
WITH everybody AS (
    SELECT *, bool_or(address_protection <> $open) OVER (PARTITION BY person) AS protected,
           CASE WHEN end_date <= $last THEN end_date END AS ended_on
    FROM programmes
),
running AS (
    SELECT * FROM everybody
    WHERE start_date <= $last AND (end_date IS NULL OR end_date >= $first)
),
placed AS (
    SELECT r.*, m.municipality AS place, m.county AS county
    FROM running r LEFT JOIN places m
      ON m.code = r.municipality AND m.first <= coalesce(r.ended_on, $last) AND coalesce(r.ended_on, $last) < m.past
),
counted AS (
    SELECT p.*,
           p.ended_on IS NOT NULL
           AND NOT (p.end_type IS NOT DISTINCT FROM $stopped AND EXISTS (
               SELECT 1 FROM everybody later
               WHERE later.person = p.person AND later.start_date > p.start_date AND later.start_date >= p.ended_on
                 AND later.start_date <= p.ended_on + to_months($pause)))
           AND NOT coalesce(w.left_out, false)
           AND coalesce(s.register, true) AS counts,
           coalesce(w.published, $unregistered) AS published
    FROM placed p
    LEFT JOIN reasons w
      ON w.value = coalesce(p.reason, '') AND w.first <= p.ended_on AND p.ended_on < w.past
    LEFT JOIN sources s ON s.municipality = p.place AND NOT p.protected
),
ranked AS (
    SELECT *,
           counts AND (NOT $once_municipality OR row_number() OVER (
               PARTITION BY person, place, counts ORDER BY ended_on DESC, start_date DESC, municipality DESC) = 1) AS here,
           counts AND (NOT $once_county OR row_number() OVER (
               PARTITION BY person, county, counts ORDER BY ended_on DESC, start_date DESC, municipality DESC) = 1) AS around,
           counts AND (NOT $once_country OR row_number() OVER (
               PARTITION BY person, counts ORDER BY ended_on DESC, start_date DESC, municipality DESC) = 1) AS anywhere
    FROM counted
),
flagged AS (
    SELECT *,
           here AND place IS NOT NULL AND (NOT protected OR $protected_municipality) AS in_municipality,
           around AND county IS NOT NULL AND (NOT protected OR $protected_county) AS in_county,
           anywhere AND (NOT protected OR $protected_country) AS in_country
    FROM ranked
)
SELECT person AS number,
       municipality AS delivered,
       CASE WHEN NOT protected OR $protected_municipality THEN place END AS municipality,
       CASE WHEN NOT protected OR $protected_county THEN county END AS county,
       CASE WHEN NOT protected OR $protected_municipality THEN district END AS district,
       x.published AS sex,
       year(birth_date)::SMALLINT AS birth_year,
       (year(coalesce(ended_on, $last)) - year(birth_date)
        - (month(coalesce(ended_on, $last)) * 100 + day(coalesce(ended_on, $last))
           < month(birth_date) * 100 + day(birth_date))::INTEGER)::SMALLINT AS age,
       citizenship, law, category, start_date, ended_on AS end_date,
       CASE WHEN ended_on IS NOT NULL THEN end_type END AS end_type,
       CASE WHEN ended_on IS NOT NULL THEN flagged.published ELSE $unregistered END AS reason,
       closed_by_register AND ended_on IS NOT NULL AS closed_by_register,
       protected,
       'register' AS source,
       in_municipality OR in_county OR in_country AS ended,
       in_municipality, in_county, in_country,
       1::BIGINT AS n
FROM flagged JOIN sexes x ON x.value = flagged.sex
"""


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """The rows of a snapshot before pseudonyms (`DERIVED`), and who reported (`SNAPSHOT_REPORTING`)."""

    rows: pa.Table
    reporting: pa.Table


def derive(histories: Histories, *, definitions: Definitions, year: ReportingYear) -> Derived:
    """The year as the register knows it, in no particular order of rows."""
    sources = _sources(histories, definitions=definitions, year=year)
    with duckdb.connect(":memory:", config={"enable_external_access": False}) as database:
        for name, table in (
            ("programmes", _needed(histories.programmes)),
            ("places", _places(histories, definitions=definitions, year=year)),
            ("reasons", _reasons(definitions, year=year)),
            ("sexes", _sexes(definitions)),
            ("sources", _as_table(sources)),
        ):
            database.register(name, table)
        people = database.sql(_ROWS, params=_values(definitions, year=year)).to_arrow_table().cast(DERIVED)
    direct = _direct_rows(histories, people, sources, definitions=definitions, year=year)
    rows = pa.concat_tables([people, direct])
    return Derived(rows=rows, reporting=_reporting(rows, sources, definitions=definitions, year=year))


def _values(definitions: Definitions, *, year: ReportingYear) -> dict[str, object]:
    holds = definitions.parameters(year.last_day)
    return {
        "first": year.first_day,
        "last": year.last_day,
        "open": OPEN,
        "stopped": STOPPED,
        "pause": holds.temporary_stop_months,
        "unregistered": definitions.reasons.published_code(None),
        "once_municipality": Level.MUNICIPALITY in holds.counted_once_per,
        "once_county": Level.COUNTY in holds.counted_once_per,
        "once_country": Level.COUNTRY in holds.counted_once_per,
        "protected_municipality": Level.MUNICIPALITY in holds.protected_counted_in,
        "protected_county": Level.COUNTY in holds.protected_counted_in,
        "protected_country": Level.COUNTRY in holds.protected_counted_in,
    }


_NEEDED: Final = [
    "person",
    "municipality",
    "district",
    "birth_date",
    "sex",
    "citizenship",
    "law",
    "category",
    "start_date",
    "end_date",
    "reason",
    "end_type",
    "address_protection",
    "closed_by_register",
]


def _needed(programmes: pa.Table) -> pa.Table:
    """The columns the derivation reads: ids and names never come near it."""
    return programmes.select(_NEEDED)


def _places(histories: Histories, *, definitions: Definitions, year: ReportingYear) -> pa.Table:
    codes = pc.unique(histories.programmes.column("municipality")).to_pylist()
    return meanings(codes, definitions.geography, first=year.first_day, past=year.last_day + timedelta(days=1))


def _reasons(definitions: Definitions, *, year: ReportingYear) -> pa.Table:
    """What each delivered reason is published as and whether it leaves people out, by the day of the end."""
    lines = []
    for reason in definitions.reasons.delivered:
        changes = [dated.start for dated in reason.counts.values if year.first_day < dated.start <= year.last_day]
        days = [year.first_day, *changes]
        for first, past in zip(days, [*changes, year.last_day + timedelta(days=1)], strict=True):
            lines.append(
                {
                    "value": reason.value,
                    "published": reason.published,
                    "left_out": reason.counts.at(first) is Outcome.LEFT_OUT,
                    "first": first,
                    "past": past,
                }
            )
    return pa.Table.from_pylist(lines)


def _sexes(definitions: Definitions) -> pa.Table:
    values = definitions.code_lists["sex"].values
    return pa.table({"value": list(values), "published": [definitions.sex_code(value) for value in values]})


def _sources(histories: Histories, *, definitions: Definitions, year: ReportingYear) -> dict[str, Source]:
    """What each municipality's year rests on, for those valid on its last day and any other that sent something."""
    on = year.last_day
    geography = definitions.geography
    sent: dict[str, Sent] = {
        place.code: Sent(people=False, direct=False, nil=False, declared=None) for place in geography.municipalities(on)
    }

    def add(
        code: str, *, people: bool = False, direct: bool = False, nil: bool = False, declared: str | None = None
    ) -> None:
        here = place_of(code, geography, on=on)[0] or code
        was = sent.get(here, Sent(people=False, direct=False, nil=False, declared=None))
        sent[here] = Sent(was.people or people, was.direct or direct, was.nil or nil, declared or was.declared)

    for row in _of_year(histories.reporting, year).to_pylist():
        add(row["municipality"], people=row["people"] > 0, nil=row["nil"], declared=row["declared"])
    for row in _of_year(histories.reported, year).to_pylist():
        if row["municipality"] is not None and row["basis"] == MISSING:
            add(row["municipality"], direct=True)
    ends = pc.fill_null(pc.equal(pc.year(histories.programmes.column("end_date")), year.value), False)
    open_ = pc.equal(histories.programmes.column("address_protection"), OPEN)
    for code in pc.unique(histories.programmes.filter(pc.and_(ends, open_)).column("municipality")).to_pylist():
        add(code, people=True)
    return {code: rests_on(what) for code, what in sorted(sent.items())}


def _of_year(table: pa.Table, year: ReportingYear) -> pa.Table:
    return table.filter(pc.equal(table.column("year"), year.value))


def _as_table(sources: Mapping[str, Source]) -> pa.Table:
    return pa.table(
        {
            "municipality": pa.array(list(sources), pa.string()),
            "register": pa.array([source.counts_register for source in sources.values()], pa.bool_()),
        }
    )


def _direct_rows(
    histories: Histories,
    people: pa.Table,
    sources: Mapping[str, Source],
    *,
    definitions: Definitions,
    year: ReportingYear,
) -> pa.Table:
    """The lines of the direct reports that count. Those that do not are left out: the register has the year.

    People with a strictly confidential address come to the office alone, as rows or as totals. As soon as any of them is in
    the register with an end in the year, the totals are taken to be about the same people.
    """
    on = year.last_day
    levels = definitions.parameters(on).protected_counted_in
    strict = _strictly_protected_ended(histories, people)
    rows = []
    for line in _of_year(histories.reported, year).to_pylist():
        protected = line["municipality"] is None
        municipality, county = (
            (None, None) if protected else place_of(line["municipality"], definitions.geography, on=on)
        )
        if definitions.reasons.counts_as(line["reason"], on) is Outcome.LEFT_OUT or not line["count"]:
            continue
        if strict if protected else not sources[municipality or line["municipality"]].counts_direct:
            continue
        rows.append(
            {
                "delivered": line["municipality"],
                "municipality": municipality,
                "county": county,
                "sex": definitions.sex_code(line["sex"]),
                "reason": definitions.reasons.published_code(line["reason"]),
                "closed_by_register": False,
                "protected": protected,
                "source": "direct",
                "ended": True,
                "in_municipality": municipality is not None,
                "in_county": county is not None,
                "in_country": not protected or Level.COUNTRY in levels,
                "n": line["count"],
            }
        )
    return pa.Table.from_pylist(rows, schema=DERIVED)


def _strictly_protected_ended(histories: Histories, people: pa.Table) -> bool:
    strictly = histories.programmes.filter(pc.equal(histories.programmes.column("address_protection"), STRICTLY))
    ended = people.filter(people.column("ended")).column("number")
    return bool(pc.any(pc.is_in(ended, value_set=pc.unique(strictly.column("person")))).as_py())


def _reporting(
    rows: pa.Table, sources: Mapping[str, Source], *, definitions: Definitions, year: ReportingYear
) -> pa.Table:
    here = rows.filter(rows.column("in_municipality")).group_by(["municipality", "source"]).aggregate([("n", "sum")])
    counted = {(row["municipality"], row["source"]): row["n_sum"] for row in here.to_pylist()}
    lines = [
        {
            "municipality": place.code,
            "county": definitions.geography.county_of(place.code, year.last_day).code,
            "source": sources[place.code].value,
            "people": counted.get((place.code, "register"), 0),
            "direct": counted.get((place.code, "direct"), 0),
        }
        for place in definitions.geography.municipalities(year.last_day)
    ]
    return pa.Table.from_pylist(lines, schema=SNAPSHOT_REPORTING)

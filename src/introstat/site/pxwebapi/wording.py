"""The interface's own words in the three languages: what is not in the editions, because it speaks of several or of none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import Text

SUBJECT: Final = Text(nb="Introduksjonsprogrammet", nn="Introduksjonsprogrammet", en="The introduction programme")
SURVEY: Final = Text(
    nb="Resultater for introduksjonsprogrammet",
    nn="Resultat for introduksjonsprogrammet",
    en="Results of the introduction programme",
)
SYNTHETIC: Final = Text(nb="syntetiske data", nn="syntetiske data", en="synthetic data")
PARTLY_SYNTHETIC: Final = Text(
    nb="{years}: syntetiske data", nn="{years}: syntetiske data", en="{years}: synthetic data"
)
REGISTER: Final = Text(nb="registerdata", nn="registerdata", en="register data")
ORIGIN: Final = Text(nb="Opphav", nn="Opphav", en="Origin")
PRELIMINARY: Final = Text(
    nb="Foreløpige tall. De kan endre seg når kommunene retter og utfyller.",
    nn="Førebelse tal. Dei kan endre seg når kommunane rettar og fyller ut.",
    en="Preliminary figures. They may change as municipalities correct and complete them.",
)
PRELIMINARY_YEARS: Final = Text(nb="Foreløpige tall", nn="Førebelse tal", en="Preliminary figures")
"""The head of a column of years whose numbers are preliminary."""

DIVISION: Final = Text(
    nb="Hvert år har kommune- og fylkesinndelingen som gjaldt det året. Et punktum (.) betyr at stedet ikke fantes da.",
    nn="Kvart år har kommune- og fylkesinndelinga som galdt det året. Eit punktum (.) tyder at staden ikkje fanst då.",
    en="Each year has the municipalities and counties in force that year. A dot (.) means that the place did not exist then.",
)
ABOUT_STATISTIC: Final = Text(nb="Om statistikken", nn="Om statistikken", en="About the statistics")
STATISTIC: Final = Text(nb="Statistikkens side", nn="Sida til statistikken", en="The page of the statistics")
CLASSIFICATION: Final = Text(
    nb="Klassifikasjon for {variable}", nn="Klassifikasjon for {variable}", en="Classification of {variable}"
)
SOURCE: Final = Text(nb="Kilde", nn="Kjelde", en="Source")
UPDATED: Final = Text(nb="Sist oppdatert", nn="Sist oppdatert", en="Last updated")
EDITIONS: Final = Text(nb="Utgaver", nn="Utgåver", en="Editions")
NOTES: Final = Text(nb="Merknader", nn="Merknader", en="Notes")
DATA: Final = Text(nb="Data", nn="Data", en="Data")
SIGN: Final = Text(nb="Tegn", nn="Teikn", en="Sign")
MEANING: Final = Text(nb="Betydning", nn="Tyding", en="Meaning")
YEAR: Final = Text(nb="år", nn="år", en="year")
"""The unit of numbers that are years."""

INTERVAL: Final = Text(
    nb="95 prosent konfidensintervall (Wilson) for andelene, i prosent, rundet utover",
    nn="95 prosent konfidensintervall (Wilson) for prosentdelane, i prosent, runda utover",
    en="95 per cent confidence interval (Wilson) of the shares, in per cent, rounded outwards",
)

REASONS: Final[Mapping[str, str]] = {
    Status.PRELIMINARY.value: "preliminary",
    Status.HIDDEN.value: "protected",
    Status.NOT_AVAILABLE.value: "not-reported",
    Status.NOT_APPLICABLE.value: "not-applicable",
}
"""Why a cell has no number, or that the one it has may change: its sign as a word for programs."""

NO_SUCH_PLACE: Final = "not-in-force"
"""The reason of a cell whose code was not in use in that year."""

SIGNS: Final[Mapping[str, Text]] = {
    Status.PRELIMINARY.value: Text(
        nb="Tallet er foreløpig og kan bli endret",
        nn="Talet er førebels og kan bli endra",
        en="The figure is preliminary and may change",
    ),
    Status.HIDDEN.value: Text(
        nb="Tallet vises ikke, av hensyn til personvernet",
        nn="Talet blir ikkje vist, av omsyn til personvernet",
        en="The figure is not shown, to protect people's privacy",
    ),
    Status.NOT_AVAILABLE.value: Text(
        nb="Tallet finnes ikke: kommunen har ikke rapportert",
        nn="Talet finst ikkje: kommunen har ikkje rapportert",
        en="There is no figure: the municipality has not reported",
    ),
    Status.NOT_APPLICABLE.value: Text(
        nb="Et tall er ikke aktuelt: en andel av ingen, et sted som ikke fantes det året, eller det merknadene forteller",
        nn="Eit tal er ikkje aktuelt: ein del av ingen, ein stad som ikkje fanst det året, eller det merknadene fortel",
        en="A figure does not apply: a share of nobody, a place that did not exist that year, or what the notes tell",
    ),
}

LISTS: Final[Mapping[str, Text]] = {
    "agg_Fylker": Text(nb="Fylker", nn="Fylke", en="Counties"),
    "agg_ImdiRegioner": Text(nb="IMDi-regioner", nn="IMDi-regionar", en="IMDi regions"),
    "agg_Naeringsregioner": Text(nb="Næringsregioner", nn="Næringsregionar", en="Economic regions"),
    "vs_ImdiRegioner": Text(nb="IMDi-regioner, alle år", nn="IMDi-regionar, alle år", en="IMDi regions, all years"),
    "vs_Naeringsregioner": Text(
        nb="Næringsregioner, alle år", nn="Næringsregionar, alle år", en="Economic regions, all years"
    ),
    "vs_Landet": Text(nb="Hele landet", nn="Heile landet", en="The whole country"),
    "vs_Fylker": Text(nb="Fylker, alle år", nn="Fylke, alle år", en="Counties, all years"),
    "vs_Kommuner": Text(nb="Kommuner, alle år", nn="Kommunar, alle år", en="Municipalities, all years"),
    "vs_Bydeler": Text(nb="Bydeler, alle år", nn="Bydelar, alle år", en="City districts, all years"),
    "agg_Kjonn": Text(nb="Begge kjønn samlet", nn="Begge kjønn samla", en="Both sexes together"),
    "vs_Kjonn": Text(nb="Menn og kvinner", nn="Menn og kvinner", en="Men and women"),
    "agg_Grunn": Text(
        nb="Grupper av avslutningsårsaker", nn="Grupper av avslutningsårsaker", en="Groups of reasons for ending"
    ),
    "vs_Grunn": Text(
        nb="Enkelte avslutningsårsaker", nn="Einskilde avslutningsårsaker", en="Single reasons for ending"
    ),
}
COUNTIES_OF: Final = Text(nb="Fylker {year}", nn="Fylke {year}", en="Counties {year}")
MUNICIPALITIES_OF: Final = Text(nb="Kommuner {year}", nn="Kommunar {year}", en="Municipalities {year}")

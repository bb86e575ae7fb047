"""What an attack remarks, and how it found a number, in the language of the page: the attack itself says it in English.

    in_language("shown in a.csv", "nb")   →  "vist i a.csv"

A text that is not known here has no translation, and a page shows it as the English it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_SENTENCES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "{} looks like a share and was left out; name it under shares to use it.",
        "{} ser ut som en andel og ble utelatt. Nevn den under «shares» for å bruke den.",
        "{} ser ut som ein prosentdel og vart utelaten. Nemn han under «shares» for å bruke han.",
    ),
    (
        "{} holds codes, not counts, and was left out.",
        "{} inneholder koder, ikke antall, og ble utelatt.",
        "{} inneheld kodar, ikkje tal på einingar, og vart utelaten.",
    ),
    (
        "{} holds text and was left out.",
        "{} inneholder tekst og ble utelatt.",
        "{} inneheld tekst og vart utelaten.",
    ),
    (
        "{} has no row named {}; its total is not published.",
        "{} har ingen rad som heter {}; totalen er ikke publisert.",
        "{} har inga rad som heiter {}; totalen er ikkje publisert.",
    ),
    (
        "What belongs to what in {} was read from how its codes begin.",
        "Hva som hører til hva i {}, er lest av hvordan kodene begynner.",
        "Kva som høyrer til kva i {}, er lese av korleis kodane byrjar.",
    ),
    (
        "The sums say that zeros are hidden too, whatever the specification says.",
        "Summene viser at nuller også er skjult, uansett hva spesifikasjonen sier.",
        "Summane viser at nullar òg er skjulte, same kva spesifikasjonen seier.",
    ),
    (
        "{} shows other counts, so what is the same in it is not known; it was left out.",
        "{} viser andre tall, så det er ikke kjent hva som er likt i den. Den ble utelatt.",
        "{} viser andre tal, så det er ikkje kjent kva som er likt i henne. Ho vart utelaten.",
    ),
    (
        "{} tells of other counts, so what is the same in it is not known; it was left out.",
        "{} viser andre tall, så det er ikke kjent hva som er likt i den. Den ble utelatt.",
        "{} viser andre tal, så det er ikkje kjent kva som er likt i henne. Ho vart utelaten.",
    ),
    (
        "Insiders were tried without their rows, so what they find depends on numbers that the file does not hold: "
        "{} sensitive cells of others could be computed if the hidden counts were so. Give what --truth wrote to know.",
        "De som kjenner sine egne rader, er prøvd uten dem, så det de finner, avhenger av tall som ikke står i filen: "
        "{} av andres sensitive celler kunne regnes ut hvis de skjulte tallene var slik. Oppgi det --truth skrev, for å vite det.",
        "Dei som kjenner sine eigne rader, er prøvde utan dei, så det dei finn, kjem an på tal som ikkje står i fila: "
        "{} av dei sensitive cellene til andre kunne reknast ut om dei skjulte tala var slik. Oppgi det --truth skreiv, for å vite"
        " det.",
    ),
    (
        "Insiders were tried without their rows of {}; say under [[linked]] where its truth is to know.",
        "De som kjenner sine egne rader, er prøvd uten radene sine i {}. Oppgi under [[linked]] hvor de sanne tallene står, for å vite det.",
        "Dei som kjenner sine eigne rader, er prøvde utan radene sine i {}. Oppgi under [[linked]] kvar dei sanne tala står, for å vite"
        " det.",
    ),
    (
        "Insiders were tried with the table alone, not with the totals of other sources.",
        "De som kjenner sine egne rader, er prøvd med tabellen alene, ikke med totalene fra andre kilder.",
        "Dei som kjenner sine eigne rader, er prøvde med tabellen åleine, ikkje med totalane frå andre kjelder.",
    ),
    (
        "Insiders were not tried: what one of them sees depends on his own rows. Give them with --truth.",
        "De som kjenner sine egne rader, er ikke prøvd: Det hver av dem ser, avhenger av radene. Oppgi dem med --truth.",
        "Dei som kjenner sine eigne rader, er ikkje prøvde: Det kvar av dei ser, kjem an på radene. Oppgi dei med --truth.",
    ),
    ("{} … ({} shown cells in all){}", "{} … ({} viste celler i alt){}", "{} … ({} viste celler i alt){}"),
    ("shown in {}", "vist i {}", "vist i {}"),
    ("told in {}", "oppgitt i {}", "oppgitt i {}"),
    ("another source tells of it", "oppgitt i en annen kilde", "oppgitt i ei anna kjelde"),
    ("{} counts the same people", "{} teller de samme personene", "{} tel dei same personane"),
    (
        "no other whole number agrees with everything shown",
        "ikke noe annet heltall stemmer med alt som er vist",
        "ikkje noko anna heiltal stemmer med alt som er vist",
    ),
    (
        "a shown cell that it is part of is 0",
        "en vist celle som den er en del av, er 0",
        "ei vist celle som ho er ein del av, er 0",
    ),
    (
        "{} knows its own rows, and what is shown does the rest",
        "{} kjenner sine egne rader, og det som er vist, gjør resten",
        "{} kjenner sine eigne rader, og det som er vist, gjer resten",
    ),
    (
        "{} knows its own rows, and the whole",
        "{} kjenner sine egne rader og totalen",
        "{} kjenner sine eigne rader og totalen",
    ),
    (
        "{} is {} in {}, and its other parts are at least {} together",
        "{} er {} i {}, og de andre delene er til sammen minst {}",
        "{} er {} i {}, og dei andre delane er til saman minst {}",
    ),
    (
        "{} is {} in {}, and its other parts are at most {} together",
        "{} er {} i {}, og de andre delene er til sammen høyst {}",
        "{} er {} i {}, og dei andre delane er til saman høgst {}",
    ),
    (
        "the whole is between {} and {}, since rounding moves it by at most {}",
        "totalen er mellom {} og {}, for avrundingen flytter den med høyst {}",
        "totalen er mellom {} og {}, for avrundinga flyttar han med høgst {}",
    ),
    (
        "follows from {} totals known from {}",
        "følger av {} totaler som er kjent fra {}",
        "følgjer av {} totalar som er kjende frå {}",
    ),
    (
        "at most {}: {}, and its other parts are at least {} together",
        "høyst {}: {}, og de andre delene er til sammen minst {}",
        "høgst {}: {}, og dei andre delane er til saman minst {}",
    ),
    (
        "at least {}: {}, and its other parts are at most {} together",
        "minst {}: {}, og de andre delene er til sammen høyst {}",
        "minst {}: {}, og dei andre delane er til saman høgst {}",
    ),
    ("{} is bounded by {}", "{} er avgrenset av {}", "{} er avgrensa av {}"),
    ("at least 1, since zeros are shown", "minst 1, siden nuller vises", "minst 1, sidan nullar blir viste"),
    ("at least {}", "minst {}", "minst {}"),
)
_SUM: Final = re.compile(r"[^;:]+ = [^;:]+")
"""A sum is told in numbers and names, and is the same in every language."""


def in_language(text: str, language: str) -> str | None:
    """A remark or a reason in a language; None where it is not known."""
    if language == "en":
        return text
    for pattern, *told in _patterns():
        if found := pattern.fullmatch(text):
            parts = (in_language(part, language) or part for part in found.groups())
            return told[language == "nn"].format(*parts)
    if "; " in text:
        pieces = [in_language(piece, language) for piece in text.split("; ")]
        return None if None in pieces else "; ".join(piece for piece in pieces if piece)
    return text if _SUM.fullmatch(text) else None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(
        (re.compile(re.escape(english).replace(r"\{\}", "((?:(?!; ).)+?)")), nb, nn) for english, nb, nn in _SENTENCES
    )

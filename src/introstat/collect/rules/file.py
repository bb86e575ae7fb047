"""Whether a file can be read as what it claims to be. D001–D029; every one is fatal.

A file that fails here is refused whole and nothing of it is stored: a guess about what was meant would sooner or later
post the wrong thing about the wrong person.
"""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.check import DeliveryCheck
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

TOO_LARGE: Final = DeliveryCheck(
    "D001",
    "A file is no larger than a delivery can be",
    Severity.FATAL,
    "limits for deliveries",
    Text(
        nb="Filen er for stor ({limit}) til å være en levering. Slike filer er som regel noe annet. "
        "Kontroller at du valgte riktig fil, eller del den i flere.",
        nn="Fila er for stor ({limit}) til å vere ei levering. Slike filer er som regel noko anna. "
        "Kontroller at du valde rett fil, eller del ho i fleire.",
        en="The file is too large ({limit}) to be a delivery. Such files are usually something else. "
        "Check that you chose the right file, or split it.",
    ),
)
EMPTY: Final = DeliveryCheck(
    "D002",
    "A file is not empty",
    Severity.FATAL,
    "delivery format",
    Text(
        nb="Filen er tom, så det er ingenting å registrere. Lag filen på nytt fra fagsystemet. "
        "Avsluttet ingen i året, send en nullrapport.",
        nn="Fila er tom, så det er ingenting å registrere. Lag fila på nytt frå fagsystemet. "
        "Avslutta ingen i året, send ein nullrapport.",
        en="The file is empty, so there is nothing to register. Make it again from the case system. "
        "If nobody ended in the year, send a nil report.",
    ),
)
WRONG_EXTENSION: Final = DeliveryCheck(
    "D003",
    "A file's name says what it is",
    Severity.FATAL,
    "delivery format: CSV or XLSX",
    Text(
        nb="Filen er ikke det navnet sier. Innholdet er {content}, og leveringer er CSV (.csv, .txt, .tsv) eller Excel "
        "(.xlsx). Lagre filen på nytt i riktig format; det hjelper ikke å bare endre navnet.",
        nn="Fila er ikkje det namnet seier. Innhaldet er {content}, og leveringar er CSV (.csv, .txt, .tsv) eller Excel "
        "(.xlsx). Lagre fila på nytt i rett format; det hjelper ikkje berre å endre namnet.",
        en="The file is not what its name says. Its content is {content}, and deliveries are CSV (.csv, .txt, .tsv) or Excel "
        "(.xlsx). Save it again in the right format; changing the name alone does not help.",
    ),
)
WRONG_ENCODING: Final = DeliveryCheck(
    "D004",
    "A text file is in UTF-8 or Windows-1252",
    Severity.FATAL,
    "delivery format: encodings",
    Text(
        nb="Filens tegnsett er {encoding}, og ikke UTF-8 eller Windows-1252. Da kan bokstaver bli til andre bokstaver uten "
        "at noen ser det. Lagre filen på nytt som «CSV UTF-8».",
        nn="Teiknsettet i fila er {encoding}, og ikkje UTF-8 eller Windows-1252. Då kan bokstavar bli til andre bokstavar "
        "utan at nokon ser det. Lagre fila på nytt som «CSV UTF-8».",
        en="The file's encoding is {encoding}, not UTF-8 or Windows-1252. Letters could turn into other letters without "
        "anyone noticing. Save the file again as “CSV UTF-8”.",
    ),
)
NOT_TEXT: Final = DeliveryCheck(
    "D005",
    "A text file holds text only",
    Severity.FATAL,
    "delivery format",
    Text(
        nb="Filen inneholder tegn som aldri finnes i en tekst (som NUL). Den er skadet eller av et annet slag. "
        "Lag filen på nytt fra fagsystemet.",
        nn="Fila inneheld teikn som aldri finst i ein tekst (som NUL). Ho er skadd eller av eit anna slag. "
        "Lag fila på nytt frå fagsystemet.",
        en="The file holds characters no text has (such as NUL). It is damaged or of another kind. "
        "Make it again from the case system.",
    ),
)
BROKEN_CSV: Final = DeliveryCheck(
    "D006",
    "Quotation marks in a CSV file come in pairs",
    Severity.FATAL,
    "delivery format; RFC 4180",
    Text(
        nb="Et anførselstegn på denne linjen åpner eller lukker en tekst på feil sted, så resten av filen kan ikke deles i "
        "rader. Skriv anførselstegn inne i en tekst dobbelt, eller fjern det.",
        nn="Eit hermeteikn på denne linja opnar eller lukkar ein tekst på feil stad, så resten av fila kan ikkje delast i "
        "rader. Skriv hermeteikn inne i ein tekst dobbelt, eller fjern det.",
        en="A quotation mark on this line opens or closes a text in the wrong place, so the rest of the file cannot be split "
        "into rows. Write a quotation mark inside a text twice, or remove it.",
    ),
)
BROKEN_WORKBOOK: Final = DeliveryCheck(
    "D007",
    "A workbook can be opened",
    Severity.FATAL,
    "delivery format: XLSX, first sheet",
    Text(
        nb="Regnearket kan ikke åpnes: det er skadet, beskyttet med passord eller av et annet slag. "
        "Åpne det i Excel og lagre det på nytt som vanlig arbeidsbok (.xlsx) uten passord.",
        nn="Reknearket kan ikkje opnast: det er skadd, verna med passord eller av eit anna slag. "
        "Opne det i Excel og lagre det på nytt som vanleg arbeidsbok (.xlsx) utan passord.",
        en="The workbook cannot be opened: it is damaged, protected by a password or of another kind. "
        "Open it in Excel and save it again as an ordinary workbook (.xlsx) without a password.",
    ),
)
BOMB: Final = DeliveryCheck(
    "D008",
    "A workbook unpacks to a reasonable size",
    Severity.FATAL,
    "limits for deliveries",
    Text(
        nb="Regnearket er mye større utpakket enn en levering kan være, og åpnes ikke. Ofte er tomme rader og kolonner "
        "formatert langt ut i arket. Kopier radene til en ny arbeidsbok og lagre den.",
        nn="Reknearket er mykje større utpakka enn ei levering kan vere, og blir ikkje opna. Ofte er tomme rader og kolonnar "
        "formaterte langt ut i arket. Kopier radene til ei ny arbeidsbok og lagre ho.",
        en="The workbook is far larger unpacked than a delivery can be and is not opened. Often empty rows and columns are "
        "formatted far out in the sheet. Copy the rows to a new workbook and save that.",
    ),
)
FORMULA: Final = DeliveryCheck(
    "D009",
    "Cells hold values, not formulas",
    Severity.FATAL,
    "delivery format: no formulas",
    Text(
        nb="En celle inneholder en formel. En formel kan gi en annen verdi hos oss enn hos deg, eller kjøre noe. "
        "Kopier cellene og lim dem inn som verdier; i CSV: fjern tegnet foran.",
        nn="Ei celle inneheld ein formel. Ein formel kan gi ein annan verdi hos oss enn hos deg, eller køyre noko. "
        "Kopier cellene og lim dei inn som verdiar; i CSV: fjern teiknet framfor.",
        en="A cell holds a formula. A formula may give another value here than with you, or run something. "
        "Copy the cells and paste them as values; in CSV, remove the sign in front.",
    ),
)
NO_HEADER: Final = DeliveryCheck(
    "D010",
    "The first row is the header",
    Severity.FATAL,
    "delivery format: header row",
    Text(
        nb="Den første raden er ikke en overskrift med kolonnenavn vi kjenner. Uten den vet vi ikke hva verdiene er. "
        "Sett navnene fra leveringsformatet øverst, for eksempel kommunenummer og startdato, uten rader over.",
        nn="Den første rada er ikkje ei overskrift med kolonnenamn vi kjenner. Utan ho veit vi ikkje kva verdiane er. "
        "Set namna frå leveringsformatet øvst, til dømes kommunenummer og startdato, utan rader over.",
        en="The first row is not a header with column names we know. Without it we cannot tell what the values are. "
        "Put the names of the delivery format on top, such as kommunenummer and startdato, with no rows above.",
    ),
)
MISSING_COLUMN: Final = DeliveryCheck(
    "D011",
    "No required column is missing",
    Severity.FATAL,
    "delivery format: required columns",
    Text(
        nb="Kolonner mangler: {missing}. Uten dem kan ingen rad telles. "
        "Legg dem til i overskriften og i alle rader, og kontroller at navnene er skrevet slik.",
        nn="Kolonnar manglar: {missing}. Utan dei kan inga rad teljast. "
        "Legg dei til i overskrifta og i alle rader, og kontroller at namna er skrivne slik.",
        en="Columns are missing: {missing}. Without them no row can be counted. "
        "Add them to the header and to every row, and check that the names are written so.",
    ),
)
COLUMN_TWICE: Final = DeliveryCheck(
    "D012",
    "No column stands twice",
    Severity.FATAL,
    "delivery format: header row",
    Text(
        nb="Kolonnen {column} står flere ganger i overskriften, og vi kan ikke vite hvilken som gjelder. "
        "Fjern den som er feil.",
        nn="Kolonnen {column} står fleire gonger i overskrifta, og vi kan ikkje vite kva for ein som gjeld. "
        "Fjern den som er feil.",
        en="The column {column} stands more than once in the header, and we cannot know which applies. "
        "Remove the wrong one.",
    ),
)
SHIFTED: Final = DeliveryCheck(
    "D013",
    "Values stand under their own column names",
    Severity.FATAL,
    "columns have been shifted when copied",
    Text(
        nb="Verdiene ser ut til å være forskjøvet: mange av dem, blant annet i {column}, hører hjemme under en annen "
        "overskrift. Da ville alle rader blitt feil. Se etter en celle for mye eller for lite.",
        nn="Verdiane ser ut til å vere forskovne: mange av dei, mellom anna i {column}, høyrer heime under ei anna "
        "overskrift. Då ville alle rader vorte feil. Sjå etter ei celle for mykje eller for lite.",
        en="The values look shifted: many of them, among others in {column}, belong under another column name. "
        "Every row would be wrong. Look for one cell too many or too few.",
    ),
)
HEADER_AS_DATA: Final = DeliveryCheck(
    "D014",
    "No row repeats the header",
    Severity.FATAL,
    "header text has been published as data",
    Text(
        nb="Denne raden er en overskrift, ikke en person. Slike rader er før blitt publisert som data. "
        "Fjern raden; er flere filer satt sammen, kontroller at kolonnene står i samme rekkefølge i alle.",
        nn="Denne rada er ei overskrift, ikkje ein person. Slike rader har før vorte publiserte som data. "
        "Fjern rada; er fleire filer sette saman, kontroller at kolonnane står i same rekkjefølgje i alle.",
        en="This row is a header, not a person. Such rows have been published as data before. "
        "Remove it; if files were joined, check that the columns stand in the same order in all of them.",
    ),
)
NO_ROWS: Final = DeliveryCheck(
    "D015",
    "There are rows under the header",
    Severity.FATAL,
    "delivery format; a nil report says that nobody ended",
    Text(
        nb="Filen har en overskrift, men ingen rader. En tom liste sier ikke om ingen avsluttet eller om noe gikk galt. "
        "Avsluttet ingen i året, send en nullrapport.",
        nn="Fila har ei overskrift, men ingen rader. Ei tom liste seier ikkje om ingen avslutta eller om noko gjekk gale. "
        "Avslutta ingen i året, send ein nullrapport.",
        en="The file has a header but no rows. An empty list does not say whether nobody ended or something went wrong. "
        "If nobody ended in the year, send a nil report.",
    ),
)
NOT_REPRESENTED: Final = DeliveryCheck(
    "D016",
    "A sender delivers for its own municipalities only",
    Severity.FATAL,
    "access: who may deliver for whom",
    Text(
        nb="Raden gjelder en kommune avsenderen ikke leverer for. Ingenting i filen er lagret. "
        "Fjern radene, eller be direktoratet om tilgang hvis dere leverer for kommunen.",
        nn="Rada gjeld ein kommune avsendaren ikkje leverer for. Ingenting i fila er lagra. "
        "Fjern radene, eller be direktoratet om tilgang om de leverer for kommunen.",
        en="The row is about a municipality the sender does not deliver for. Nothing in the file is stored. "
        "Remove the rows, or ask the directorate for access if you deliver for it.",
    ),
)
STRICTLY_CONFIDENTIAL: Final = DeliveryCheck(
    "D017",
    "Nobody with a strictly confidential address is in a file",
    Severity.FATAL,
    "Population Register Act § 10-4; a separate channel to named people",
    Text(
        nb="Raden gjelder en person med strengt fortrolig adresse. Slike opplysninger skal aldri sendes i en fil, så "
        "ingenting er lagret. Fjern raden, slett filen der den ligger, og ta kontakt med direktoratet.",
        nn="Rada gjeld ein person med strengt fortruleg adresse. Slike opplysningar skal aldri sendast i ei fil, så "
        "ingenting er lagra. Fjern rada, slett fila der ho ligg, og ta kontakt med direktoratet.",
        en="The row is about a person with a strictly confidential address. Such data must never be sent in a file, so "
        "nothing is stored. Remove the row, delete the file where it lies, and contact the directorate.",
    ),
    kinds=frozenset({DeliveryKind.PARTICIPANTS}),
)

FILE_CHECKS: Final = (
    TOO_LARGE,
    EMPTY,
    WRONG_EXTENSION,
    WRONG_ENCODING,
    NOT_TEXT,
    BROKEN_CSV,
    BROKEN_WORKBOOK,
    BOMB,
    FORMULA,
    NO_HEADER,
    MISSING_COLUMN,
    COLUMN_TWICE,
    SHIFTED,
    HEADER_AS_DATA,
    NO_ROWS,
    NOT_REPRESENTED,
    STRICTLY_CONFIDENTIAL,
)

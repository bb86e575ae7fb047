"""Whether it can be told who a record is about. R020–R029.

A person must be recognised from delivery to delivery, or be counted twice. So a number that is surely wrong is an error;
what only looks unlikely is a warning. The sex is never read from the number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.collect.rules.check import RecordCheck, Test, listed, where
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form

_FIRST_DUF_YEAR: Final = 1980
"""No DUF number is older: a bound on the shape, well before the system was introduced."""


def _someone(form: Form, definitions: Definitions) -> Iterator[Test]:
    del definitions
    if form.one_of:
        columns = [form.column(name) for name in form.one_of]
        yield Test(columns[0], " AND ".join(f"{column.field} IS NULL" for column in columns))


def _citizenships(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.codes == "countries":
            known = listed(definitions.code_lists["countries"].values)
            yield Test(column, f"{column.field} NOT IN {known}")


IDENTITY: Final = (
    RecordCheck(
        "R020",
        "A person has a national id or a DUF number",
        Severity.ERROR,
        "delivery format, person id",
        Text(
            nb="Raden har verken fødselsnummer eller DUF-nummer. Da kan ikke personen kjennes igjen, og kan bli talt to "
            "ganger. Fyll ut minst ett av dem.",
            nn="Rada har verken fødselsnummer eller DUF-nummer. Då kan ikkje personen kjennast att, og kan bli talt to "
            "gonger. Fyll ut minst eitt av dei.",
            en="The row has neither a national id nor a DUF number. The person cannot be recognised and may be counted twice. "
            "Fill in at least one of them.",
        ),
        tests=_someone,
    ),
    RecordCheck(
        "R021",
        "A national id has kept its leading zero",
        Severity.ERROR,
        "Norwegian Tax Administration, national ids",
        Text(
            nb="{column} har ti sifre; nullen foran er trolig falt bort i et regneark. Personen kan da ikke kjennes igjen. "
            "Gi kolonnen tekstformat og skriv alle elleve sifrene.",
            nn="{column} har ti siffer; nullen framfor er truleg fallen bort i eit rekneark. Personen kan då ikkje kjennast "
            "att. Gi kolonnen tekstformat og skriv alle elleve siffera.",
            en="{column} has ten digits; a spreadsheet has probably dropped the leading zero. The person cannot then be "
            "recognised. Format the column as text and write all eleven digits.",
        ),
        tests=where("national_id", "regexp_full_match(national_id, '[0-9]{10}')"),
    ),
    RecordCheck(
        "R022",
        "A national id has eleven digits",
        Severity.ERROR,
        "Norwegian Tax Administration, national ids",
        Text(
            nb="{column} består ikke av elleve sifre, så personen kan ikke kjennes igjen. "
            "Skriv nummeret uten mellomrom og tegn, eller bruk bare DUF-nummeret.",
            nn="{column} er ikkje på elleve siffer, så personen kan ikkje kjennast att. "
            "Skriv nummeret utan mellomrom og teikn, eller bruk berre DUF-nummeret.",
            en="{column} is not eleven digits, so the person cannot be recognised. "
            "Write the number without spaces or signs, or give the DUF number only.",
        ),
        tests=where("national_id", "NOT national_id_digits AND NOT regexp_full_match(national_id, '[0-9]{10}')"),
    ),
    RecordCheck(
        "R023",
        "A national id begins with a day that exists",
        Severity.ERROR,
        "Norwegian Tax Administration, national ids, D-numbers and synthetic ids (Tenor)",
        Text(
            nb="De seks første sifrene i {column} er ikke en dato, heller ikke i et D-nummer eller et syntetisk nummer. "
            "Nummeret er trolig skrevet feil. Kontroller det mot folkeregisteret.",
            nn="Dei seks første siffera i {column} er ikkje ein dato, heller ikkje i eit D-nummer eller eit syntetisk nummer. "
            "Nummeret er truleg skrive feil. Kontroller det mot folkeregisteret.",
            en="The first six digits of {column} are not a date, nor one of a D-number or a synthetic id. "
            "The number is probably mistyped. Check it against the population register.",
        ),
        tests=where("national_id", "national_id_digits AND NOT national_id_dated"),
    ),
    RecordCheck(
        "R024",
        "A national id passes its check digits",
        Severity.ERROR,
        "Norwegian Tax Administration, check digits; the new rule from 2032",
        Text(
            nb="Kontrollsifrene i {column} stemmer ikke, så minst ett siffer er feil og personen kan bli tatt for en annen. "
            "Kontroller nummeret mot folkeregisteret.",
            nn="Kontrollsiffera i {column} stemmer ikkje, så minst eitt siffer er feil og personen kan bli teken for ein "
            "annan. Kontroller nummeret mot folkeregisteret.",
            en="The check digits of {column} do not agree, so at least one digit is wrong and the person may be taken for "
            "another. Check the number against the population register.",
        ),
        tests=where("national_id", "national_id_dated AND NOT national_id_checked"),
    ),
    RecordCheck(
        "R025",
        "A DUF number is a year and eight digits",
        Severity.ERROR,
        "Norwegian Directorate of Immigration, DUF numbers",
        Text(
            nb="{column} er ikke tolv sifre som begynner med et årstall, så personen kan ikke kjennes igjen. "
            "Skriv nummeret slik det står i vedtaket, uten mellomrom.",
            nn="{column} er ikkje tolv siffer som byrjar med eit årstal, så personen kan ikkje kjennast att. "
            "Skriv nummeret slik det står i vedtaket, utan mellomrom.",
            en="{column} is not twelve digits beginning with a year, so the person cannot be recognised. "
            "Write the number as it stands in the decision, without spaces.",
        ),
        tests=where("duf_number", f"NOT duf_digits OR duf_year NOT BETWEEN {_FIRST_DUF_YEAR} AND year(received)"),
    ),
    RecordCheck(
        "R026",
        "A DUF number passes its check digits",
        Severity.WARNING,
        "method not officially published; agrees with publicly known examples",
        Text(
            nb="Kontrollsifrene i {column} ser ikke ut til å stemme. Er nummeret feil, kan personen bli talt to ganger. "
            "Kontroller det mot vedtaket, og bekreft det hvis det er riktig.",
            nn="Kontrollsiffera i {column} ser ikkje ut til å stemme. Er nummeret feil, kan personen bli talt to gonger. "
            "Kontroller det mot vedtaket, og stadfest det om det er rett.",
            en="The check digits of {column} do not seem to agree. If the number is wrong, the person may be counted twice. "
            "Check it against the decision, and confirm it if it is right.",
        ),
        tests=where("duf_number", "duf_digits AND NOT duf_checked"),
    ),
    RecordCheck(
        "R027",
        "The birth date agrees with the national id",
        Severity.WARNING,
        "Norwegian Tax Administration, national ids",
        Text(
            nb="{column} er en annen dato enn fødselsnummeret begynner med. En av dem er trolig skrevet feil, og alderen kan "
            "bli gal. Rett den, eller bekreft at fødselsdatoen er endret siden nummeret ble gitt.",
            nn="{column} er ein annan dato enn fødselsnummeret byrjar med. Ein av dei er truleg skriven feil, og alderen kan "
            "bli gal. Rett han, eller stadfest at fødselsdatoen er endra sidan nummeret vart gitt.",
            en="{column} is another date than the national id begins with. One of them is probably mistyped, and the age may "
            "be wrong. Correct it, or confirm that the birth date was changed after the number was given.",
        ),
        tests=where("birth_date", "national_id_checked AND birth_date <> national_id_birth"),
    ),
    RecordCheck(
        "R028",
        "A citizenship is a country or one of the register's own codes",
        Severity.ERROR,
        "ISO 3166-1 alpha-3; population register: XXX, XUK, XXK",
        Text(
            nb="{column} er ikke en kjent landkode på tre bokstaver. Tall etter statsborgerskap ville blitt feil. "
            "Bruk for eksempel ERI eller SYR, XXX for statsløs og XUK for ukjent.",
            nn="{column} er ikkje ein kjend landkode på tre bokstavar. Tal etter statsborgarskap ville vorte feil. "
            "Bruk til dømes ERI eller SYR, XXX for statslaus og XUK for ukjend.",
            en="{column} is not a known country code of three letters. Figures by citizenship would be wrong. "
            "Use for example ERI or SYR, XXX for stateless and XUK for unknown.",
        ),
        tests=_citizenships,
    ),
    RecordCheck(
        "R029",
        "A participant is not a Norwegian citizen",
        Severity.WARNING,
        "Introduction Act § 2; Integration Act § 8",
        Text(
            nb="{column} er norsk. Norske statsborgere er som regel ikke i målgruppen, så koden kan være valgt ved en feil. "
            "Rett den, eller bekreft at den er riktig.",
            nn="{column} er norsk. Norske statsborgarar er som regel ikkje i målgruppa, så koden kan vere vald ved ein feil. "
            "Rett han, eller stadfest at han er rett.",
            en="{column} is Norwegian. Norwegian citizens are rarely in the target group, so the code may be a mistake. "
            "Correct it, or confirm that it is right.",
        ),
        tests=where("citizenship", "citizenship = 'NOR'", kinds=(DeliveryKind.PARTICIPANTS,)),
    ),
)

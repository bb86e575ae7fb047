"""Whether a readable delivery is whole and likely, and what comes of it. D030–D059.

A row that stands twice is not taken the second time. Everything else is a question: the delivery is taken, and the
municipality confirms or corrects. The limits for *far* and *swapped* are dated parameters.
"""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.check import DeliveryCheck
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

_PEOPLE: Final = frozenset({DeliveryKind.PARTICIPANTS})

DUPLICATE: Final = DeliveryCheck(
    "D030",
    "No row stands twice",
    Severity.ERROR,
    "one person has been delivered 36 times",
    Text(
        nb="Raden gjelder det samme som linje {first}. Samme program kan bare telles én gang, så den første er tatt med. "
        "Fjern den som er feil.",
        nn="Rada gjeld det same som linje {first}. Same program kan berre teljast éin gong, så den første er teken med. "
        "Fjern den som er feil.",
        en="The row is about the same as line {first}. The same programme counts once only, so the first was taken. "
        "Remove the wrong one.",
    ),
)
SWAPPED: Final = DeliveryCheck(
    "D031",
    "The sexes are not swapped",
    Severity.WARNING,
    "sexes have been swapped between deliveries",
    Text(
        nb="Kvinner og menn ser ut til å ha byttet plass siden sist i kommune {municipality}. Resultatet publiseres for hvert "
        "kjønn. Kontroller kolonnen {column}, og rett den eller bekreft tallene.",
        nn="Kvinner og menn ser ut til å ha bytt plass sidan sist i kommune {municipality}. Resultatet blir publisert for "
        "kvart kjønn. Kontroller kolonnen {column}, og rett han eller stadfest tala.",
        en="Women and men seem to have changed places since last time in municipality {municipality}. The result is published "
        "for each sex. Check the column {column}, and correct it or confirm the figures.",
    ),
    kinds=_PEOPLE,
)
FAR_FROM_LAST_YEAR: Final = DeliveryCheck(
    "D032",
    "The number who ended is near last year's",
    Severity.WARNING,
    "a delivery has been multiplied by mistake",
    Text(
        nb="Antallet som avsluttet i kommune {municipality}, er langt fra fjorårets: {now} mot {before}. "
        "Noe kan mangle eller være levert flere ganger. Rett filen, eller bekreft tallet.",
        nn="Talet på dei som avslutta i kommune {municipality}, er langt frå det i fjor: {now} mot {before}. "
        "Noko kan mangle eller vere levert fleire gonger. Rett fila, eller stadfest talet.",
        en="The number who ended in municipality {municipality} is far from last year's: {now} against {before}. "
        "Something may be missing or delivered several times. Correct the file, or confirm the number.",
    ),
    kinds=frozenset({DeliveryKind.PARTICIPANTS, DeliveryKind.DIRECT_REPORT}),
)
MISSING_MUNICIPALITY: Final = DeliveryCheck(
    "D033",
    "Every municipality the sender delivers for is in the file",
    Severity.INFO,
    "a municipality that sent nothing has not reported",
    Text(
        nb="Filen har ingen rader for kommune {municipality}, som avsenderen også leverer for. Uten levering eller "
        "nullrapport står kommunen som ikke rapportert. Send den for seg, hvis den ikke alt er sendt.",
        nn="Fila har ingen rader for kommune {municipality}, som avsendaren òg leverer for. Utan levering eller nullrapport "
        "står kommunen som ikkje rapportert. Send ho for seg, om ho ikkje alt er send.",
        en="The file has no rows for municipality {municipality}, which the sender also delivers for. Without a delivery or "
        "a nil report it stands as not reported. Send it separately, unless already sent.",
    ),
)
UNKNOWN_COLUMN: Final = DeliveryCheck(
    "D034",
    "Every column is one the form has",
    Severity.INFO,
    "delivery format: columns of the year",
    Text(
        nb="Kolonne nummer {position} har et navn vi ikke kjenner, og er ikke lest. "
        "Er den skrevet feil, rett navnet; ellers kan den utelates.",
        nn="Kolonne nummer {position} har eit namn vi ikkje kjenner, og er ikkje lesen. "
        "Er han skriven feil, rett namnet; elles kan han utelatast.",
        en="Column number {position} has a name we do not know and was not read. "
        "If it is misspelt, correct the name; otherwise it can be left out.",
    ),
)
MIXED_IDS: Final = DeliveryCheck(
    "D035",
    "Real and synthetic people are not mixed",
    Severity.WARNING,
    "Norwegian Tax Administration, Tenor test data",
    Text(
        nb="Filen blander syntetiske og ekte fødselsnumre. Testpersoner i et ekte register gir gale tall, og ekte personer "
        "hører ikke hjemme i en test. Fjern det ene slaget, eller bekreft.",
        nn="Fila blandar syntetiske og ekte fødselsnummer. Testpersonar i eit ekte register gir gale tal, og ekte personar "
        "høyrer ikkje heime i ein test. Fjern det eine slaget, eller stadfest.",
        en="The file mixes synthetic and real national ids. Test people in a real register make the figures wrong, and real "
        "people do not belong in a test. Remove one kind, or confirm.",
    ),
)
MANGLED_LETTERS: Final = DeliveryCheck(
    "D036",
    "Letters have survived the way here",
    Severity.WARNING,
    "text read in the wrong encoding",
    Text(
        nb="Teksten inneholder tegnfølger som oppstår når æ, ø og å leses i feil tegnsett. Navn blir da umulige å søke opp. "
        "Eksporter filen på nytt som «CSV UTF-8», eller bekreft.",
        nn="Teksten inneheld teiknfølgjer som oppstår når æ, ø og å blir lesne i feil teiknsett. Namn blir då umoglege å "
        "søkje opp. Eksporter fila på nytt som «CSV UTF-8», eller stadfest.",
        en="The text holds sequences that arise when æ, ø and å are read in the wrong encoding. Names can then not be found. "
        "Export the file again as “CSV UTF-8”, or confirm.",
    ),
)
MANY_WITHOUT_REASON: Final = DeliveryCheck(
    "D037",
    "Most who ended have a reason",
    Severity.WARNING,
    "in 2023 a large part of the exits lacked a reason",
    Text(
        nb="{missing} av {ended} som avsluttet, mangler årsak i kommune {municipality}. De telles som om de ikke gikk til "
        "arbeid eller utdanning. Mangler hele kolonnen i eksporten, rett den og send på nytt.",
        nn="{missing} av {ended} som avslutta, manglar årsak i kommune {municipality}. Dei blir talde som om dei ikkje gjekk "
        "til arbeid eller utdanning. Manglar heile kolonnen i eksporten, rett han og send på nytt.",
        en="{missing} of {ended} who ended lack a reason in municipality {municipality}. They count as not having gone to "
        "work or education. If the export lost the whole column, correct it and send again.",
    ),
    kinds=_PEOPLE,
)
LEFT_BEHIND: Final = DeliveryCheck(
    "D038",
    "Programmes delivered before are delivered again",
    Severity.INFO,
    "a delivery does not remove anything",
    Text(
        nb="Antall programmer i kommune {municipality} som er levert før for dette året, men ikke er tatt imot i denne filen: "
        "{count}. De blir stående som de er. Skal noe rettes eller fjernes, lever raden med rettelsen.",
        nn="Talet på program i kommune {municipality} som er leverte før for dette året, men ikkje er tekne imot i denne fila: "
        "{count}. Dei blir ståande som dei er. Skal noko rettast eller fjernast, lever rada med rettinga.",
        en="Programmes in municipality {municipality} that were delivered before for this year but not taken from this file: "
        "{count}. They stay as they are. To correct or remove something, deliver the row with the correction.",
    ),
    kinds=_PEOPLE,
)
BOTH_SOURCES: Final = DeliveryCheck(
    "D039",
    "Exits are in the register or in a direct report, not in both",
    Severity.WARNING,
    "totals cannot be matched to people",
    Text(
        nb="Kommune {municipality} har levert både personer og direkterapport for {year}. Samme avslutning må ikke telles to "
        "ganger. Inntil det er erklært hva hver av dem dekker, telles bare én av kildene.",
        nn="Kommune {municipality} har levert både personar og direkterapport for {year}. Same avslutning må ikkje teljast to "
        "gonger. Inntil det er erklært kva kvar av dei dekkjer, blir berre éi av kjeldene talt.",
        en="Municipality {municipality} has delivered both people and a direct report for {year}. The same end must not count "
        "twice. Until it is declared what each of them covers, only one of the two is counted.",
    ),
    kinds=frozenset({DeliveryKind.PARTICIPANTS, DeliveryKind.DIRECT_REPORT}),
)
NIL_AGAINST_REGISTER: Final = DeliveryCheck(
    "D040",
    "A nil report agrees with what was delivered",
    Severity.WARNING,
    "nil and not reported must not be merged",
    Text(
        nb="Kommune {municipality} melder at ingen avsluttet i {year}, men har levert avslutninger for året. "
        "De leverte avslutningene telles. Bekreft at de er riktige, eller rett dem.",
        nn="Kommune {municipality} melder at ingen avslutta i {year}, men har levert avslutningar for året. "
        "Dei leverte avslutningane blir talde. Stadfest at dei er rette, eller rett dei.",
        en="Municipality {municipality} says nobody ended in {year} but has delivered ends for the year. "
        "The delivered ends count. Confirm that they are right, or correct them.",
    ),
    kinds=frozenset({DeliveryKind.NIL_REPORT}),
)
AFTER_NIL: Final = DeliveryCheck(
    "D041",
    "Exits come from municipalities that have not reported nil",
    Severity.WARNING,
    "nil and not reported must not be merged",
    Text(
        nb="Kommune {municipality} har tidligere meldt at ingen avsluttet i {year}, men leverer nå avslutninger. "
        "Avslutningene telles. Bekreft at nullrapporten var feil, eller rett filen.",
        nn="Kommune {municipality} har tidlegare meldt at ingen avslutta i {year}, men leverer no avslutningar. "
        "Avslutningane blir talde. Stadfest at nullrapporten var feil, eller rett fila.",
        en="Municipality {municipality} has reported nil for {year} before but now delivers ends. "
        "The ends count. Confirm that the nil report was wrong, or correct the file.",
    ),
    kinds=frozenset({DeliveryKind.PARTICIPANTS, DeliveryKind.DIRECT_REPORT}),
)
AFTER_DEADLINE: Final = DeliveryCheck(
    "D042",
    "A delivery comes before the register closes the year",
    Severity.WARNING,
    "IMDi, yearly deadline",
    Text(
        nb="Leveringen kom etter {deadline}, da registeret lukket for {year}. Den er tatt imot, men kommer først med når "
        "tallene for året lages på nytt. Trenger du den med nå, ta kontakt med direktoratet.",
        nn="Leveringa kom etter {deadline}, då registeret lukka for {year}. Ho er teken imot, men kjem først med når tala "
        "for året blir laga på nytt. Treng du ho med no, ta kontakt med direktoratet.",
        en="The delivery came after {deadline}, when the register closed for {year}. It was taken but is included only when "
        "the year's figures are made again. If you need it included now, contact the directorate.",
    ),
)
SAME_FOR_ALL: Final = DeliveryCheck(
    "D043",
    "Values vary between people",
    Severity.WARNING,
    "a fixed value has replaced a column in an export",
    Text(
        nb="Alle radene har samme verdi i {column}. Det er uvanlig når det er så mange, og skjer når en eksport fyller inn en "
        "fast verdi. Kontroller kolonnen, og rett den eller bekreft.",
        nn="Alle radene har same verdi i {column}. Det er uvanleg når det er så mange, og hender når ein eksport fyller inn "
        "ein fast verdi. Kontroller kolonnen, og rett han eller stadfest.",
        en="Every row has the same value in {column}. That is unusual with so many rows and happens when an export fills in a "
        "fixed value. Check the column, and correct it or confirm.",
    ),
    kinds=_PEOPLE,
)

WHOLE_CHECKS: Final = (
    DUPLICATE,
    SWAPPED,
    FAR_FROM_LAST_YEAR,
    MISSING_MUNICIPALITY,
    UNKNOWN_COLUMN,
    MIXED_IDS,
    MANGLED_LETTERS,
    MANY_WITHOUT_REASON,
    LEFT_BEHIND,
    BOTH_SOURCES,
    NIL_AGAINST_REGISTER,
    AFTER_NIL,
    AFTER_DEADLINE,
    SAME_FOR_ALL,
)

CLOSED_BY_REGISTER: Final = DeliveryCheck(
    "D044",
    "The register closes no programme for want of news",
    Severity.INFO,
    "IMDi, yearly deadline: closed by the system without a reason",
    Text(
        nb="Antall programmer som registeret nå avslutter selv i kommune {municipality}: {count}. Planlagt sluttdato er passert "
        "med mer enn {months} måneder, og ingen slutt er meldt. De telles som avsluttet uten årsak til de leveres med "
        "sluttdato og årsak, eller med ny planlagt sluttdato.",
        nn="Talet på program som registeret no avsluttar sjølv i kommune {municipality}: {count}. Planlagd sluttdato er passert "
        "med meir enn {months} månader, og ingen slutt er meld. Dei blir talde som avslutta utan årsak til dei blir leverte "
        "med sluttdato og årsak, eller med ny planlagd sluttdato.",
        en="Programmes that the register itself closes now in municipality {municipality}: {count}. Their planned end passed "
        "more than {months} months ago and no end was reported. They count as ended without a reason until they are "
        "delivered with an end date and a reason, or with a new planned end.",
    ),
    kinds=_PEOPLE,
)
POSTING_CHECKS: Final = (CLOSED_BY_REGISTER,)
"""What can be said only when it is known what the delivery comes to in the register."""

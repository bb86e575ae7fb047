"""What stands in `editions/withdrawn.toml` once an edition was taken back."""

from __future__ import annotations

from typing import Final

REASON: Final = {
    "nb": "Et tall kunne føres tilbake til én person.",
    "nn": "Eit tal kunne førast tilbake til éin person.",
    "en": "A figure could be traced to one person.",
}


def taken_back(number: str = "2016.1", *, day: str = "2017-07-07") -> str:
    """The file's text for one edition."""
    reasons = "".join(f'reason.{language} = "{text}"\n' for language, text in REASON.items())
    return f'\n[[withdrawn]]\nnumber = "{number}"\nday = {day}\n{reasons}'

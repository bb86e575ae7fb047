"""What readers are shown, in the three languages of the site: Bokmål, Nynorsk and English.

A ``Text`` always has all three: a text that lacks a translation cannot be built, so it cannot be published either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

Language = Literal["nb", "nn", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Bokmål (``nb``), Nynorsk (``nn``) and English (``en``).

    Raises ValueError where a language is blank.
    """

    nb: str
    nn: str
    en: str

    def __post_init__(self) -> None:
        blank = [language for language in LANGUAGES if not self.in_language(language).strip()]
        if blank:
            raise ValueError(f"a text needs all three languages; missing here: {', '.join(blank)}")

    def in_language(self, language: Language) -> str:
        """The text in one language."""
        match language:
            case "nb":
                return self.nb
            case "nn":
                return self.nn
            case "en":
                return self.en

    def fill(self, **values: object) -> Text:
        """The same text with its ``{places}`` filled by ``str.format``.

        A value that is itself a ``Text`` is filled language by language. Raises KeyError for a place without a value.
        """
        return self._per_language(lambda language: self.in_language(language).format(**_spoken(values, language)))

    def _per_language(self, make: Callable[[Language], str]) -> Text:
        return Text(nb=make("nb"), nn=make("nn"), en=make("en"))


def _spoken(values: dict[str, object], language: Language) -> dict[str, object]:
    return {key: value.in_language(language) if isinstance(value, Text) else value for key, value in values.items()}

"""Which languages the interface speaks, and what it calls them: `no` is Bokmål, as elsewhere in Norway; `nb` is understood.

Everything inside uses the site's own names; this is the only place that knows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from introstat.site.pxwebapi.problems import Problem, Title, shown
from introstat.vocabulary.texts import Language

DEFAULT: Final[Language] = "nb"
TAGS: Final[Mapping[Language, str]] = {"nb": "no", "nn": "nn", "en": "en"}
NAMES: Final[Mapping[Language, str]] = {"nb": "Norsk (bokmål)", "nn": "Norsk (nynorsk)", "en": "English"}
_READ: Final[Mapping[str, Language]] = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}


def read_language(tag: str | None) -> Language:
    """The language a caller names; Bokmål where none is. Raises Problem."""
    if not tag:
        return DEFAULT
    found = _READ.get(tag.lower())
    if found is None:
        known = ", ".join(TAGS.values())
        raise Problem(400, Title.LANGUAGE, f"The languages are {known}; {shown(tag)} is not one of them.")
    return found

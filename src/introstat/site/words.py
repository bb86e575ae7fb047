"""The site's own words — navigation, labels of forms, errors — from `texts/{nb,nn,en}.toml`.

What the statistic says is not here: it comes from the edition. A page reads `words.form.send`; a word that is missing in
one language is an error of the program, and a test compares the three files key by key.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from introstat.vocabulary.texts import Language


@cache
def words(language: Language) -> dict[str, Any]:
    """All words of one language, as nested tables."""
    return tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def word(language: Language, key: str, **values: object) -> str:
    """One word or sentence by its dotted key, its places filled. Raises KeyError where there is none."""
    found: Any = words(language)
    for step in key.split("."):
        found = found[step]
    if not isinstance(found, str):
        raise KeyError(key)
    return found.format(**values) if values else found

"""Write an edition of made-up figures for trying out the site: `python -m tests.example_edition DIR`.

DIR becomes an `editions` folder: `DIR/2016.1/…` and `DIR/releases.json`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.made_tables import made_edition, plausible_counts, safe_cubes

from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition, EqualToPublished

QUALITY = {"closed_by_register": 231, "from_register": 4188, "from_direct": 281}
EQUAL = (
    EqualToPublished(
        table="IP102",
        description_nb="eksempel på summer som er like offentliggjorte tall",
        description_nn="døme på summar som er like offentleggjorde tal",
        description_en="an example of totals that equal published figures",
        cells=4,
        source="eksempelkilde",
        address="https://example.org/",
    ),
)


def example_edition() -> Edition:
    """The edition 2016.1 of made-up people."""
    counts, silent = plausible_counts()
    return made_edition(safe_cubes(counts, not_reported=silent, quality=QUALITY), equal=EQUAL)


def main() -> None:
    """Write the example where the caller says."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.example_edition DIR")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    Editions(folder).write(example_edition())


if __name__ == "__main__":
    main()

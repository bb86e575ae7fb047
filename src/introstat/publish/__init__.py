"""Safe cubes and an article become an edition.

`issue` makes the edition: tables in every format, texts composed from their cells, charts, and the manifest. `verify` reads
any edition back and names what is wrong with it. The shapes of the texts are drawn in `documents`.
"""

from introstat.publish.edition import issue
from introstat.publish.turns import Each, in_turn
from introstat.publish.verify import Problem, verify

__all__ = ["Each", "Problem", "in_turn", "issue", "verify"]

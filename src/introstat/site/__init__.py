"""The open program, which reads editions and nothing else.

    serve(home, host, port)    answers readers
    export(home, out)          writes the same pages as files for any web server

Neither knows a person, a database or a key: only the folder of released editions, and a spool it can add to.
"""

from introstat.site.export import export
from introstat.site.server import serve

__all__ = ["export", "serve"]

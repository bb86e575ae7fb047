"""Serves the desk with granian, as WSGI: under ASGI Django costs several times the processor time.

A thread beside the server looks every twenty seconds for editions whose announced time has come, and releases them; it also
erases readers' answers that are past their time.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Final

import structlog
from django.core.wsgi import get_wsgi_application
from granian import Granian
from granian.constants import Interfaces

from introstat.desk.setup import open_line
from introstat.vocabulary.errors import IntrostatError

application = get_wsgi_application()
_EVERY_SECONDS: Final = 20
_log = structlog.get_logger()


def serve(*, host: str, port: int) -> None:
    """Serve until interrupted, and release what is due meanwhile."""
    stop = threading.Event()
    watcher = threading.Thread(target=_release_when_due, args=(stop,), daemon=True)
    watcher.start()
    try:
        Granian(
            "introstat.desk.serving:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=4,
            log_access=False,
        ).serve()
    finally:
        stop.set()


def _forget_feedback() -> None:
    from introstat.desk.feedback import forget_old  # its views can be named only now that Django knows its applications
    from introstat.storage.answers import Answers

    forget_old(Answers(open_line().home.feedback), now=datetime.now(UTC))


def _release_when_due(stop: threading.Event) -> None:
    while not stop.wait(_EVERY_SECONDS):
        try:
            for edition in open_line().release_due(now=datetime.now(UTC)):
                _log.info("edition released", edition=str(edition.number))
            _forget_feedback()
        except IntrostatError as problem:
            _log.error("release failed", problem=str(problem))

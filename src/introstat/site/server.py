"""The site under a server: one worker that reads `editions/`, and nothing of the rest of the home folder.

The clock is read here. granian starts its worker as a process of its own, which makes its application from the home
folder; the environment hands the folder over.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

from introstat.site.addresses import PublicAddresses
from introstat.site.app import create_app
from introstat.site.asking import warm
from introstat.site.pxwebapi import in_force
from introstat.storage.home import VARIABLE, Home

if TYPE_CHECKING:
    from starlette.applications import Starlette


def serve(home: Path, host: str, port: int) -> None:
    """Serve the site of a home folder until interrupted."""
    os.environ[VARIABLE] = str(home.resolve())
    Granian(
        "introstat.site.server:from_environment",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        factory=True,
        websockets=False,
        log_enabled=False,
    ).serve()


def from_environment() -> Starlette:
    """The application of the home folder that the environment names."""
    home = Home.from_environment()
    app = create_app(
        home.editions,
        feedback=home.feedback,
        clock=now,
        limits=in_force(os.environ),
        places=PublicAddresses.of(os.environ),
        boundaries=home.boundaries,
    )
    asyncio.run(warm(app))
    return app


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)

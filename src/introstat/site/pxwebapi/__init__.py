"""Open data after the PxWebApi 2 contract, and what goes beyond it.

    /api/v2/tables/IP102/data?valuecodes[Tid]=top(1)&valuecodes[ContentsCode]=*&valuecodes[Region]=0301

`interface` takes calls and gives answers; `catalogue` and `table` say what there is, `selection` and `expressions` what is
asked for, `extract` is the cells, `formats` writes them. Only editions are read, nothing is stored and nothing is added up.
"""

from introstat.site.pxwebapi.interface import OpenData
from introstat.site.pxwebapi.limits import Limits, in_force

__all__ = ["Limits", "OpenData", "in_force"]

"""When this office works: what its settings say of its place and its closing days, put together for the workflow."""

from __future__ import annotations

from dsar.law.calendar_files import DATA
from dsar.law.office_days import OfficeDays, office_days
from dsar.workspace import Workspace


def office_of(ws: Workspace) -> OfficeDays:
    """The office's working days; its own calendars count where it keeps some."""
    return office_days(ws.config.organisation.region, ws.config.desk.closed, ws.own_laws or DATA)

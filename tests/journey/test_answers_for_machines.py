"""What the commands that make something tell a program: what was made, and where."""

from __future__ import annotations

import json
from pathlib import Path

from tests.made_office import Office

from introstat.cli.commands import app, desk_app, site_app

SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"kommunenummer": "0301", "navn": "Oslo"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[10.6, 59.8], [10.9, 59.8], [10.9, 60.1], [10.6, 60.1], [10.6, 59.8]]],
            },
        }
    ],
}


def test_every_command_that_ends_by_itself_can_answer_in_json() -> None:
    for program in (app, site_app, desk_app):
        for command in program.registered_commands:
            assert command.callback is not None
            name = command.name or command.callback.__name__
            # Servers do not end, and `run` answers with what the commands it is given answer.
            if name not in ("serve", "run"):
                assert "as_json" in command.callback.__annotations__, name


def test_adding_somebody_tells_the_name_and_the_roles(office: Office) -> None:
    told = office.do(
        *("desk", "add-user", "kari", "--role", "municipal_administrator", "--municipality", "0301", "--json"),
        said="en lang og god setning\n",
    )
    assert json.loads(told) == {"name": "kari", "roles": ["municipal_administrator"], "municipalities": ["0301"]}
    assert "setning" not in told


def test_an_export_tells_the_folder_and_how_many_files(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "public"
    told = json.loads(office.do("site", "export", out, "--json"))
    assert told == {"folder": str(out), "files": sum(path.is_file() for path in out.rglob("*"))}


def test_borders_tell_the_file_and_how_many_areas(office: Office, tmp_path: Path) -> None:
    borders = tmp_path / "borders.geojson"
    borders.write_text(json.dumps(SQUARE))
    told = json.loads(office.do("site", "boundaries", borders, "--year", "2016", "--json"))
    assert told["areas"] == 1
    assert Path(told["file"]).stat().st_size == told["bytes"]

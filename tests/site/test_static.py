"""Style and type: all that pages need, and little else."""

from __future__ import annotations

import gzip
import re

from introstat.site.static import blocks, classes_in_templates, static_files


def test_every_component_a_template_uses_is_in_the_style() -> None:
    style = static_files()["introstat.css"].content.decode()
    for name in classes_in_templates():
        assert f".{name}" in style, name


def test_components_that_no_template_uses_are_left_out() -> None:
    style = static_files()["introstat.css"].content.decode()
    for unused in (".ds-avatar", ".ds-combobox", ".ds-tabs", ".ds-dialog"):
        assert unused not in style


def test_the_style_fetches_nothing_from_elsewhere() -> None:
    style = static_files()["introstat.css"].content.decode()
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]*)", style)
    assert addresses
    assert all(address.startswith("data:") or "/" not in address for address in addresses)
    assert "@import" not in style


def test_style_weighs_little_over_the_wire() -> None:
    assert len(gzip.compress(static_files()["introstat.css"].content, 6)) < 24_000


def test_a_style_sheet_is_cut_between_its_statements() -> None:
    style = '@layer a, b;@layer c{.x{content:"}{;"}}@layer d{@media print{.y{color:red}}}'
    assert list(blocks(style)) == [
        "@layer a, b;",
        '@layer c{.x{content:"}{;"}}',
        "@layer d{@media print{.y{color:red}}}",
    ]


def test_an_address_holds_the_hash_of_what_it_leads_to() -> None:
    for file in static_files().values():
        assert re.search(r"\.[0-9a-f]{10}\.", file.address)

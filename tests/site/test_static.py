"""Style and type: all that pages need, and little else."""

from __future__ import annotations

import gzip
import re

import pytest
from tests.site.reader import Reader

from introstat.site.static import classes_in_templates, static_files
from introstat.site.style import blocks, cut


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
    assert len(gzip.compress(static_files()["introstat.css"].content, 6)) < 18_000


@pytest.mark.parametrize(("name", "weight"), [("search.js", 2_500), ("find.js", 2_500), ("embed.js", 1_000)])
def test_a_script_is_small_whole_and_kept_for_ever(shared_site: Reader, name: str, weight: int) -> None:
    script = static_files()[name]
    given = shared_site.get(script.address)
    assert given.headers["content-type"] == "text/javascript; charset=utf-8"
    assert given.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(given.raw) < weight
    assert b"//" not in given.content.replace(b"https://", b"")
    assert not re.search(
        rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", given.content
    )


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


STYLE = """
@layer a;
/* .ds-tabs */
.ds-link, .ds-tabs { color: red }
.ds-tabs:is(:hover, .ds-link) { color: red }
:is(.ds-link, .ds-tabs) > a { color: red }
:where(.ds-tabs)[data-size="sm"] { color: red }
.ds-link:not(.ds-tabs) { color: var(--ds-used) }
[data-color=danger] a { color: red }
@media print { .ds-tabs { color: red } }
@media screen { .ds-link { --ds-used: var(--ds-first); --ds-second: 1; content: "};" } }
:root { --ds-first: 0; --ds-third: 3; --ds-beside: 4 }
"""


def test_a_rule_stays_where_a_selector_of_it_can_be_met_and_a_property_where_it_is_read() -> None:
    kept = cut(STYLE, classes={"ds-link"}, values={("data-size", "sm")}, beside="a { margin: var(--ds-beside) }")
    assert "".join(kept.split()).replace(";}", "}") == (
        "@layera;.ds-link{color:red}:is(.ds-link,.ds-tabs)>a{color:red}.ds-link:not(.ds-tabs){color:var(--ds-used)}"
        '@mediascreen{.ds-link{--ds-used:var(--ds-first);content:"};"}}:root{--ds-first:0;--ds-beside:4}'
    )


def test_nothing_that_is_read_is_missing_from_the_style_but_what_has_a_value_of_its_own_or_is_set_by_nobody() -> None:
    style = static_files()["introstat.css"].content.decode()
    set_here = set(re.findall(r"(--[\w-]+)\s*:", style))
    read = set(re.findall(r"var\(\s*(--ds-color[\w-]+)\s*\)", style))
    assert len(read) > 30
    assert read <= set_here

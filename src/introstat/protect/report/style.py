"""How a report page looks: the desk's colours and type, in one piece so that the file stands alone."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{--ink:#1c2733;--quiet:#51606f;--line:#d5d9dd;--paper:#fff;--ground:#f7f8f8;--mark:#0f5a6b;--other:#d9a441;--bad:#a3261f;color-scheme:light}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:var(--ground);font-family:Figtree,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;line-height:1.55}
header{background:#fbf3df;border-bottom:1px solid #ecdcb3}
.office{margin:0 auto;max-width:62rem;padding:.55rem clamp(1rem,4vw,2rem);font-size:.9rem;color:#5b4513}
main{max-width:62rem;margin:0 auto;padding:2rem clamp(1rem,4vw,2rem) 4rem}
.source{margin:0;color:var(--mark);font-weight:600;overflow-wrap:anywhere}
h1{margin:.1em 0 .5em;font-size:clamp(1.6rem,5vw,2.2rem);font-weight:600;letter-spacing:-.015em;line-height:1.2;text-wrap:balance}
h2{margin:0 0 .4rem;font-size:1.25rem;font-weight:600;letter-spacing:-.01em}
section{margin-top:2.5rem}
.verdict{display:inline-flex;gap:.6em;align-items:baseline;margin:0 0 1.5rem;padding:.45rem .9rem;border-radius:.5rem;font-weight:600;background:#e2f0ee;color:#0c4a44}
.verdict::before{content:"✓"}
.verdict.found{background:#fae6e4;color:var(--bad)}
.verdict.found::before{content:"✗"}
.note{margin:0 0 .8rem;color:var(--quiet);max-width:42rem}
dl{margin:0}dd{margin:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem}
.tiles div{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
.tiles dt{color:var(--quiet);font-size:.9rem;line-height:1.3;min-height:2.6em;margin-bottom:.3rem;display:flex;align-items:end;text-wrap:balance}
.tiles dd{font-size:1.6rem;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums;line-height:1.1}
.tiles small{display:block;margin-top:.35rem;font-size:.85rem;font-weight:400;letter-spacing:0;color:var(--quiet);white-space:nowrap}
.facts{max-width:34rem;background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.35rem 1rem}
.facts div{display:flex;justify-content:space-between;gap:1.5rem;padding:.4rem 0;border-top:1px solid #e9ecee}
.facts div:first-child{border:0}
.facts dt{color:var(--quiet)}
.facts dd{font-weight:600;font-variant-numeric:tabular-nums;text-align:end;overflow-wrap:anywhere}
.scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
.scroll:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{padding:.45rem .9rem;text-align:start;vertical-align:baseline;border-top:1px solid #e9ecee;font-weight:400}
thead th{border:0;border-bottom:1px solid var(--line);color:var(--quiet);font-size:.88rem;vertical-align:bottom;line-height:1.3}
tbody tr:first-child th,tbody tr:first-child td{border-top:0}
.over th{padding-top:1rem;font-weight:600}.over b{font-weight:600}
.number{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .number{white-space:normal}
.key{color:var(--quiet);font-size:.9em}
.bar{display:inline-flex;width:6rem;height:.6rem;margin-inline-end:.5rem;border-radius:.3rem;overflow:hidden;background:#e9ecee}
.bar i{display:block;background:var(--mark)}.bar .other{background:var(--other)}
.swatch{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;margin-inline-end:.4rem;background:var(--mark)}.swatch.other{background:var(--other)}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:0 2rem;align-items:start}
.beside .facts{max-width:none}
td:has(.bar){white-space:nowrap;font-variant-numeric:tabular-nums}
ul{margin:0;padding-inline-start:1.2rem}
.lost{list-style:none;padding:0;display:grid;gap:.35rem}
.lost b{display:inline-block;min-width:4.5rem;font-variant-numeric:tabular-nums}
@media (max-width:30rem){.tiles{grid-template-columns:1fr 1fr}th,td{padding:.4rem .6rem}.lost li{display:grid;grid-template-columns:4.5rem 1fr;gap:.5rem}}
@media print{header,.scroll,.tiles div,.facts{background:none}section{break-inside:avoid}}
"""

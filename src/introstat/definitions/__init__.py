"""What is laid down for a reporting year, as data with references. ``catalogue`` opens the files, nobody else does.

from introstat.definitions.catalogue import definitions_for

d = definitions_for(2016)                     # UnknownYear says which years there are
d.version, d.checksum                         # "2016-1+…" and the sha256 of every data file behind it
d.geography.municipalities(date(2016, 12, 31))
d.geography.county_of("1601", on).code        # "16"
d.geography.find("1736", on).label            # "Snåase – Snåsa"; .norwegian is "Snåsa"
d.region_label("0", on).nb                    # "Hele landet"
d.reasons.published_code("videregaende")      # "2"; None and "" are "8", not registered
d.reasons.counts_as("grunnskole", on)         # Outcome.OTHER
d.reasons.leaves("A", "8")                    # ("1", "2", "8")
d.indicators.result.per_cent(2048, 4469)      # Fraction(46); .exact(…) is unrounded
d.tables["IP102"].contents                    # each with label, unit, definition, and a formula:
                                              # Count(reasons) | Share(indicator) | Places(…)
"""

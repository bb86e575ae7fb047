"""What is laid down for a reporting year, as data with references. ``catalogue`` opens the files, nobody else does.

    from introstat.definitions.catalogue import definitions_for

    d = definitions_for(2016)                     # UnknownYear says which years there are
    d.version, d.checksum                         # "2016-1+…" and the sha256 of every data file behind it
    on = d.year.last_day

Places, from the code lists:

    d.geography.municipalities(on), .counties(on), .districts(on)
    d.geography.county_of("1601", on).code        # "16"
    d.geography.find("1736", on).label            # "Snåase – Snåsa"; .norwegian is "Snåsa"; .names carry language tags
    d.geography.successors("0720", on=date(2017, 1, 1))
    d.region_label("0", on).nb                    # "Hele landet"

Reasons, shares and tables:

    d.reasons.published_code("videregaende")      # "2"; None and "" are "8", not registered
    d.reasons.counts_as("grunnskole", on)         # Outcome.OTHER; LEFT_OUT is out of the statistic
    d.reasons.leaves("A", "8")                    # ("1", "2", "8"); .order is the order of the tables
    d.indicators.result.per_cent(2048, 4469)      # Fraction(46); .exact(…) is unrounded, for ordering and limits
    d.tables["IP102"].contents                    # each with label, unit, definition, and a formula:
                                                  # Count(reasons) | Share(indicator) | Places(…)
    d.tables["IP102"].variable(Role.SEX).codes    # ("0", "1", "2")

Deliveries:

    form = d.form[DeliveryKind.PARTICIPANTS]      # .columns in order, .required, .one_of, .empty_when
    form.column("kjonn")                          # .field "sex", .type, .codes, .law, .default, .label, .help
    d.code_lists["countries"]["ERI"].label.nn     # also sex, law, category, end_type, measures, events, basis …
    d.sex_code("K")                               # "2"

Numbers by date, and protection:

    p = d.parameters(on)                          # typed fields, see parameters.Parameters
    p.target_directly, p.key_figure_ended, p.cutoff.after(d.year), p.length_under("introduksjonsloven")
    d.parameter_book.by_id["target_directly"].series.values   # the history, each value with reference and decided_by
    d.policy(p.protection_default)                # ProtectionPolicy; .result_is_sensitive(reached=4, rest=8)
"""

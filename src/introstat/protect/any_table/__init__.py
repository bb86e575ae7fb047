"""Protection of anybody's table, and the attack on anybody's protected table: `introstat protect` and `introstat attack`.

`specification` reads what is asked and `leaves` the counts; `hierarchy` and `lattice` say which totals there are, `posing`
makes systems of cells of them, `protecting` protects them and `cells` writes what may be seen. The other way: `published`
reads a table as it was published, `margins` and `first_table` find its sums, `recovery` tries to compute what is hidden, and
`derivation` says in words how. What is beside a table: `former` adds an earlier edition to one that is protected and `linking`
another table of the same people, by `ties`; `known` adds both to one that is attacked, and `changes` reads what may have changed.
"""

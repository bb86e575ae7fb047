"""What a reporting year means: forms, indicators, tables, parameters and code lists, as data."""

"""Tables as files that office suites open: CSV, XLSX and ODS, from one description of a table.

Rows are read once, one after the other: a long table is never held in memory. What a person typed stays text, whatever
it begins with.
"""

"""report: results -> the input sheet again, with the result columns beside each row.

`write.write_report` is the way in. Left out: where results come from; the record types of `model` are all it is told.
"""

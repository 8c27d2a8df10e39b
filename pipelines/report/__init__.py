"""The pages of a release: report, card, workbook, dictionary, data quality and lineage."""

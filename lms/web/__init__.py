"""Everything Flask that is nobody's feature: access, transactions, forms, refusals, headers, templates and static files."""

"""The audit trail as auditors read it. It stands above people and agencies, whose names it shows; the entries are written below them."""

"""One encrypted file with everything an installation cannot lose: database, papers, keys and secrets."""

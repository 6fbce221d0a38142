"""Which edition of the notice of what is recorded stands on the site: a new wording is read anew."""

EDITION = "2026-11-22, third"

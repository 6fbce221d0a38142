"""ICE's certifications, authorizations and what limits or ends them, refreshers, complaints, and answers about any moment."""

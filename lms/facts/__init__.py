"""The register of law: each fact with its citation, whether it is settled, and until when it was checked."""

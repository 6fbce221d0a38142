"""Classes, who is enrolled in them, and what each officer has completed."""

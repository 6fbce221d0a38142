"""Training, proctored exams and verifiable certificates for officers under INA section 287(g)."""

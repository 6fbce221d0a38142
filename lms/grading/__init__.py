"""Written answers of exams: marked blind by a rubric, a second marker where it is asked, and when results come out."""

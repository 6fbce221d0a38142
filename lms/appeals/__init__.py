"""After the exam: what officers challenge, what they appeal, and having exams scored again."""

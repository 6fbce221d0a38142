"""The timetable of a class: which day of the course falls on which date, and its parts by the clock."""

"""The reports: which question each answers, who asked it, and what is counted. Pure."""

from typing import Final

from lms.reports.rules import TARGET_DAYS, Column, Filter, Report

OFFICER = Column("officer", "Officer")
AGENCY = Column("agency", "Agency")
STATE = Column("state", "State")
MODEL = Column("model", "Model")
LETTER = Column("letter", "Letter")
EVERY_FILTER: Final = (Filter.DAY, Filter.STATE, Filter.MODEL, Filter.AGENCY)
CERTIFIED: Final = (
    "Certified: the officer's certificate of training counts on that day, and a list of ICE names the officer. A certificate that was "
    "revoked, suspended or replaced, or has ended, does not count."
)
AUTHORIZED: Final = (
    "Authorized: an authorization of ICE is in force on that day. One that has not begun, has ended, is suspended or lies dormant is not."
)
ONCE_FOR_EACH: Final = "An officer who serves two agencies, or under two models, has a row for each."

MAP: Final = Report(
    "map",
    "Participating agencies by State",
    "Where does the program work, and under which models?",
    "8 U.S.C. 1357(g)(1); 8 U.S.C. 1103(a)(10)",
    (
        (
            "Counted are agreements in force on that day: signed, operational, suspended, or with a notice of termination that has not "
            "run. Drafts and ended agreements are not counted."
        ),
        (
            "An agency with agreements under two models counts once for each. Mass influx agreements rest on another authority and have a "
            "column of their own. Territories are in the table, not on the map."
        ),
    ),
    (
        STATE,
        Column("name", "Name"),
        Column("jem", "Jail Enforcement", is_number=True),
        Column("tfm", "Task Force", is_number=True),
        Column("wso", "Warrant Service Officer", is_number=True),
        Column("influx", "Mass influx", is_number=True),
        Column("total", "All", is_number=True),
    ),
    (Filter.DAY, Filter.MODEL, Filter.STATE),
    "",
    per_page=60,
)
AGREEMENTS: Final = Report(
    "agreements",
    "Agreements in force",
    "Which agencies have an agreement, under which model, since when?",
    "8 U.S.C. 1357(g)(1); 8 U.S.C. 1103(a)(10)",
    ("Counted are agreements that are signed, operational, suspended, or with a notice of termination that has not run on that day.",),
    (
        AGENCY,
        STATE,
        MODEL,
        Column("component", "Component"),
        Column("contingency", "Contingency"),
        Column("standing", "State of the agreement"),
        Column("signed_on", "Signed"),
    ),
    EVERY_FILTER,
    "No agreement is in force that matches.",
)
ROSTER: Final = Report(
    "roster",
    "Roster on a date",
    "Who was certified and who was authorized on a date?",
    "8 U.S.C. 1357(g)(2)",
    (CERTIFIED, AUTHORIZED, ONCE_FOR_EACH),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        Column("certificate", "Certificate"),
        Column("certified_since", "Certified since"),
        LETTER,
        Column("authorized_since", "Authorized since"),
        Column("authorized_until", "Authorized until"),
    ),
    (*EVERY_FILTER, Filter.STANDING),
    "Nobody was certified or authorized that day, as far as it matches.",
)
COMPLIANCE: Final = Report(
    "compliance",
    "Compliance with training",
    "What share of agencies and officers is in compliance with the training requirement?",
    "GAO-21-186",
    (
        (
            "Officers, the denominator: everybody who is certified, or holds authority that has begun and not ended, on that day. "
            "Authority that is suspended or dormant counts, so that nobody leaves the count by being suspended."
        ),
        (
            "Officers in compliance, the numerator: of these, whose certificate of training counts, whom ICE's list names, and who owe no "
            "further training that was due before that day. Training that ICE waived is not owed."
        ),
        "Agencies in compliance: agencies all of whose officers are in compliance, of agencies with at least one such officer.",
        "An officer who serves two agencies counts in each of them and once in the total. Percentages are cut, never rounded up.",
    ),
    (
        AGENCY,
        STATE,
        Column("officers_in_compliance", "Officers in compliance", is_number=True),
        Column("officers", "Officers", is_number=True),
        Column("percent", "Percent", is_number=True),
        Column("agency_in_compliance", "Agency in compliance"),
    ),
    EVERY_FILTER,
    "No agency has an officer who is certified or holds authority that day, as far as it matches.",
)
OVERDUE: Final = Report(
    "overdue",
    "Overdue training",
    "Whose required training is overdue, and by how many days?",
    "OIG-18-77",
    (
        (
            "Further training: a refresher, update or review under authority that has not ended, due before that day, and neither done nor "
            "waived by then."
        ),
        (
            "Training in a class: the class is over, and the officer neither withdrew nor has a certificate from it. Who was disqualified "
            "is among them until withdrawn."
        ),
    ),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        Column("kind", "Kind"),
        Column("training", "Training"),
        Column("due_on", "Due"),
        Column("days_overdue", "Days overdue", is_number=True),
    ),
    EVERY_FILTER,
    "No training is overdue that day, as far as it matches.",
)
CERTIFIED_ONLY: Final = Report(
    "certified-not-authorized",
    "Certified, but not authorized",
    "Who has finished the training and may not act yet?",
    "8 U.S.C. 1357(g)(2) and (5); OIG-18-77",
    (
        CERTIFIED,
        "Not authorized: no authorization that rests on this training is in force that day. The last column says what there is.",
    ),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        Column("certificate", "Certificate"),
        Column("certified_since", "Certified since"),
        Column("days", "Days since", is_number=True),
        Column("authorization", "Authorization"),
    ),
    EVERY_FILTER,
    "Everybody who is certified is authorized that day, as far as it matches.",
)
AUTHORIZED_ONLY: Final = Report(
    "authorized-not-certified",
    "Authorized, but not certified",
    "Does anybody hold authority without counting as trained? There must be nobody.",
    "8 U.S.C. 1357(g)(2); Santos v. Frederick County Bd. of Comm'rs, 725 F.3d 451 (4th Cir. 2013)",
    (AUTHORIZED, "Not certified: no certificate of the training that the authorization rests on counts that day, or no list names it."),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        LETTER,
        Column("authorized_since", "Authorized since"),
        Column("certificate", "Certificate it rests on"),
    ),
    EVERY_FILTER,
    "Nobody is authorized without being certified, as it must be.",
)
CLASSES: Final = Report(
    "classes",
    "Classes",
    "What did each class come to: who started, passed, was offered a retake, was disqualified, withdrew?",
    "Training summaries of the program, class by class; OIG-18-77",
    (
        "Classes that had begun on that day, as their officers stand at that moment by what is recorded now.",
        "Passed is only who completed every lesson, every hour and every exam. Started is everybody who ever began, however it ended.",
    ),
    (
        Column("class", "Class"),
        Column("title", "Title"),
        MODEL,
        Column("first_day", "First day"),
        Column("last_day", "Last day"),
        Column("enrolled", "Enrolled", is_number=True),
        Column("started", "Started", is_number=True),
        Column("passed", "Passed", is_number=True),
        Column("retake", "Retake offered", is_number=True),
        Column("disqualified", "Disqualified", is_number=True),
        Column("withdrew", "Withdrew", is_number=True),
    ),
    (Filter.DAY, Filter.MODEL),
    "No class had begun that day, as far as it matches.",
    per_page=10,
    most=500,
)
TIMES: Final = Report(
    "times",
    "From nomination to work",
    "How long does it take from a nomination to the list of ICE, and to the authorization?",
    "OIG-18-77",
    (
        (
            "Counted are nominations whose nominee has been named on a list of ICE or authorized by that day, from the day on which the "
            "nomination was recorded. Those who still wait are not among them."
        ),
        f"{TARGET_DAYS} days is the target that OIG-18-77 reports for equipping new participants, taken here as a yardstick for people.",
    ),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        Column("nominated_on", "Nominated"),
        Column("certified_on", "Certified"),
        Column("days_to_certified", "Days", is_number=True),
        Column("authorized_on", "Authorized"),
        Column("days_to_authorized", "Days in all", is_number=True),
    ),
    EVERY_FILTER,
    "Nobody has come from a nomination to the list of ICE by that day, as far as it matches.",
)
EXPIRING: Final = Report(
    "expiring",
    "Authority that ends soon",
    "Whose authority ends by itself within 90, 60 and 30 days?",
    "Task Force Model agreement of 2025: authority ends after two years",
    ("Counted is authority that has begun and not ended on that day, suspended or not, and that names its end.",),
    (
        OFFICER,
        AGENCY,
        STATE,
        MODEL,
        LETTER,
        Column("ends_on", "Ends"),
        Column("days_left", "Days left", is_number=True),
        Column("standing", "Now"),
    ),
    EVERY_FILTER,
    "No authority ends within 90 days of that day, as far as it matches.",
)
AFTER_ACTION: Final = Report(
    "after-action",
    "Mass influx, after action",
    "Who was called up with less training than prescribed, under which order, what did they hold, and what do they still owe?",
    "28 CFR 65.84(a)(4)",
    (
        (
            "Counted are officers whom an order on training covers that a second person had confirmed by that day, once for each order. "
            "Drills are in the table, marked, and in no share."
        ),
        (
            "Stands as: what the officer may be taken for on that day. A certificate of shortened or waived training ends with its order, "
            "and with the declaration at the latest; what was left out stays owed until the whole course is certified."
        ),
        "Authorized: a letter of authority under the agreement by which the order covers the officer, begun by that day.",
        "Which modules are owed, and in which class they were taken, stands in the list of debts of each declaration.",
    ),
    (
        OFFICER,
        AGENCY,
        STATE,
        Column("declaration", "Declaration"),
        Column("stands_as", "Stands as"),
        Column("certificate", "Certificate under the order"),
        Column("subjects_missing", "Subjects missing"),
        Column("owed", "Still owed"),
        Column("minutes_owed", "Minutes owed", is_number=True),
        Column("full_certificate", "Full certificate"),
        Column("authorized_since", "Authorized since"),
    ),
    (Filter.DAY, Filter.STATE, Filter.AGENCY),
    "No order on training had been confirmed by that day, as far as it matches.",
)
CATALOGUE: Final = {
    report.id: report
    for report in (MAP, AGREEMENTS, ROSTER, COMPLIANCE, OVERDUE, CERTIFIED_ONLY, AUTHORIZED_ONLY, CLASSES, TIMES, EXPIRING, AFTER_ACTION)
}
"""Every report by the name that its address has, in the order in which they are offered."""

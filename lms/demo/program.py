"""Filling a site with the demonstration once, and telling who is in it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TypedDict

from lms.accounts.factor_rules import grouped
from lms.certificates import queries as certificates
from lms.certificates.numbers import display
from lms.demo.cast import CAST, PASSWORD, RECORD
from lms.demo.filling import Filling
from lms.web.site import Site


class Account(TypedDict):
    """A person of the demonstration and how to sign in as them. Empty where there is nothing to say."""

    role: str
    agency: str
    user: str
    password: str
    totp: str


class Paper(TypedDict):
    """A certificate of the demonstration."""

    number: str
    status: str


class Program(TypedDict):
    """Everything that scripts need to know of a demonstration."""

    accounts: list[Account]
    certificates: list[Paper]


def fill(site: Site, *, say: Callable[[str], None]) -> Program:
    """Fill `site` unless that was done before, and tell its people and papers. A second start tells the same."""
    if not (site.settings.data / RECORD).exists():
        say("Filling the demonstration with a fictional program: less than half a minute.")
        Filling(site, start=site.clock.now() - timedelta(days=24)).fill()
        (site.settings.data / RECORD).write_text(json.dumps([member.email for member in CAST]), encoding="utf-8")
    people_of_it: list[Account] = [
        {"role": member.role, "agency": member.agency, "user": member.email, "password": PASSWORD, "totp": member.totp} for member in CAST
    ]
    with site.database.reading() as session:
        papers = certificates.certificates(session)
    now = site.clock.now()
    return {"accounts": people_of_it, "certificates": [{"number": one.number, "status": one.status(now)} for one in papers]}


def told(program: Program) -> str:
    """The people and papers of the demonstration, as they are printed for whoever started it."""
    people = [f"  {member.role:<15} {member.email:<36} {member.agency:<33} {member.stage}".rstrip() for member in CAST]
    papers = [f"  {display(paper['number']):<24} {paper['status']}" for paper in program["certificates"]]
    heading = f"\nThe people of the demonstration. Everyone's password is: {PASSWORD}\n"
    codes = [f"  {member.email:<36} {grouped(member.totp)}" for member in CAST if member.totp]
    second = "\nStaff are asked for a code as well. The page that asks for it shows it here; for a code app of your own, the keys are:\n"
    return "\n".join([heading, *people, second, *codes, "\nIts certificates, to check at /verify:\n", *papers, ""])

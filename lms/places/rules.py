"""The States, territories and counties of the United States with their FIPS codes. Pure: a table that ships with the product.

A State's code has two digits, a county's five, of which the first two are its State's (ANSI INCITS 31 and 38). Names and codes are those of
the Census Bureau's cartographic boundary files of 2017; Connecticut's are its eight former counties, by which agreements name places there.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class State:
    """A State, the District of Columbia or a territory. `fips` has two digits, `postal` two letters."""

    fips: str
    postal: str
    name: str


@dataclass(frozen=True, slots=True)
class County:
    """A county, or what stands in for one (parish, borough, independent city). `fips` has five digits."""

    fips: str
    name: str
    state: State

    @property
    def label(self) -> str:
        """The county with its State, as pages name it."""
        return f"{self.name}, {self.state.postal}"


STATES: Final = tuple(
    State(*line.split("|"))
    for line in """01|AL|Alabama
02|AK|Alaska
04|AZ|Arizona
05|AR|Arkansas
06|CA|California
08|CO|Colorado
09|CT|Connecticut
10|DE|Delaware
11|DC|District of Columbia
12|FL|Florida
13|GA|Georgia
15|HI|Hawaii
16|ID|Idaho
17|IL|Illinois
18|IN|Indiana
19|IA|Iowa
20|KS|Kansas
21|KY|Kentucky
22|LA|Louisiana
23|ME|Maine
24|MD|Maryland
25|MA|Massachusetts
26|MI|Michigan
27|MN|Minnesota
28|MS|Mississippi
29|MO|Missouri
30|MT|Montana
31|NE|Nebraska
32|NV|Nevada
33|NH|New Hampshire
34|NJ|New Jersey
35|NM|New Mexico
36|NY|New York
37|NC|North Carolina
38|ND|North Dakota
39|OH|Ohio
40|OK|Oklahoma
41|OR|Oregon
42|PA|Pennsylvania
44|RI|Rhode Island
45|SC|South Carolina
46|SD|South Dakota
47|TN|Tennessee
48|TX|Texas
49|UT|Utah
50|VT|Vermont
51|VA|Virginia
53|WA|Washington
54|WV|West Virginia
55|WI|Wisconsin
56|WY|Wyoming
60|AS|American Samoa
66|GU|Guam
69|MP|Northern Mariana Islands
72|PR|Puerto Rico
78|VI|U.S. Virgin Islands""".splitlines()
)
"""The 50 States, the District of Columbia and the five territories, by code."""

BY_POSTAL: Final = {state.postal: state for state in STATES}
BY_FIPS: Final = {state.fips: state for state in STATES}


@cache
def counties() -> dict[str, County]:
    """Every county by its five digits, in the order of the codes."""
    text = files("lms.places").joinpath("counties.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["fips"]: County(row["fips"], row["name"], BY_FIPS[row["fips"][:2]]) for row in rows}


def counties_of(postal: str) -> tuple[County, ...]:
    """The counties of a State by name, for people to choose from. An unknown State has none."""
    mine = (county for county in counties().values() if county.state.postal == postal)
    return tuple(sorted(mine, key=lambda county: county.name))

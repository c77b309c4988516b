"""Terms for events, after the OASIS Event Terms List: the term, and the CAP category it belongs to first.

A term names a kind of event in every language, and is what subscribers choose hazards by; the word that people read
stands in `event`. The list numbers its terms too. Only numbers that were checked against published use stand in
CODES, and only those are written into `eventCode`: a wrong number would name another event to a program.
"""

from __future__ import annotations

from typing import NamedTuple

VALUE_NAME = "OET:v1.2"
"""The valueName of a code of the list in CAP's eventCode."""
CODES: dict[str, str] = {"flood": "OET-081", "snow": "OET-184"}


class Term(NamedTuple):
    """An event: its key in requests, what it is called, and the CAP category it belongs to first."""

    key: str
    term: str
    category: str

    @property
    def code(self) -> str | None:
        """The number in the OASIS list, where it is known for certain."""
        return CODES.get(self.key)


def key_of(term: str) -> str:
    """The term as a key: `flash flood` is `flash-flood`."""
    return "-".join(term.lower().split())


TERMS: tuple[Term, ...] = tuple(
    Term(key_of(term), term, category)
    for term, category in (
        line.split("|")
        for line in """\
active shooter|Safety
air hazard|Met
air quality|Env
air search|Rescue
air stagnation|Met
aircraft crash|Transport
aircraft incident|Transport
airport closure|Transport
airspace closure|Transport
airport lightning threat|Met
airport thunderstorm threat|Met
animal disease|Health
animal feed|Health
animal health|Health
arctic outflow|Met
ashfall|Geo
avalanche|Geo
aviation security|Security
beach hazard|Safety
biological|CBRNE
blizzard|Met
blood supply|Health
blowing dust|Met
blowing snow|Met
bomb threat|Security
bridge closure|Transport
bridge collapse|Infra
building collapse|Infra
building structure hazard|Infra
bush fire|Fire
chemical fire|Fire
chemical hazard|CBRNE
chemical spill|CBRNE
child abduction|Rescue
civil emergency|Security
civil protest|Security
coastal flood|Met
cold weather|Met
contagious disease|Health
cyber crime|Security
cybersecurity|Security
dam break|Infra
dangerous animal|Safety
debris flow|Geo
demonstration|Security
dense fog|Met
dense smoke|Env
diplomatic|Security
drinking water|Health
drought|Met
drug safety|Health
drug supply|Health
dust storm|Met
earthquake|Geo
electronic infrastructure|Infra
emergency responder incident|Rescue
emergency responder threat|Rescue
emergency support facilities incident|Rescue
emergency support services incident|Rescue
emergency telephone outage|Infra
environmental|Env
explosion threat|Security
falling object|Safety
fire|Fire
flash flood|Met
flash freeze|Met
flood|Met
fog|Met
food contamination|Health
food safety|Health
food supply|Health
forest fire|Fire
freeze|Met
freezing drizzle|Met
freezing rain|Met
freezing spray|Met
frost|Met
fuel supply|Infra
geophysical|Geo
grass fire|Fire
hail|Met
hazardous seas|Met
health|Health
heat|Met
heat and humidity|Met
heating oil supply|Infra
high seas|Met
high surf|Met
high tide|Met
high water level|Met
home crime|Security
humidity|Met
hurricane|Met
ice|Met
ice pressure|Met
ice storm|Met
iceberg|Met
industrial crime|Security
industrial facility|Infra
industrial fire|Fire
infrastructure|Infra
internet service|Infra
lake effect snow|Met
lake wind|Met
landslide|Geo
law enforcement|Security
lightning|Met
limited visibility|Met
low tide|Met
low water level|Met
low water pressure|Infra
marine|Met
marine security|Security
medical evacuation|Rescue
meteor|Geo
meteorological|Met
missing person|Rescue
mudslide|Geo
natural gas|Infra
network message notification|Other
nuclear power plant|CBRNE
oil leak|Env
oil spill|Env
other non-urgent alerts|Other
pipeline rupture|Infra
plant health|Env
plant infectious disease|Env
product safety|Safety
public facility|Infra
public health|Health
public transit|Transport
pyroclastic flow|Geo
pyroclastic surge|Geo
radiological|CBRNE
railway|Transport
rainfall|Met
rapid closure of pack ice|Met
rescue|Rescue
retail crime|Security
rip current|Met
road closure|Transport
rogue waves|Met
safety|Safety
sanitation|Health
school bus|Transport
school closing|Safety
school lockdown|Safety
security|Security
sewer system|Infra
shoreline threat|Met
sinkhole|Geo
sleet|Met
smog|Env
snow|Met
snowfall|Met
snow squall|Met
space weather|Met
squall|Met
storm|Met
storm drain|Infra
storm surge|Met
structure fire|Fire
subzero temperature|Met
telephone service|Infra
temperature|Met
terrorism|Security
test|Other
thunderstorm|Met
tornado|Met
traffic|Transport
train crash|Transport
transportation|Transport
tropical cyclone|Met
tropical depression|Met
tropical storm|Met
tsunami|Geo
typhoon|Met
ultraviolet|Met
utility outage|Infra
vehicle crime|Security
volcano|Geo
volcanic ash|Geo
waste management|Infra
water main break|Infra
waterspout|Met
water|Infra
wild fire|Fire
wind|Met
wind chill|Met
winter storm|Met
winter weather|Met
workplace|Safety
""".splitlines()
    )
)
TERM_OF: dict[str, Term] = {term.key: term for term in TERMS}


def hazard_of(key: str | None, event: str) -> str:
    """What the event is called between programs: the term's key, else its own word in lower case."""
    return key or key_of(event)[:80] or "unknown"

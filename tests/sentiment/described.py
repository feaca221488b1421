"""Topics and attributes that the tests here ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    """A topic or attribute as config has it."""

    id: str
    name: str
    description: str


TOPICS = (
    Described("delivery", "Delivery", "The order or parcel came late, never arrived, or was left in the wrong place."),
    Described("billing", "Billing", "Charged twice, charged the wrong amount, or a mistake on the bill or invoice."),
    Described("app", "App", "The app or website crashes, freezes, shows errors, or cannot log in."),
    Described("staff", "Staff", "Employees, drivers or agents were rude, unfriendly, unhelpful or disrespectful."),
)
ATTRIBUTES = (
    Described("fast", "Fast", "Delivery is fast and on time, the order arrives quickly."),
    Described("friendly", "Friendly", "The people are friendly, kind and helpful."),
)

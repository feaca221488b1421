"""Say in words what the labels of the labelled sets mean, for training texts to lie near their descriptions."""

import re

from sentiment.training.own import own_descriptions

# Several wordings a label, drawn at random, so that the encoder learns what is meant and not one phrase.
# The airlines' reasons are left out on purpose: they judge label sets never seen.
WORDINGS: dict[str, tuple[str, ...]] = {
    "food": ("food", "the food and how it tastes", "dishes, meals and flavours"),
    "food quality": ("food quality", "how good or bad the food tastes", "fresh and tasty food"),
    "food general": ("food", "the food product itself"),
    "food prices": ("food prices", "what the food costs"),
    "food style options": ("choice of food", "portions, variety and kinds of food"),
    "drinks quality": ("drinks", "how good the drinks, wine or coffee are"),
    "service": ("service", "how guests were served", "speed and friendliness of the service"),
    "service general": ("service", "how staff served and treated customers", "rude, slow or helpful service"),
    "staff": ("staff", "friendly or rude employees", "how the staff behave"),
    "price": ("price", "what it costs, value for money", "too expensive or cheap"),
    "price price": ("price", "how expensive or cheap it is"),
    "price value for money": ("value for money", "whether it is worth the price"),
    "value": ("value for money", "price of the stay", "is it worth the money"),
    "restaurant prices": ("prices", "what a meal costs, the bill"),
    "ambience": ("ambience", "atmosphere, decor and noise"),
    "ambience general": ("ambience", "atmosphere, music and decor"),
    "place": ("the place", "room, seats and location"),
    "menu": ("the menu", "what is offered on the menu"),
    "location": ("location", "where it is, how to get there"),
    "location general": ("location", "where it is and what is near"),
    "cleanliness": ("cleanliness", "clean or dirty rooms"),
    "rooms cleanliness": ("cleanliness of the room", "dirty or clean room and bathroom"),
    "comfort": ("comfort", "beds, space, noise and sleep"),
    "amenities": ("amenities", "breakfast, pool, parking and facilities"),
    "wifi": ("wifi", "internet connection", "slow or broken wifi"),
    "logistics speed": ("delivery speed", "fast or slow delivery", "how long shipping took"),
    "logistics lost and damaged": ("parcel lost or damaged", "arrived broken or never arrived"),
    "seller service attitude": ("attitude of the seller", "rude or friendly customer service"),
    "seller service timeliness of seller service": ("support wait", "how quickly customer service answers"),
    "after-sales service exchange warranty return": ("refund, return and warranty", "sending a product back"),
    "shipment delivery": ("delivery", "shipping and delivery of the order"),
    "shipment quality": ("packaging", "state of the parcel on arrival"),
    "support": ("customer support", "help desk and repair service"),
    "product quality": ("product quality", "well or badly made, faulty product"),
    "battery longevity battery life": ("battery life", "how long the battery lasts"),
    "bug report": ("bug report", "app crashes, errors and things that stopped working", "app does not work"),
    "requirement": ("feature request", "asking for a change or a new feature"),
    "request refund": ("asking for a refund", "getting money back"),
    "refund not showing up": ("refund has not arrived", "waiting for a refund"),
    "terminate account": ("closing the account", "cancelling"),
    "debt collection": ("debt collection", "calls and letters from a debt collector"),
    "mortgage": ("mortgage", "home loan and house payments"),
    "consumer loan": ("consumer loan", "car loan and instalments"),
    "credit reporting, repair, or other": ("credit report", "wrong entries on a credit report"),
}
_UNNAMEABLE = {"other", "miscellaneous", "anecdotes miscellaneous", "restaurant miscellaneous", "overall overall"}


def wordings(label: str) -> tuple[str, ...]:
    """Return what a label may be described as: the table's wordings, else its own name; () for catch-alls."""
    if label in own_descriptions():
        return own_descriptions()[label]
    name = re.sub(r"[#_/|]+", " ", label.lower()).strip(" ?")
    if name in _UNNAMEABLE:
        return ()
    short = re.sub(r" general$", "", name)
    return WORDINGS.get(name) or WORDINGS.get(short) or (short,)

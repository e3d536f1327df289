"""Reminders: what is to be said to whom, and how it gets there."""

from workflow.reminders.addresses import Address, addresses, forget, set_address
from workflow.reminders.delivery import Delivered, deliver
from workflow.reminders.feed import feed
from workflow.reminders.message import ChannelFault, Letter, Message
from workflow.reminders.notices import Notice, post
from workflow.reminders.outbox import Undelivered, Unreached, again, outbox, unreached
from workflow.reminders.purging import Purged, purge
from workflow.reminders.ticking import Ticked, tick

__all__ = [
    "Address",
    "ChannelFault",
    "Delivered",
    "Letter",
    "Message",
    "Notice",
    "Purged",
    "Ticked",
    "Undelivered",
    "Unreached",
    "addresses",
    "again",
    "deliver",
    "feed",
    "forget",
    "outbox",
    "post",
    "purge",
    "set_address",
    "tick",
    "unreached",
]

"""Reminders: what is to be said to whom, and how it gets there."""

from workflow.reminders.addresses import Address, addresses, forget, set_address
from workflow.reminders.delivery import Delivered, deliver
from workflow.reminders.message import ChannelFault, Letter, Message
from workflow.reminders.notices import Notice, post
from workflow.reminders.outbox import Undelivered, again, outbox

__all__ = [
    "Address",
    "ChannelFault",
    "Delivered",
    "Letter",
    "Message",
    "Notice",
    "Undelivered",
    "addresses",
    "again",
    "deliver",
    "forget",
    "outbox",
    "post",
    "set_address",
]

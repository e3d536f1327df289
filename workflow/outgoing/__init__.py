"""Events to other systems: what the ledger holds goes out as CloudEvents over signed webhooks."""

from workflow.outgoing.cloudevents import TYPE, cloud_event, source
from workflow.outgoing.exposed import KINDS
from workflow.outgoing.letters import DeadLetter, dead, replay
from workflow.outgoing.sending import Sent, send
from workflow.outgoing.signature import verify_signature
from workflow.outgoing.subscriptions import Standing, Stuck, Subscription, subscribe, subscriptions, unsubscribe
from workflow.outgoing.targets import Target, from_environment

__all__ = [
    "KINDS",
    "TYPE",
    "DeadLetter",
    "Sent",
    "Standing",
    "Stuck",
    "Subscription",
    "Target",
    "cloud_event",
    "dead",
    "from_environment",
    "replay",
    "send",
    "source",
    "subscribe",
    "subscriptions",
    "unsubscribe",
    "verify_signature",
]

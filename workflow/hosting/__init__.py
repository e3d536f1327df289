"""What a host application needs besides the engine: commands from coroutines, many in one commit; its own database connection, lent."""

from workflow.hosting.asynchronous import AsyncCampaign
from workflow.hosting.borrowed import borrowed
from workflow.hosting.groups import group

__all__ = ["AsyncCampaign", "borrowed", "group"]

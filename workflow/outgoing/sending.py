"""From the ledger to other systems: at least once, and each stream in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import field, frozen

from workflow.errors import Misuse
from workflow.leases import holder
from workflow.outgoing.cloudevents import source
from workflow.outgoing.courier import Courier
from workflow.outgoing.course import Course
from workflow.outgoing.subscriptions import subscriptions
from workflow.outgoing.targets import Target
from workflow.progress import Progress, silent
from workflow.store import Store
from workflow.texts import Text

Now = Callable[[], datetime]

_REHEARSAL = "SELECT 1 FROM workflow_meta WHERE name = 'rehearsal' AND value = '1'"


@frozen(kw_only=True)
class Sent:
    """What one run came to: events `sent`, answers that `failed`, events given up (`dead`), and all that are `waiting` now.

    `faults` has the last fault of each subscription that had one; at those that are `busy` another process is at work; those that
    are `not_set_up` have no target.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    waiting: int = 0
    faults: Mapping[str, Text] = field(factory=dict)
    busy: tuple[str, ...] = ()
    not_set_up: tuple[str, ...] = ()


def send(store: Store, now: Now, targets: Mapping[str, Target], progress: Progress = silent) -> Sent:
    """Send what other systems have not been sent yet, once; any number of processes may do so at the same time.

    `targets` says by the name of each subscription where its events go. An event of a stream goes out only when all earlier ones of
    that stream were taken or given up. A receiver that is down is left alone for a while, as is a stream it does not take; an event
    that is refused again and again is given up. `now` is asked anew for every event; `progress(done, due)` is called for each.
    Raises `Misuse` inside a transaction (nothing is sent that may yet be taken back), and in a rehearsal: it tells nobody.
    """
    if store.in_transaction:
        raise Misuse(Text.of("events are sent outside of transactions only", "不能在事务内发送事件"))
    if store.row(_REHEARSAL) is not None:
        raise Misuse(Text.of("a rehearsal tells no other system", "演练不向其他系统发送事件"), "rehearsal")
    known = subscriptions(store)
    chosen = [each for each in known if each.name in targets]
    total = sum(each.waiting for each in chosen)
    couriers: dict[str, Courier] = {}

    def done() -> None:
        tried = sum(each.sent + each.failed for each in couriers.values())
        progress(tried, max(tried, total))

    me, where = holder(), source(store) if chosen else ""
    for each in chosen:
        courier = Courier(Course(store, each.name, me), where, now, targets[each.name], done)
        couriers[each.name] = courier
        courier.go()
    return Sent(
        sent=sum(each.sent for each in couriers.values()),
        failed=sum(each.failed for each in couriers.values()),
        dead=sum(each.dead for each in couriers.values()),
        waiting=sum(each.waiting for each in subscriptions(store)),
        faults={name: each.fault for name, each in couriers.items() if each.fault is not None},
        busy=tuple(name for name, each in couriers.items() if each.busy),
        not_set_up=tuple(each.name for each in known if each.name not in targets),
    )

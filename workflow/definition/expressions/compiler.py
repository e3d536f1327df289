"""From a syntax tree to closures, with types checked on the way. The allow-list is what `typed`, `clause` and `call` match."""

from __future__ import annotations

from workflow.definition.expressions.calls import Calls
from workflow.definition.expressions.conditions import Conditions
from workflow.definition.expressions.hosted import Hosted
from workflow.definition.expressions.values import Values


class Compiler(Conditions, Values, Calls, Hosted):
    """Compiles one expression."""

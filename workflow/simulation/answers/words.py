"""What the parts of a simulation are called, in one language."""

from __future__ import annotations

from typing import Self

from attrs import frozen

from workflow.definition.model import Definition
from workflow.simulation.answers.model import Answers
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

BATCH = Text.of("batch {batch}", "第 {batch} 批")
ALL = Text.of("all batches", "全部批次")
FINISHED = Text.of("finished", "结束")
OTHER = Text.of("other", "其他")
NO_GROUP = Text.of("no group", "未编组")


@frozen
class Names:
    """The parts of one simulation's answers."""

    voice: Voice
    answers: Answers

    @classmethod
    def of(cls, definition: Definition, answers: Answers, lang: str) -> Self:
        return cls(Voice(definition, lang), answers)

    def say(self, text: Text, /, **values: object) -> str:
        return self.voice.say(text, **values)

    def title(self, name: str) -> str:
        return self.say(OTHER) if name == "other" else self.say(self.answers.title(name))

    def batch(self, batch: str | None) -> str:
        return self.say(ALL) if batch is None else self.say(BATCH, batch=batch)

    def stage(self, stage: str | None) -> str:
        return self.say(FINISHED) if stage is None else self.title(stage)

    def group(self, group: str | None) -> str:
        return group or self.say(NO_GROUP)

    def server(self, capacity: str, group: str | None) -> str:
        return self.title(capacity) if group is None else f"{self.title(capacity)} {group}"

    def branches(self, n: int) -> str:
        noun = self.voice.branch if n == 1 else self.voice.plural(self.voice.branch)
        return f"{n:,} 个{noun}" if self.voice.lang == "zh" else f"{n:,} {noun}"

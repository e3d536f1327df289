"""What the parts of a simulation are called, in one language."""

from __future__ import annotations

from typing import Self

from attrs import frozen

from workflow.definition.model import Definition
from workflow.simulation.answers.model import Answers
from workflow.texts import Text
from workflow.verdicts.render.voice import Voice

BATCH, NAMED_BATCH = Text.of("batch {batch}", "第 {batch} 批"), Text.of("batch {batch}", "批次 {batch}")
ALL = Text.of("all batches", "全部批次")
FINISHED = Text.of("finished", "结束")
OTHER = Text.of("other", "其他")
NO_GROUP = Text.of("no group", "未编组")
NO_BRANCHES = Text.of("There are no {nouns} in {batch}.", "{batch}没有{noun}。")
_COUNTED = Text.of("{n} {noun}", "{n} 个{noun}")


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

    def worded(self, text: Text, /, **values: object) -> str:
        """A sentence in the definition's words for branches and their members: see `nouns`."""
        return self.say(text, **nouns(self.voice), **values)

    def title(self, name: str) -> str:
        return self.say(OTHER) if name == "other" else self.say(self.answers.title(name))

    def batch(self, batch: str | None) -> str:
        """Numbered, or by its name."""
        if batch is None:
            return self.say(ALL)
        return self.say(BATCH if batch.isdecimal() else NAMED_BATCH, batch=batch)

    def is_empty(self, batch: str | None) -> bool:
        """Whether none of the branches is in this batch."""
        return batch is not None and all(span.batch != batch for span in self.answers.batches)

    def stage(self, stage: str | None) -> str:
        return self.say(FINISHED) if stage is None else self.title(stage)

    def group(self, group: str | None) -> str:
        return group or self.say(NO_GROUP)

    def server(self, capacity: str, group: str | None) -> str:
        return self.title(capacity) if group is None else f"{self.title(capacity)} {group}"

    def branches(self, n: int) -> str:
        return branches(self.voice, n)


def nouns(voice: Voice) -> dict[str, str]:
    """What `{noun}` and `{nouns}` stand for, a branch and several, and `{persons}`, their members."""
    member = voice.say(voice.definition.member_label)
    return {"noun": voice.branch, "nouns": voice.plural(voice.branch), "persons": voice.plural(member)}


def branches(voice: Voice, n: int) -> str:
    """So many, in the definition's word."""
    return voice.say(_COUNTED, n=f"{n:,}", noun=voice.branch if n == 1 else voice.plural(voice.branch))

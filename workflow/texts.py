"""Texts people read, in every language they exist in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

LANGUAGES = ("en", "zh")


@frozen
class Text:
    """One sentence in one or more languages.

    `by_language` maps a language code ("en", "zh", ...) to the sentence. Asked for a language it lacks, a text answers in
    the first one it has: an explanation in the wrong language is better than none.
    """

    by_language: Mapping[str, str] = field(hash=False)

    @classmethod
    def of(cls, en: str, zh: str) -> Text:
        return cls({"en": en, "zh": zh})

    @classmethod
    def same(cls, text: str) -> Text:
        """A text that needs no translation (a name, an id, a figure)."""
        return cls({"": text})

    def say(self, lang: str, **values: object) -> str:
        """The sentence in `lang`, with `{name}` replaced from `values`; values that are texts are said in `lang` too."""
        found = self.by_language.get(lang)
        if found is None:
            found = next(iter(self.by_language.values()), "")
        if not values:
            return found
        return found.format_map({k: v.say(lang) if isinstance(v, Text) else v for k, v in values.items()})

    def filled(self, **values: object) -> Text:
        """The same text with `{name}` replaced from `values`, in every language."""
        return Text({lang: self.say(lang, **values) for lang in self.by_language})

    def __str__(self) -> str:
        return self.say("en")


def counted(number: int, one: str, many: str = "") -> str:
    """An English count: `1 branch`, `782 branches`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def humanise(identifier: str) -> Text:
    """What is shown for an id without a title: the id with blanks."""
    return Text.same(identifier.replace("_", " "))

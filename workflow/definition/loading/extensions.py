"""What a definition calls on of its host: nothing that the host has not registered, in the version the definition names."""

from __future__ import annotations

from workflow.definition.extensions import Extension, Extensions, HostValidator
from workflow.definition.loading.draft import Draft
from workflow.definition.loading.faults import Path
from workflow.errors import did_you_mean
from workflow.texts import Text

Found = dict[str, Extension]


def extensions(draft: Draft, registered: Extensions) -> Found:
    """Those the definition declares, in its order; one that is not registered is reported, and what calls it is left alone."""
    found: Found = {}
    for path, name, version in draft.entries(("extensions",)):
        item = registered.find(name, version)
        if item is None:
            en, zh = registered.hint.say("en"), registered.hint.say("zh")
            draft.fault(path, f"there is no extension {name} {version}; {en}", f"没有扩展 {name} {version}；{zh}", "extension", key=True)
            draft.shape.names.add(name)
            draft.shape.gone.add(path)
            continue
        found[name] = item
        texts = [item.title, *([item.explanation] if hasattr(item, "explanation") else [])]
        missing = [lang for lang in draft.languages if not all(_speaks(text, lang) for text in texts)]
        if missing:
            en = f"the texts of {name} are missing in {', '.join(missing)}: register it with them"
            draft.fault(path, en, f"{name} 缺少 {'、'.join(missing)} 文本：请补上后登记", "language", key=True)
    return found


def check_validators(draft: Draft, found: Found) -> None:
    """What checks a record must be declared, and be there for that."""
    for path, _, value in draft.entries(("records",)):
        if value.get("validate") is not None:
            named(draft, (*path, "validate"), found, HostValidator, "validator of records", "记录校验")


def named(draft: Draft, path: Path, found: Found, kind: type[Extension], en: str, zh: str) -> Extension | None:
    """The extension of a kind that is named at a path; None, once reported, where there is none."""
    name = draft.get(path)
    if isinstance(found.get(name), kind):
        return found[name]
    if not draft.touched(("extensions", name)):
        hint = did_you_mean(name, [each for each, item in found.items() if isinstance(item, kind)])
        said = f"{name} is no {en} among the extensions; {hint.say('en')}", f"扩展中没有{zh} {name}；{hint.say('zh')}"
        draft.fault(path, *said, "reference")
    return None


def _speaks(text: Text, lang: str) -> bool:
    return bool(text.by_language.get(lang, text.by_language.get("", "")).strip())

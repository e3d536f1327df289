"""What each kind of event says of the objects it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflow.audit.exports.objects import CAMPAIGN, About, Said, kind_of_case

# -- the campaign ----------------------------------------------------------------------------------------------------------


def _created(about: About, said: Said) -> None:
    about.became(about.object(CAMPAIGN), name=said["name"], definition=about.event.subject, version=about.event.definition)


def _enacted(about: About, said: Said) -> None:
    about.became(about.object(CAMPAIGN), version=said["hash"])


def _people(about: About, said: Said) -> None:
    for person in said.get("people", ()):
        about.became(about.touch(f"person:{person['id']}", "entered"), name=person["name"])
    for part, qualifier in (("grants", "appointed"), ("revoked", "relieved")):
        for grant in said.get(part, ()):
            person, target = f"person:{grant['person']}", grant["target"]
            about.touch(person, qualifier)
            if part == "grants":
                whole = target == "*" or target.startswith("group:")
                about.relate(person, CAMPAIGN if whole else f"branch:{target}", grant["role"])


def _batch_closed(about: About, said: Said) -> None:
    for branch in said["stragglers"]:
        about.touch(f"branch:{branch}", "straggler")


# -- branches --------------------------------------------------------------------------------------------------------------


def _roster(about: About, said: Said) -> None:
    branch = about.object(about.here)
    known = {"title": said["title"], "batch": said.get("batch"), "group": said.get("group"), "parent": said.get("parent")}
    about.became(branch, **known, **({"state": said["state"]} if "state" in said else {}))
    about.fields(branch, said.get("fields", {}), about.definition.branch_fields)
    if said.get("parent"):
        about.relate(about.here, f"branch:{said['parent']}", "below")
    if "from" in said:
        about.touch(f"branch:{said['from']['branch']}", "from")
        about.relate(about.here, f"branch:{said['from']['branch']}", "split from")
    for member in said.get("members", ()):
        _member(about, member, "member")


def _moved(about: About, said: Said) -> None:
    branch = about.object(about.here)
    about.became(branch, state=said["to"])
    if "attempt" in said:
        about.became(branch, attempt=said["attempt"]["number"])
    about.persons(said.get("takes", {}))


def _reassigned(about: About, said: Said) -> None:
    branch = about.object(about.here)
    about.became(branch, batch=said["batch"], group=said["group"])
    if "restart" in said:
        about.became(branch, state=said["restart"]["to"], attempt=said["restart"]["attempt"]["number"])


def _suspended(about: About, _said: Said) -> None:
    about.became(about.object(about.here), suspended=about.event.kind == "suspended")


def _split(about: About, said: Said) -> None:
    about.touch(f"branch:{said['into']}", "into")
    for member in said["members"]:
        about.touch(f"member:{member}", "member")


def _dissolved(about: About, said: Said) -> None:
    about.became(about.object(about.here), ended=said["how"])
    if said["into"]:
        about.touch(f"branch:{said['into']}", "into")
        about.relate(about.here, f"branch:{said['into']}", "taken over by")
    for case, there in said["cases"].items():
        about.became(about.touch(about.case(case), "case"), gone=there)


def _taken_over(about: About, said: Said) -> None:
    about.touch(f"branch:{said['from']['branch']}", "from")
    _carried(about, said["cases"])


# -- members ---------------------------------------------------------------------------------------------------------------


def _member(about: About, said: Said, qualifier: str) -> None:
    """A row of a roll."""
    ident, members = f"member:{said['id']}", about.definition.members
    member = about.touch(ident, qualifier)
    about.became(member, name=said["name"], status=said["status"], flags=";".join(said["flags"]), branch=about.event.branch)
    about.fields(member, said["fields"], members.fields if members else {})
    about.relate(ident, about.here, "member of")
    about.relate(ident, f"person:{said['id']}", "is")


def _member_changed(about: About, said: Said) -> None:
    _member(about, said["member"], "member")


def _joined(about: About, said: Said) -> None:
    _member(about, said["member"], "member")
    if "from" in said:
        about.touch(f"branch:{said['from']['branch']}", "from")
    for record in said.get("records", ()):
        of = record["of"]
        about.touch(f"document:branch:{of['branch']}#{of['seq']}", "brought")
    _carried(about, said.get("cases", ()))


def _left(about: About, said: Said) -> None:
    about.became(about.touch(f"member:{said['member']}", "member"), branch="")
    if said.get("to"):
        about.touch(f"branch:{said['to']}", "to")
    for case, there in (said.get("cases") or {}).items():
        about.became(about.touch(about.case(case), "case"), gone=there)


# -- documents and cases ---------------------------------------------------------------------------------------------------


def _record(about: About, said: Said) -> None:
    ident = f"document:{about.event.stream}#{about.event.seq}"
    about.became(about.touch(ident, "document"), kind=said["record"], happened=said["happened"], withdrawn=False)
    about.relate(ident, about.here, "document of")
    for line in said.get("lines", ()):
        about.touch(f"member:{line['member']}", "member")
    about.persons(said.get("fields", {}))


def _withdrawn(about: About, said: Said) -> None:
    of = said["of"]
    ident = f"document:branch:{of['branch']}#{of['seq']}" if isinstance(of, dict) else f"document:{about.event.stream}#{of}"
    if ident in about.objects:  # a gap that is taken back is no document
        about.became(about.touch(ident, "document"), withdrawn=True)


def _waived(about: About, said: Said) -> None:
    requirement = about.definition.requirements[said["requirement"]]
    types = {"member": "member:{}", "child": "branch:{}"} | dict.fromkeys(about.definition.cases, f"case:{about.event.branch}/{{}}")
    if requirement.each in types:
        for ident in said.get("members", ()):
            about.touch(types[requirement.each].format(ident), "accepted")


def _case(about: About, said: Said) -> None:
    ident, values = about.case(said["case"]), {**said.get("fields", {}), **said.get("takes", {})}
    case, kind = about.touch(ident, "case"), kind_of_case(said["case"])
    about.became(case, kind=kind, state=said.get("to", said.get("state")), open=said["open"])
    about.fields(case, values, about.definition.cases[kind].all_fields)
    about.relate(ident, about.here, "case of")
    if said.get("member"):
        about.touch(f"member:{said['member']}", "member")
        about.relate(ident, f"member:{said['member']}", "case of")
    about.persons(values)


def _refused(about: About, _said: Said) -> None:
    """A move of a case that was refused concerns that case."""
    case = about.case(about.event.subject.partition(":")[0])
    if case in about.objects:
        about.touch(case, "case")


def _carried(about: About, cases: Iterable[Said]) -> None:
    """Cases that came from another branch, as they stood there."""
    for said in cases:
        ident = about.case(said["id"])
        about.became(about.touch(ident, "case"), kind=said["kind"], state=said["state"], open=said["open"])
        about.fields(about.object(ident), said["fields"], about.definition.cases[said["kind"]].all_fields)
        about.relate(ident, about.here, "case of")
        about.relate(ident, about.case(said["of"]["case"], said["of"]["branch"]), "continues")
        if said.get("member"):
            about.relate(ident, f"member:{said['member']}", "case of")


TELLERS: Mapping[str, Callable[[About, Said], None]] = {
    "created": _created,
    "enacted": _enacted,
    "people": _people,
    "batch_closed": _batch_closed,
    "roster": _roster,
    "founded": _roster,
    "moved": _moved,
    "reassigned": _reassigned,
    "suspended": _suspended,
    "resumed": _suspended,
    "split": _split,
    "dissolved": _dissolved,
    "taken_over": _taken_over,
    "member_changed": _member_changed,
    "joined": _joined,
    "left": _left,
    "record": _record,
    "withdrawn": _withdrawn,
    "recalled": _withdrawn,
    "waived": _waived,
    "case_opened": _case,
    "case_moved": _case,
    "refused": _refused,
}

"""What is simulated: a plan, the definition it is written for, and the branches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from attrs import frozen

from workflow.cli import show
from workflow.cli.examples import SEED
from workflow.cli.examples.district import District
from workflow.cli.settings import Settings
from workflow.clock import VirtualClock
from workflow.definition import Definition
from workflow.engine.campaign import Campaign
from workflow.errors import Misuse, NotFound, did_you_mean
from workflow.simulation.compiling import Branch
from workflow.simulation.plan import Plan, load_plan, planned_definition, shipped_plans
from workflow.texts import Text

_EXAMPLES = {"district-2005": "district"}  # shipped plan -> example with its branches
_BRANCHES = """
    SELECT id, title, batch, grp, parent, (SELECT count(*) FROM workflow_member WHERE branch = workflow_branch.id)
    FROM workflow_branch WHERE ended IS NULL ORDER BY id"""
_OF_EXAMPLE = Text.of(
    "the example {name} of {seed}, for neither --db nor --roster was given", "示例 {name}（{seed}），因未给出 --db 或 --roster"
)
_WHICH = Text.of(
    "which branches? give --db PATH of a campaign, or --roster FILE.csv",
    "哪些支部？请用 --db 给出活动数据库，或用 --roster 给出名册 CSV 文件",
)
_BOTH = Text.of("either --db or --roster, not both", "--db 与 --roster 只能取其一")
_NONE = Text.of("{where} has no branches to simulate", "{where} 中没有可推演的支部")


@frozen
class Subject:
    """What a simulation is about; `where` says where the branches come from."""

    plan: Plan
    definition: Definition
    branches: Sequence[Branch]
    where: Text


def subject(settings: Settings, name: str, roster: str | None) -> Subject:
    """Raises `NotFound`, `DefinitionFault` with all faults of a plan, `InputFault` with those of a roster, `Misuse`."""
    path = plan_file(name)
    if roster is not None and settings.db is not None:
        raise Misuse(_BOTH, "which-branches")
    if settings.db is not None:
        with settings.campaign() as campaign:
            definition, branches = campaign.definition, branches_of(campaign)
        found = Subject(load_plan(path, definition), definition, branches, Text.same(Path(settings.db).name))
    else:
        definition = planned_definition(path)
        plan = load_plan(path, definition)
        branches, where = _listed(settings, plan, definition, roster) if roster else _example(name)
        found = Subject(plan, definition, branches, where)
    if not found.branches:
        raise Misuse(_NONE.filled(where=found.where), "no-branches")
    return found


def plan_file(name: str) -> Path:
    """A file, or the plan of this name that comes with the program."""
    path, known = Path(name), shipped_plans()
    if path.exists() or path.suffix:
        return path
    if name not in known:
        hint = did_you_mean(name, list(known))
        en = f"there is no file {name}, nor a plan {name} that comes with the program; {hint.say('en')}"
        raise NotFound(Text.of(en, f"没有文件 {name}，随程序附带的计划中也没有此名称；{hint.say('zh')}"), "plan-file")
    return known[name]


def branches_of(campaign: Campaign) -> list[Branch]:
    """Those that were neither merged nor dissolved."""
    rows = campaign.store.rows(_BRANCHES)
    return [Branch(id=row[0], title=row[1], batch=row[2] or "", group=row[3], parent=row[4], size=row[5]) for row in rows]


def _listed(settings: Settings, plan: Plan, definition: Definition, roster: str) -> tuple[list[Branch], Text]:
    """Of a roster, read as `import` does; what it warns of is said."""
    clock = VirtualClock(datetime.combine(plan.starts, time(), UTC))
    with Campaign.create(":memory:", definition, clock=clock, rehearsal=True) as campaign, show.progress(roster) as progress:
        report = campaign.import_roster(roster, progress=progress)
        found = branches_of(campaign)
    show.faults(settings, report.warnings, full=False)
    return found, Text.same(Path(roster).name)


def _example(name: str) -> tuple[list[Branch], Text]:
    if name not in _EXAMPLES:
        raise Misuse(_WHICH, "which-branches")
    found = [
        Branch(
            id=branch.id, title=branch.title, batch=branch.batch, group=branch.group, parent=branch.parent or None, size=len(branch.members)
        )
        for branch in District.of(SEED).branches
    ]
    return found, _OF_EXAMPLE.filled(name=_EXAMPLES[name], seed=SEED)

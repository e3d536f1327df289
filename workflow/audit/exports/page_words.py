"""What stands on a printed page beside the events and verdicts themselves."""

from __future__ import annotations

from workflow.texts import Text

SUMMARY = Text.of("From {first} to {last}: {counted}.", "{first} 至 {last}：{counted}。")
COUNTED = {
    "moved": (Text.of("{n} move made", "作出动作 {n} 次"), Text.of("{n} moves made", "作出动作 {n} 次")),
    "refused": (Text.of("{n} refusal", "不予通过 {n} 次"), Text.of("{n} refusals", "不予通过 {n} 次")),
    "record": (Text.of("{n} document entered", "录入文件 {n} 份"), Text.of("{n} documents entered", "录入文件 {n} 份")),
    "waived": (Text.of("{n} gap accepted", "经批准的缺口 {n} 项"), Text.of("{n} gaps accepted", "经批准的缺口 {n} 项")),
    "withdrawn": (Text.of("{n} entry withdrawn", "撤回录入 {n} 项"), Text.of("{n} entries withdrawn", "撤回录入 {n} 项")),
}
OTHERS = (Text.of("{n} other event", "其他事件 {n} 个"), Text.of("{n} other events", "其他事件 {n} 个"))
NOTHING = Text.of("Nothing has happened yet.", "尚无任何事件。")
ATTEMPTS = Text.of("How far it has come", "所经阶段")
STAGE, ATTEMPT = Text.of("stage", "阶段"), Text.of("attempt", "轮次")
BEGAN, ENDED, OUTCOME = Text.of("began", "开始"), Text.of("ended", "结束"), Text.of("ended by", "如何结束")
TIMELINE = Text.of("What happened", "经过")
NUMBER, WHEN = Text.of("no.", "序号"), Text.of("when", "时间")
WHO, WHAT = Text.of("who", "人员"), Text.of("what", "事件")
DECISION = Text.of("reasons below", "理由见下")
VERDICTS = Text.of("Decisions and their reasons", "各项结论及理由")
VERDICTS_ARE = Text.of(
    "As they were given on the day, word for word from the ledger: what was required, what was found, on which documents (#)."
    " Nothing here was worked out again.",
    "均为当日所作，逐字取自台账：要求什么、查明什么、依据哪些文件（第 # 号）。此处未作任何重新计算。",
)
NO_VERDICTS = Text.of("No decision has been made yet.", "尚未作出任何结论。")
CONTENTS = Text.of("Contents", "目录")
CAMPAIGN = Text.of("The campaign as a whole", "整个活动")
SOURCE = Text.of(
    "Taken from the ledger of the campaign “{campaign}” on {day}, as it stood after event {seq} of this list{hash}.",
    "取自活动“{campaign}”的台账，{day} 制作，截至本表第 {seq} 号事件{hash}。",
)
HASH = Text.of(" (its hash: {hash})", "（其哈希：{hash}）")
RULES = Text.of("Under: {versions}.", "所依方案：{versions}。")
VERSION = Text.of("{title}, version {version} (hash {hash})", "{title}，版本 {version}（哈希 {hash}）")
MASKED = Text.of(
    "Names are replaced: the same person has the same pseudonym wherever it stands.",
    "人名已替换：同一人在各处均为同一代号。",
)
ZONE = Text.of("Times are those of {zone}.", "时间均为 {zone} 时间。")

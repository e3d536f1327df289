"""Commands of proof: audit verify, checkpoint, inclusion, consistency, rebuild, key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from workflow import audit as audits
from workflow.audit import Checkpoint, Inclusion, Part, Verification, Verifier
from workflow.audit.checkpoint import origin_of
from workflow.audit.verification import listed
from workflow.cli import show
from workflow.cli.facts import full as full_option
from workflow.cli.program import Group, command, option
from workflow.cli.settings import Settings
from workflow.errors import Misuse, NotFound
from workflow.store import Store
from workflow.store.replay import Difference
from workflow.texts import Text, counted

_FEW = 10  # flaws of one part shown before the rest is counted
_DOING = Text.of("reading the ledger, then replaying it", "先通读台账，再重放")
_MORE = Text.of("  … and {n} more; --full shows them all", "  ……另有 {n} 处；加 --full 全部列出")
_CLEAN = Text.of(
    "Nothing was tampered with, as far as can be told from {events} in {streams}.", "未发现篡改：已核对 {streams} 条流、{events} 个事件。"
)
_TAMPERED = Text.of("Something is wrong: the ledger or its tables are not as the program left them.", "有问题：台账或数据表已非程序所留的样子。")
_NO_CHECKPOINT = Text.of(
    "? No checkpoint was given: events cut off at the end, or a ledger rewritten as a whole, show only against one kept elsewhere.",
    "? 未提供检查点：只有与另行保存的检查点比对，才能发现末尾被截去或台账被整体重写。",
)
_UNSIGNED = Text.of("? Signatures were not checked: no --key was given.", "? 未核对签名：没有给出 --key。")
_SOUND = {
    "file": Text.of("✓ file: {n} tables with their indexes and guards", "✓ 文件：{n} 张表及其索引和防改触发器"),
    "chain": Text.of("✓ chain: every hash and every link of {n} events", "✓ 哈希链：{n} 个事件的哈希与链接全部相符"),
    "checkpoints": Text.of("✓ checkpoints: {n}, each still the beginning of this ledger", "✓ 检查点：{n} 个，均与本台账的开头一致"),
    "decisions": Text.of("✓ decisions: {n}, each by the rules of its day", "✓ 决定：{n} 项，均符合当日方案"),
    "tables": Text.of("✓ tables: {n}, each row made again from the ledger", "✓ 数据表：{n} 张，逐行由台账重建并核对"),
}
_WRONG = {
    "file": Text.of("✗ file:", "✗ 文件："),
    "chain": Text.of("✗ chain:", "✗ 哈希链："),
    "checkpoints": Text.of("✗ checkpoints:", "✗ 检查点："),
    "decisions": Text.of("✗ decisions:", "✗ 决定："),
    "tables": Text.of("✗ tables:", "✗ 数据表："),
}
_SKIPPED = {
    "decisions": Text.of("? decisions: not checked, there is no whole ledger to replay", "? 决定：未核对，台账不完整，无从重放"),
    "tables": Text.of("? tables: not checked, there is no whole ledger to compare them with", "? 数据表：未核对，台账不完整，无从比对"),
}
_WRITTEN = Text.of("written: {path} ({n} events); keep it where nobody who writes this ledger can reach it", "已写入：{path}（{n} 个事件）；请存放在台账经办人无法触及之处")
_REBUILT = Text.of("The tables were made anew from the ledger. Before:", "各表已由台账重建。重建前：")
_NOTHING = Text.of("The tables are what the ledger makes them: nothing to rebuild.", "各表与台账一致，无须重建。")
_INCLUDED = Text.of(
    "✓ {stream} #{seq} is event {n} of the {size} under the root {root}.", "✓ {stream} 第 {seq} 号即根哈希 {root} 之下 {size} 个事件中的第 {n} 个。"
)
_CONSISTENT = Text.of("✓ The ledger of {new} events begins with the {old} of the first checkpoint.", "✓ {new} 个事件的台账以前一检查点的 {old} 个事件为开头。")
_KEY = Text.of("Whoever is to check signatures needs this line:", "验签者需要下面这一行：")

audit = Group(
    "audit",
    text=Text.of(
        "Prove that nobody rewrote the ledger, and that what was decided was decided by the rules of its day.",
        "证明台账未被改写，且所有决定均符合当日施行的方案。",
    ),
)


@audit.command("unused") if False else command(
    "verify",
    "Verify the whole: file, chain, checkpoints kept elsewhere, every decision against the rules of its day, tables against a replay."
    " Exit code 1 names the places.",
    "全面核验：文件、哈希链、另行保存的检查点、每项决定是否符合当日方案、各表与重放结果。如有不符，指明位置，退出码为 1。",
    without=("now",),
)
@option("--checkpoint", "files", metavar="FILE", multiple=True, en="a checkpoint kept elsewhere (may be repeated)", zh="另行保存的检查点（可重复）")
@option("--key", metavar="KEY", en="check signatures with this verifier key, or the file it is in", zh="用此验签公钥（或其所在文件）核对签名")
@full_option
@click.pass_obj
def verify(settings: Settings, files: tuple[str, ...], key: str | None, full: bool) -> int:
    checkpoints, verifier = [_read(Path(file)) for file in files], None if key is None else _verifier(key)
    with _store(settings) as store, show.progress(_DOING.say(settings.lang)) as progress:
        found = audits.verify(store, checkpoints, verifier, progress)
    if settings.json:
        show.say_json(_plain(found, settings.lang))
    else:
        show.say("\n".join(_lines(found, settings.lang, full=full, signed=bool(checkpoints) and key is None)))
    return 0 if found.clean else 1

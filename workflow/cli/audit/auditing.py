"""Commands of proof: audit verify, checkpoint, inclusion, consistency, rebuild, key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from workflow import audit as audits
from workflow.audit import Checkpoint, Flaw, Inclusion, Part, Verification, Verifier
from workflow.audit.proof.checkpoint import origin_of
from workflow.audit.proof.flaws import difference_flaw, listed
from workflow.cli import show
from workflow.cli.audit.audit_checks import audit_check
from workflow.cli.audit.audit_export import audit_export
from workflow.cli.audit.audit_versions import audit_versions
from workflow.cli.facts import event_place, of_campaign
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
_TAMPERED = Text.of(
    "Something is wrong: the ledger or its tables are not as the program left them.", "有问题：台账或数据表已非程序所留的样子。"
)
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
_WRITTEN = Text.of(
    "written: {path} ({n} events); keep it where nobody who writes this ledger can reach it",
    "已写入：{path}（{n} 个事件）；请存放在台账经办人无法触及之处",
)
_REBUILT = Text.of("The tables were made anew from the ledger. Before:", "各表已由台账重建。重建前：")
_NOTHING = Text.of("The tables are what the ledger makes them: nothing to rebuild.", "各表与台账一致，无须重建。")
_INCLUDED = Text.of(
    "✓ {stream} #{seq} is event {n} of the {size} under the root {root}.",
    "✓ {stream} 第 {seq} 号即根哈希 {root} 之下 {size} 个事件中的第 {n} 个。",
)
_CONSISTENT = Text.of(
    "✓ The ledger of {new} events begins with the {old} of the first checkpoint.", "✓ {new} 个事件的台账以前一检查点的 {old} 个事件为开头。"
)
_KEY = Text.of("Whoever is to check signatures needs this line:", "验签者需要下面这一行：")

audit = Group(
    "audit",
    text=Text.of(
        "Look for what smells, and prove that nobody rewrote the ledger, and that what was decided was decided by the rules of its day.",
        "核查疑点，并证明台账未被改写、所有决定均符合当日施行的方案。",
    ),
)


@command(
    "verify",
    "Verify the whole: file, chain, checkpoints kept elsewhere, every decision against the rules of its day, tables against a replay."
    " Exit code 1 names the places.",
    "全面核验：文件、哈希链、另行保存的检查点、每项决定是否符合当日方案、各表与重放结果。如有不符，指明位置，退出码为 1。",
    without=("now",),
)
@option(
    "--checkpoint",
    "files",
    metavar="FILE",
    multiple=True,
    en="a checkpoint kept elsewhere (may be repeated)",
    zh="另行保存的检查点（可重复）",
)
@option(
    "--key", metavar="KEY", en="check signatures with this verifier key, or the file it is in", zh="用此验签公钥（或其所在文件）核对签名"
)
@full_option
@click.pass_obj
def verify(settings: Settings, files: tuple[str, ...], key: str | None, full: bool) -> int:
    checkpoints, verifier = [_read(Path(file)) for file in files], None if key is None else _verifier(key)
    with _store(settings) as store, show.progress(_DOING.say(settings.lang)) as progress:
        found = audits.verify(store, checkpoints, verifier, progress)
    if settings.json:
        show.say_json(_plain(found, settings.lang))
    else:
        show.say("\n".join(_lines(found, settings.lang, full=full)))
    return 0 if found.clean else 1


@command(
    "checkpoint",
    "Take a checkpoint: three lines that say what the ledger is now, to be kept elsewhere. Written to FILE, or shown. Nothing is entered.",
    "生成检查点：以三行文字说明台账现状，供另行保存。写入文件或直接显示，不作任何登记。",
    without=("now",),
)
@click.argument("file", required=False)
@option("--sign", "key", metavar="KEYFILE", en="sign it with this private key", zh="用此私钥签名")
@click.pass_obj
def checkpoint(settings: Settings, file: str | None, key: str | None) -> None:
    with settings.campaign() as campaign:
        found = audits.checkpoint(campaign)
    found = found if key is None else audits.sign(found, Path(key))
    if file is not None:
        Path(file).write_text(found.text, encoding="utf-8", newline="\n")
    if settings.json:
        show.say_json(_plain_checkpoint(found))
    elif file is not None:
        show.say(_WRITTEN.say(settings.lang, path=file, n=f"{found.size:,}"))
    else:
        click.echo(found.text, nl=False)


@command(
    "inclusion",
    "Prove that one event is in the ledger: event SEQ of a branch or, with --campaign and no branch, of the campaign."
    " The proof is one text that anybody can check.",
    "证明某一事件在台账之中：支部台账第 SEQ 号；加 --campaign 且不写支部，则为活动台账。证明为一段文本，任何人均可核验。",
    without=("now",),
)
@click.argument("place", nargs=-1, required=True, metavar="BRANCH SEQ")
@of_campaign
@option(
    "--checkpoint",
    "file",
    metavar="FILE",
    en="prove it against this checkpoint (default: the ledger as it stands)",
    zh="针对此检查点证明（默认为台账现状）",
)
@option("--out", metavar="FILE", en="write the proof here", zh="将证明写入此文件")
@click.pass_obj
def inclusion(settings: Settings, place: tuple[str, ...], whole: bool, file: str | None, out: str | None) -> int:
    branch, seq = event_place(place, whole)
    with settings.campaign() as campaign:
        found = audits.inclusion(campaign, branch, seq, None if file is None else _read(Path(file)))
    if out is not None:
        Path(out).write_text(found.text, encoding="utf-8", newline="\n")
    if settings.json:
        show.say_json(_plain_inclusion(found))
    else:
        about = {"stream": found.stream, "seq": found.seq, "n": f"{found.index + 1:,}", "size": f"{found.checkpoint.size:,}"}
        show.say(_INCLUDED.say(settings.lang, **about, root=_base64(found.checkpoint.root)))
        if out is None:
            click.echo(found.text, nl=False)
    return 0 if found.holds else 1


@command(
    "consistency",
    "Prove that the ledger of a later checkpoint begins with that of the earlier one OLD: nothing was changed between them, only added.",
    "证明较晚检查点的台账以较早检查点 OLD 的台账为开头：其间只有增加，没有改动。",
    without=("now",),
)
@click.argument("old")
@click.argument("new", required=False)
@click.pass_obj
def consistency(settings: Settings, old: str, new: str | None) -> None:
    earlier = _read(Path(old))
    with settings.campaign() as campaign:
        later, path = audits.consistency(campaign, earlier, None if new is None else _read(Path(new)))
    if settings.json:
        show.say_json({"old": _plain_checkpoint(earlier), "new": _plain_checkpoint(later), "path": [_base64(each) for each in path]})
        return
    show.say(_CONSISTENT.say(settings.lang, old=f"{earlier.size:,}", new=f"{later.size:,}"))
    show.say("\n".join(f"  {_base64(each)}" for each in path) or "  -")


@command(
    "rebuild",
    "Make the tables anew from the ledger, once its chain was verified, and say what differed before.",
    "核验哈希链后，由台账重建各表，并说明重建前有何不同。",
    without=("now",),
)
@click.pass_obj
def rebuild(settings: Settings) -> None:
    with _store(settings) as store, show.progress(_DOING.say(settings.lang)) as progress:
        found = audits.rebuild(store, progress)
    if settings.json:
        show.say_json([_plain_difference(each, settings.lang) for each in found])
    elif found:
        show.say("\n".join([_REBUILT.say(settings.lang), *(f"  {line}" for line in listed(map(difference_flaw, found), settings.lang))]))
    else:
        show.say(_NOTHING.say(settings.lang))


@command(
    "key",
    "Make a key to sign this campaign's checkpoints with: a private one in a new FILE, and the line by which signatures are checked.",
    "生成用于签署本活动检查点的密钥：私钥写入新文件，并输出验签用的公钥行。",
    without=("now",),
)
@click.argument("file")
@option("--existing", is_flag=True, en="make none: show the line of the key that is in FILE", zh="不新建：输出文件中已有密钥的公钥行")
@click.pass_obj
def key(settings: Settings, file: str, existing: bool) -> None:
    with _store(settings) as store:
        name = origin_of(store)
    found = (audits.verifier_of if existing else audits.create_key)(Path(file), name)
    if settings.json:
        show.say_json({"name": found.name, "id": found.key.hex(), "verifier": found.line})
    else:
        click.echo(_KEY.say(settings.lang), err=True)
        click.echo(found.line)


for each in (audit_check, audit_versions, verify, checkpoint, inclusion, consistency, rebuild, key, audit_export):
    audit.add_command(each)


# -- reading ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    """The database itself: where tables were altered, the campaign might not open."""
    store = Store.open(settings.database())
    try:
        yield store
    finally:
        store.close()


def _read(path: Path) -> Checkpoint:
    return audits.parse(_text(path))


def _verifier(given: str) -> Verifier:
    """A verifier key, or what is in the file of that name."""
    return Verifier.parse(_text(Path(given)) if "+" not in given or Path(given).exists() else given)


def _text(path: Path) -> str:
    if not path.is_file():
        raise NotFound(Text.of(f"there is no file {path}", f"没有文件 {path}"), "file-missing")
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise Misuse(Text.of(f"{path} is not a text", f"{path} 不是文本"), "not-a-text") from None


# -- saying ----------------------------------------------------------------------------------------------------------------


def _lines(found: Verification, lang: str, *, full: bool) -> list[str]:
    events = Text.of(counted(found.events, "event"), f"{found.events:,}")
    streams = Text.of(counted(found.streams, "stream"), f"{found.streams:,}")
    head = _CLEAN.say(lang, events=events, streams=streams) if found.clean else _TAMPERED.say(lang)
    lines = [head, *(line for part in found.parts for line in _of_part(part, lang, full=full))]
    if not any(part.name == "checkpoints" for part in found.parts):
        lines.append(_NO_CHECKPOINT.say(lang))
    elif not found.signed:
        lines.append(_UNSIGNED.say(lang))
    return lines


def _of_part(part: Part, lang: str, *, full: bool) -> list[str]:
    if part.sound:
        return [_SOUND[part.name].say(lang, n=f"{part.checked:,}")]
    if part.skipped:
        return [_SKIPPED[part.name].say(lang)]
    shown = part.flaws if full else part.flaws[:_FEW]
    more = [_MORE.say(lang, n=f"{len(part.flaws) - len(shown):,}")] if len(shown) < len(part.flaws) else []
    return [_WRONG[part.name].say(lang), *(f"  {line}" for line in listed(shown, lang)), *more]


def _plain(found: Verification, lang: str) -> dict[str, Any]:
    parts = [
        {
            "name": part.name,
            "sound": part.sound,
            "skipped": part.skipped,
            "checked": part.checked,
            "flaws": [_plain_flaw(f, lang) for f in part.flaws],
        }
        for part in found.parts
    ]
    text = "\n".join(_lines(found, lang, full=True))
    return {"clean": found.clean, "events": found.events, "streams": found.streams, "signed": found.signed, "parts": parts, "text": text}


def _plain_flaw(flaw: Flaw, lang: str) -> dict[str, Any]:
    event = {"stream": flaw.stream, "seq": flaw.seq, "position": flaw.position} if flaw.stream else None
    return {"place": flaw.place.say(lang), "event": event, "text": flaw.text.say(lang)}


def _plain_checkpoint(found: Checkpoint) -> dict[str, Any]:
    signatures = [{"name": s.name, "key": s.key.hex(), "signature": _base64(s.value)} for s in found.signatures]
    return {"origin": found.origin, "size": found.size, "root": _base64(found.root), "signatures": signatures, "text": found.text}


def _plain_inclusion(found: Inclusion) -> dict[str, Any]:
    about = {"stream": found.stream, "seq": found.seq, "hash": found.hash, "index": found.index}
    return {**about, "path": [_base64(each) for each in found.path], "checkpoint": _plain_checkpoint(found.checkpoint), "text": found.text}


def _plain_difference(found: Difference, lang: str) -> dict[str, Any]:
    return {"table": found.table, "row": found.row, "others": found.others, "text": found.text.say(lang)}


def _base64(data: bytes) -> str:
    return b64encode(data).decode()

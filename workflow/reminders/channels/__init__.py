"""Ways to reach people, and which of them are set up here: settings and secrets come from the environment only."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import TextIO, get_args

from workflow.errors import Misuse
from workflow.reminders.channels.base import Channel
from workflow.reminders.channels.console import Console
from workflow.reminders.channels.file import File
from workflow.reminders.channels.mail import Mail, Security
from workflow.reminders.channels.notify import Notify
from workflow.reminders.channels.packages import names, of_packages
from workflow.reminders.channels.webhook import Webhook
from workflow.texts import Text

__all__ = ["SETTINGS", "Channel", "Console", "File", "Mail", "Notify", "Webhook", "configured", "names", "of_packages"]

# The variable without which a channel is not set up.
SETTINGS = {
    "file": "WORKFLOW_NOTICES_FILE",
    "mail": "WORKFLOW_SMTP_HOST",
    "webhook": "WORKFLOW_WEBHOOK_URL",
    "notify": "WORKFLOW_NOTIFY_URL",
}
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def configured(env: Mapping[str, str], stream: TextIO, *, rehearsal: bool = False) -> list[Channel]:
    """The channels set up in the environment; `stream` is the console's. A rehearsal writes to nobody: it has console and file.

    Installed packages may bring more, see `of_packages`.

    Variables: WORKFLOW_NOTICES_FILE; WORKFLOW_SMTP_HOST, _PORT, _FROM, _USER, _PASSWORD, _TLS (starttls, tls or none);
    WORKFLOW_WEBHOOK_URL, _TOKEN; WORKFLOW_NOTIFY_URL. Raises `Misuse` for one that makes no sense; its value is not repeated.
    """
    found: list[Channel] = [Console(stream)]
    if path := env.get(SETTINGS["file"]):
        found.append(File(Path(path)))
    if rehearsal:
        return found
    if env.get(SETTINGS["mail"]):
        found.append(_mail(env))
    if url := env.get(SETTINGS["webhook"]):
        found.append(Webhook(url, env.get("WORKFLOW_WEBHOOK_TOKEN", "")))
    if url := env.get(SETTINGS["notify"]):
        found.append(Notify(url))
    return [*found, *of_packages(env)]


def _mail(env: Mapping[str, str]) -> Mail:
    host, sender = env[SETTINGS["mail"]], env.get("WORKFLOW_SMTP_FROM", "")
    user, password = env.get("WORKFLOW_SMTP_USER", ""), env.get("WORKFLOW_SMTP_PASSWORD", "")
    security = next((known for known in get_args(Security) if known == env.get("WORKFLOW_SMTP_TLS", "starttls")), None)
    if security is None:
        raise _wrong("WORKFLOW_SMTP_TLS", "starttls, tls or none", "starttls、tls 或 none")
    if security == "none" and user and not _loopback(host):
        raise _wrong("WORKFLOW_SMTP_TLS", "starttls or tls: the password would go in the clear", "starttls 或 tls，否则密码将以明文传送")
    port = env.get("WORKFLOW_SMTP_PORT", str(_PORTS[security]))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise _wrong("WORKFLOW_SMTP_PORT", "a port such as 587", "端口号，如 587")
    mailbox = parseaddr(sender)[1]
    if "@" not in mailbox or not mailbox.isascii() or not sender.isprintable():
        raise _wrong("WORKFLOW_SMTP_FROM", "the sender, such as office@example.org", "发件人，如 office@example.org")
    return Mail(host, int(port), sender, user, password, security)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(variable: str, en: str, zh: str) -> Misuse:
    return Misuse(Text.of(f"{variable}: expected {en}", f"{variable}：应为 {zh}"), "channel-settings")

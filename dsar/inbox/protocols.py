"""Recognises requests that machines send: OpenDSR, Data Rights Protocol, status messages.

Their signatures are not checked here: every one of them is a draft that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dsar.case.identifiers import Identifier, normal
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.inbox.names import tidy
from dsar.inbox.reading import Evidence, Reading, RightRead

_DRP_RIGHTS = {
    "access": Right.ACCESS, "access:categories": Right.ACCESS, "access:specific": Right.ACCESS,
    "deletion": Right.DELETE, "sale:opt-out": Right.OPT_OUT_SALE, "sale:opt_out": Right.OPT_OUT_SALE,
    "correction": Right.EDIT, "automated_decisions": Right.AUTOMATED_DECISION, "limit": Right.LIMIT_SPI,
}  # fmt: skip
_OPENDSR_RIGHTS = {
    "erasure": Right.DELETE, "access": Right.ACCESS, "portability": Right.PORTABILITY, "rectification": Right.EDIT,
}  # fmt: skip
_UNSIGNED = (
    "This message of a machine carries no signature that was checked; a person must confirm it before anything is done."
)
_DEVICE_KINDS = {"controller_customer_id": "customer_no", "email": "email", "phone": "phone"}
_LAWS = {"voluntary": ""}
# A file is often read later than it came, so a passed window is a doubt; after this long it is no request any more.
_LATEST_READ = timedelta(days=366)


def is_protocol(data: object) -> bool:
    """Whether parsed JSON is a message of a protocol spoken here."""
    if not isinstance(data, Mapping):
        return False
    keys = set(data)
    return bool(
        keys & {"subject_request_type", "request_status", "exercise", "agent-id", "drp.version"}
        or {"subject_request_id"} & keys
        or {"status", "request_id"} <= keys
        or keys == {"reason"}
        or {"verify_key", "id"} <= keys
        or {"api_base", "supported_actions"} <= keys
    )


def protocol_reading(data: Mapping[str, Any], *, today: date) -> tuple[Reading, str, str]:
    """The reading of a protocol message, why it is refused ("" if it is not), and when it says it was sent."""
    if "exercise" in data or "agent-id" in data:
        return _drp(data, today)
    if "subject_request_type" in data:
        return _opendsr(data)
    if "request_status" in data or ("status" in data and "request_id" in data):
        return _status(data)
    if set(data) == {"reason"}:
        return _withdrawal()
    refused = "This JSON is a directory entry of the protocol, not a request. Nothing was opened."
    return _read_as("invalid", refused, ()), refused, ""


def _drp(data: Mapping[str, Any], today: date) -> tuple[Reading, str, str]:
    exercise = _text(data, "exercise").strip().casefold()
    right = _DRP_RIGHTS.get(exercise)
    sent = _text(data, "issued-at")
    identifiers = tuple(_drp_identifiers(data))
    refused = ""
    expires = _moment(_text(data, "expires-at"))
    if expires is not None and today - expires.date() > _LATEST_READ:
        refused = "This request expired long ago. Nothing was opened. The agent must send it again."
    elif right is None and exercise == "sale:opt-in":
        return _agent("not_request", None, identifiers, data, "sale:opt-in asks for no right"), "", sent
    elif right is None:
        refused = "This request does not say which right it exercises. Nothing was opened."
    if refused:
        return _agent("invalid", None, identifiers, data, refused).warned(refused), refused, sent
    reading = _agent(right.value if right else "", right, identifiers, data, f'"exercise": "{exercise}"')
    if expires is not None and expires.date() < today:
        reading = reading.warned("Its time has passed; it counts only if it reached you before. Check when it came.")
    return reading, "", sent


def _agent(
    primary: str, right: Right | None, identifiers: tuple[Identifier, ...], data: Mapping[str, Any], why: str
) -> Reading:
    law = _text(data, "regime").casefold()
    reading = _read_as(primary, why, identifiers, right=right, laws=(law,) if _LAWS.get(law, law) else ())
    name = next((known.value for known in identifiers if known.kind == "name"), "")
    return _with_role(reading, Role.AGENT, name, _text(data, "agent-id")).warned(_UNSIGNED).doubted(_UNSIGNED)


def _drp_identifiers(data: Mapping[str, Any]) -> Iterable[Identifier]:
    name = tidy(_text(data, "name"))
    if name:
        yield Identifier(kind="name", value=name, raw=_text(data, "name"))
    for key, kind in (("email", "email"), ("phone_number", "phone")):
        value = normal(kind, _text(data, key))
        if value:
            yield Identifier(kind=kind, value=value, raw=_text(data, key))
    address = _address(data.get("address"))
    if address:
        yield Identifier(kind="address", value=address, raw=address)
    for key, kind in (("agent-id", "agent"), ("agent-request-id", "agent_request_id")):
        if _text(data, key):
            yield Identifier(kind=kind, value=_text(data, key), raw=_text(data, key))


def _address(value: object) -> str:
    if isinstance(value, str):
        return " ".join(value.split())[:300]
    if not isinstance(value, Mapping):
        return ""
    keys = ("street_address", "locality", "region", "postal_code", "country")
    return ", ".join(part for key in keys if (part := _text(value, key)))


def _opendsr(data: Mapping[str, Any]) -> tuple[Reading, str, str]:
    asked = _text(data, "subject_request_type").strip().casefold()
    right = _OPENDSR_RIGHTS.get(asked)
    identifiers = (
        [Identifier(kind="subject_request_id", value=value, raw=value)]
        if (value := _text(data, "subject_request_id"))
        else []
    )
    listed = data.get("subject_identities")
    for entry in listed[:200] if isinstance(listed, list) else ():
        if not isinstance(entry, Mapping):
            continue
        kind = _text(entry, "identity_type").casefold()
        kind = _DEVICE_KINDS.get(kind, kind)
        raw = _text(entry, "identity_value")
        plain_value = _text(entry, "identity_format") in ("", "raw")
        value = normal(kind, raw) if plain_value else f"{_text(entry, 'identity_format')}:{raw}"
        if kind and value:
            identifiers.append(Identifier(kind=kind, value=value, raw=raw))
    law = _text(data, "regulation").casefold()
    sent = _text(data, "submitted_time")
    if right is None:
        refused = "This request does not say what it asks for. Nothing was opened."
        return _read_as("invalid", refused, tuple(identifiers)).warned(refused), refused, sent
    reading = _read_as(
        right.value, f'"subject_request_type": "{asked}"', tuple(identifiers), right=right, laws=(law,) if law else ()
    )
    warned = _with_role(reading, Role.CONTROLLER, "", "").warned(_UNSIGNED).doubted(_UNSIGNED)
    return (warned if law else warned.warned("It names no regulation, which the protocol requires.")), "", sent


def _status(data: Mapping[str, Any]) -> tuple[Reading, str, str]:
    identifiers = tuple(
        Identifier(kind=key, value=value, raw=value)
        for key in ("subject_request_id", "request_id", "agent_request_id")
        if (value := _text(data, key))
    )
    state = _text(data, "request_status") or _text(data, "status")
    reading = _read_as("status_update", f'it reports the state "{state}" of a request', identifiers)
    return _with_role(reading, Role.PROCESSOR, "", "").warned(_UNSIGNED), "", _text(data, "received_at")


def _withdrawal() -> tuple[Reading, str, str]:
    reading = _read_as("withdrawal", "the protocol's message to revoke a request holds a reason and nothing else", ())
    return (
        _with_role(reading, Role.AGENT, "", "").warned(
            _UNSIGNED, "Which request is withdrawn is said by the address it was sent to, not by the message."
        ),
        "",
        "",
    )


def _read_as(
    primary: str,
    why: str,
    identifiers: tuple[Identifier, ...],
    *,
    right: Right | None = None,
    laws: tuple[str, ...] = (),
) -> Reading:
    return Reading(
        primary_type=primary,
        rights=(RightRead(right=right, words=why, why="the protocol's own field says so"),) if right else (),
        laws=laws,
        language="json",
        identifiers=identifiers,
        confidence=0.9,
        evidence=(Evidence(says=primary, why=why),),
    )


def _with_role(reading: Reading, role: Role, name: str, agent: str) -> Reading:
    return replace(reading, requester_role=role, name=name, agent=agent)


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return str(value).strip()[:500] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""The closed lists of words a law file is written in: rights, units, effects, methods.

The longer lists, with their meaning for letters and screens, are left to ``data/words.toml``.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Our one word for each thing a person can ask, whatever their law calls it."""

    ACCESS = "access"
    PORTABILITY = "portability"
    EDIT = "edit"
    DELETE = "delete"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    WITHDRAW_CONSENT = "withdraw_consent"
    OPT_OUT_SALE = "opt_out_sale"
    OPT_OUT_MARKETING = "opt_out_marketing"
    NOTICE_1798_83 = "notice_1798_83"
    CHILD_DELETE = "child_delete"
    CHILD_ACCESS = "child_access"
    COMPLAINT = "complaint"
    APPEAL = "appeal"
    LIMIT_SPI = "limit_spi"
    THIRD_PARTIES = "third_parties"
    AUTOMATED_DECISION = "automated_decision"
    PROCESSOR_RECEIVED = "processor_received"


class Unit(StrEnum):
    """What a period is counted in; the day the clock starts is day 0 in all three."""

    DAY = "day"
    BUSINESS_DAY = "business_day"
    MONTH = "month"


class ClockStart(StrEnum):
    """Which day is day 0."""

    RECEIPT = "receipt"
    LATEST_OF_RECEIPT_ID_FEE = "latest_of_receipt_id_fee"


class Trigger(StrEnum):
    """What we wait for while a pause lasts."""

    IDENTITY = "identity"
    CLARIFICATION = "clarification"
    FEE = "fee"
    COST_SHARE = "cost_share"


class Effect(StrEnum):
    """What waiting does to the date."""

    RESTART = "restart"
    STOP_CLOCK = "stop_clock"
    RESTART_AFTER_REFLECTION = "restart_after_reflection"
    NONE = "none"
    MAY_DECLINE = "may_decline"
    NEED_NOT_RESPOND = "need_not_respond"


class Uncounted(StrEnum):
    """Which days of a pause are not counted when the clock stops."""

    BOTH_DAYS = "both_days"
    DAYS_AFTER_ASKING = "days_after_asking"


class CountedFrom(StrEnum):
    """Where the window for an extension notice begins."""

    CLOCK_START = "clock_start"
    DATE_OF_REQUEST = "date_of_request"


class Roll(StrEnum):
    """Where a last day goes that is not a working day."""

    NEXT_WORKING_DAY = "next_working_day"
    NEXT_NON_HOLIDAY = "next_non_holiday"
    NONE = "none"


class Confirmed(StrEnum):
    """Whether the rule was seen in the law's own text (yes), in part (partly), or is from memory (no)."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Method(StrEnum):
    """Ways to show who somebody is, or that they may act for another."""

    ACCOUNT_LOGIN = "account_login"
    MATCHING_POINTS = "matching_points"
    SIGNED_DECLARATION = "signed_declaration"
    EMAIL_CONTROL = "email_control"
    PHONE_CONTROL = "phone_control"
    ID_DOCUMENT = "id_document"
    AGENT_AUTHORITY = "agent_authority"
    POWER_OF_ATTORNEY = "power_of_attorney"
    PARENT_SIGNED_FORM = "parent_signed_form"
    PARENT_CARD = "parent_card"
    PARENT_CALL = "parent_call"
    PARENT_VIDEO = "parent_video"
    PARENT_ID_CHECK = "parent_id_check"
    PARENT_KNOWLEDGE = "parent_knowledge"
    PARENT_FACE_MATCH = "parent_face_match"
    PARENT_EMAIL_PLUS = "parent_email_plus"
    PARENT_TEXT_PLUS = "parent_text_plus"

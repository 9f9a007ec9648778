"""Who is who in the sector: the closed vocabularies about members."""

from __future__ import annotations

from enum import StrEnum


class District(StrEnum):
    """The 11 districts (管区), north to south."""

    HOKKAIDO = "hokkaido"
    TOHOKU = "tohoku"
    KANTO = "kanto"
    SHINETSU = "shinetsu"
    HOKURIKU = "hokuriku"
    TOKAI = "tokai"
    KINKI = "kinki"
    CHUGOKU = "chugoku"
    SHIKOKU = "shikoku"
    KYUSHU = "kyushu"
    OKINAWA = "okinawa"


class OrganisationKind(StrEnum):
    """What an organisation is to the platform."""

    HUB = "hub"
    BUREAU = "bureau"
    OPERATOR = "operator"
    BROADCASTER = "broadcaster"
    VENDOR = "vendor"
    MINISTRY = "ministry"


class Sector(StrEnum):
    """The line of business of a member."""

    TELECOM = "telecom"
    CABLE = "cable"
    BROADCAST = "broadcast"
    GOVERNMENT = "government"
    OTHER = "other"


class Role(StrEnum):
    """What a person may do; each person has one role in one organisation."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    ORGANISATION_ADMIN = "organisation_admin"
    BUREAU_OFFICER = "bureau_officer"
    HUB_ANALYST = "hub_analyst"
    HUB_ADMIN = "hub_admin"
    MINISTRY = "ministry"
    AUDITOR = "auditor"


class Criticality(StrEnum):
    """How much depends on a system (SSVC mission impact, in words people use)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ESSENTIAL = "essential"


class Exposure(StrEnum):
    """How reachable a system is (SSVC system exposure)."""

    SMALL = "small"
    CONTROLLED = "controlled"
    OPEN = "open"

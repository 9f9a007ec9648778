"""Acting: who speaks for an organisation."""

from __future__ import annotations

from noroshi.core.policy.duties import may_act, may_administer
from noroshi.core.policy.visibility import Anonymous, Member, System
from noroshi.core.sector import Role


def test_some_roles_only_read() -> None:
    silent = {role for role in Role if not may_act(Member(1, 2, role))}
    assert silent == {Role.VIEWER, Role.MINISTRY, Role.AUDITOR}


def test_the_system_acts_and_strangers_do_not() -> None:
    assert may_act(System())
    assert not may_act(Anonymous())


def test_two_roles_look_after_what_is_set_up() -> None:
    administer = {role for role in Role if may_administer(Member(1, 2, role))}
    assert administer == {Role.ORGANISATION_ADMIN, Role.HUB_ADMIN}
    assert may_administer(System())
    assert not may_administer(Anonymous())

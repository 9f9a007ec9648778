"""What a key is: for a program that wants to know as whom it asks."""

from __future__ import annotations

from ninja import Router

from noroshi.core.sector import Role
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Promise, reading
from noroshi.edge.exchange.rest.shapes import Moment, Shape
from noroshi.hub.members.keys import Scope

router = Router(tags=["key"])


class OwnKey(Shape, frozen=True):
    """The key that asks: for which organisation, in which role, for what, until when."""

    name: str
    organisation: str
    role: Role
    scopes: tuple[Scope, ...]
    expires_at: Moment


@reading(router, "/key", Promise(scope=None, gives=OwnKey))
def get_key(request: Call) -> OwnKey:
    """Tell what the key that asks may do.

    Needs no scope: any key that is valid may ask.
    """
    caller = request.auth
    return OwnKey(
        name=caller.name,
        organisation=caller.organisation,
        role=caller.viewer.role,
        scopes=tuple(sorted(caller.scopes)),
        expires_at=caller.expires_at,
    )

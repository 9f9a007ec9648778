"""Who may sign in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from noroshi.edge.web.signin import factors
from noroshi.hub.members.models import Person


def takes_part(person: Person) -> bool:
    """Say whether somebody, and the organisation, still take part."""
    return person.is_active and person.organisation.active


class Backend(AuthenticationBackend):
    """Lets in active people of active organisations, and treats all others as unknown.

    The password is hashed for an unknown address, too, so that nobody learns from the time it takes
    who is known here.
    """

    def authenticate(  # type: ignore[override]  # as allauth's: by address, not by username
        self, request: HttpRequest | None, **credentials: Any
    ) -> Person | None:
        """Return the person, or nobody: the same nobody for the left as for a wrong password."""
        person = cast("Person | None", super().authenticate(request, **credentials))
        if person is None:
            self.unstash_authenticated_user()
        return person

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether this person may sign in."""
        return takes_part(user)

    def get_user(self, user_id: Any) -> Person | None:
        """Return whose session it is, with organisation and whether there is a second factor."""
        rows = Person.objects.select_related("organisation").annotate(
            has_second_factor=factors.exists("pk")
        )
        person = rows.filter(pk=user_id).first()
        return person if person is not None and takes_part(person) else None

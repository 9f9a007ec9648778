"""The addresses of the room."""

from django.urls import path

from noroshi.edge.web.hub import api_keys, organisations, overview, people, record, sources

urlpatterns = [
    path("hub", overview.hub, name="hub"),
    path("hub/sources", sources.sources, name="sources"),
    path("hub/documents/<document:number>", sources.document, name="document"),
    path("hub/organisations", organisations.organisations, name="organisations"),
    path("hub/organisations/new", organisations.new_organisation, name="organisation-new"),
    path("hub/organisations/<organisation:organisation>/edit", organisations.edit_organisation,
         name="organisation-edit"),
    path("hub/communities", organisations.communities, name="communities"),
    path("hub/communities/new", organisations.new_community, name="community-new"),
    path("hub/audit", record.audit, name="audit"),
    path("hub/audit.csv", record.audit_csv, name="audit-csv"),
    path("hub/audit/verification", record.verification, name="audit-verification"),
    path("organisation", people.organisation, name="organisation"),
    path("organisations/<organisation:organisation>", people.household_of, name="household"),
    path("organisations/<organisation:organisation>/people/new", people.new_person,
         name="person-new"),
    path("people/<person:number>", people.person, name="person"),
    path("people/<person:number>/link", people.link, name="person-link"),
    path("people/<person:number>/invitation", people.invite, name="person-invite"),
    path("people/<person:number>/leave", people.leave, name="person-leave"),
    path("people/<person:number>/factors", people.lost_factors, name="person-factors"),
    path("keys/new", api_keys.new_key, name="key-new"),
    path("keys/<key:number>", api_keys.text, name="key-text"),
    path("keys/<key:number>/revocation", api_keys.revoke, name="key-revoke"),
]  # fmt: skip

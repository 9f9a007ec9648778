"""The addresses of the room."""

from django.urls import path

from noroshi.edge.web.outgoing import undelivered, webhooks

urlpatterns = [
    path("outgoing", undelivered.outgoing, name="outgoing"),
    path("outgoing/<message:number>/again", undelivered.again, name="message-again"),
    path("endpoints", webhooks.endpoints, name="endpoints"),
    path("endpoints/new", webhooks.new_endpoint, name="endpoint-new"),
    path("endpoints/<endpoint:number>", webhooks.endpoint, name="endpoint"),
    path("endpoints/<endpoint:number>/secret", webhooks.secret, name="endpoint-secret"),
    path("endpoints/<endpoint:number>/test", webhooks.test, name="endpoint-test"),
    path("endpoints/<endpoint:number>/switch", webhooks.switch, name="endpoint-switch"),
]

"""What leaves the hub by mail and webhook: messages, endpoints, attempts.

``expanding``  a delivery → one message for each person and each endpoint that is to hear of it
``outbox``     claiming a message, and keeping what became of the attempt
``contents``   what a message may say, decided at the moment it is sent
``endpoints``  the webhooks of an organisation; ``sealing`` keeps their secrets unreadable at rest
``queries``    what did not arrive, as one viewer may know it

A message holds no words of a notice: who, about what, how often tried. Never here: the network;
that is `noroshi.edge.outbound`.
"""

"""What leaves: mail and webhooks, each tried until it arrives or somebody is told.

``wording``  a message → the text of a mail, the body of a call: what may be said, no more
``mail``     to the mail server, one connection for many mails
``webhook``  to an address somebody else chose: looked up, checked, signed, called
``sending``  the loop: claim, send, keep the outcome

May be imported by ``run`` alone. Never here: who is told what; that is `noroshi.hub.dispatch`.
"""

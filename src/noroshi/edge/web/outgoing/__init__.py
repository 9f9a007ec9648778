"""What leaves the platform: webhooks, and the mails and calls that did not arrive."""

"""The ways to a person: SMS, e-mail, web push and web hook, and the sink of exercises. No database in here."""

from notification.channels import metrics as metrics

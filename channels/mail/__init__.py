"""邮件: messages by a mail server of the house (SMTP)."""

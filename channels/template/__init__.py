"""短信、语音: messages by a provider whose HTTP interface the administrator describes by a template."""

"""钉钉群机器人: messages into a group of DingTalk, signed, mentioning who is called."""

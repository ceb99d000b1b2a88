"""飞书群机器人: cards into a group of Feishu, signed, mentioning who is called."""

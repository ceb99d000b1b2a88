"""企业微信群机器人: messages into a group of WeCom, mentioning who is called."""
